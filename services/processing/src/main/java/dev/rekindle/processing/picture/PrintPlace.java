package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.fillConvexPoly;

import dev.rekindle.processing.pipeline.Stop;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Where in a picture a print likely lies. Not sure enough to cut it out, but what is measured of a photo is better measured
 * there: a table's brown is no fading, and its planks are no scratches.
 */
public final class PrintPlace {
    private final Quad quad;
    private final int width;
    private final int height;

    private PrintPlace(Quad quad, Picture picture) {
        this.quad = quad;
        this.width = picture.width();
        this.height = picture.height();
    }

    /** Looks for it; empty where the picture seems to be the photo itself. */
    public static Optional<PrintPlace> in(Picture picture, Stop stop) {
        return QuadFinder.likely(picture, stop).map(quad -> new PrintPlace(quad, picture));
    }

    /** A copy of the print alone, upright and rectangular; the caller closes it. */
    public Picture of(Picture picture) {
        return Perspective.warp(picture, quad);
    }

    /** The smallest level rectangle around it. The caller closes it. */
    public Rect bounds() {
        int left = (int) Math.max(0, Math.min(quad.xs()[0], quad.xs()[3]));
        int top = (int) Math.max(0, Math.min(quad.ys()[0], quad.ys()[1]));
        int right = (int) Math.min(width, Math.ceil(Math.max(quad.xs()[1], quad.xs()[2])));
        int bottom = (int) Math.min(height, Math.ceil(Math.max(quad.ys()[2], quad.ys()[3])));
        return new Rect(left, top, right - left, bottom - top);
    }

    /** 255 inside, 0 elsewhere, of the picture's size. The caller closes it. */
    public Mat mask() {
        Mat mask = new Mat(height, width, CV_8UC1, Scalar.all(0));
        try (PointerScope _ = new PointerScope()) {
            Point corners = new Point(4);
            for (int i = 0; i < 4; i++) {
                corners.position(i).put(new Point((int) Math.round(quad.xs()[i]), (int) Math.round(quad.ys()[i])));
            }
            fillConvexPoly(mask, corners.position(0), 4, Scalar.all(255));
        }
        return mask;
    }
}
