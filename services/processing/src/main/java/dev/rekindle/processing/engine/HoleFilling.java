package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.THRESH_BINARY;
import static org.bytedeco.opencv.global.opencv_imgproc.blendLinear;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.threshold;
import static org.bytedeco.opencv.global.opencv_photo.INPAINT_TELEA;
import static org.bytedeco.opencv.global.opencv_photo.inpaint;

import dev.rekindle.processing.picture.Scaled;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Fills holes too large for painting over pixel by pixel, which would draw streaks through them: coarsely, then softly enlarged. */
final class HoleFilling {
    /** The picture is reduced until a hole is that large, in pixels: what lay farther in nobody can tell anyway. */
    private static final int HOLE = 24;

    private static final double RADIUS = 5;
    /** The rim that is filled along, in pixels of the mask: no edge of a hole is sharp to the pixel. */
    private static final int RIM = 2;

    private HoleFilling() {}

    /**
     * Fills in place.
     *
     * @param holes 255 where nothing is left; of the picture's shape, and may be smaller
     * @param extent the longer side of the largest hole, in pixels of the mask
     */
    static void apply(Mat bgr, Mat holes, int extent) {
        try (PointerScope _ = new PointerScope()) {
            Mat wide = new Mat();
            dilate(holes, wide, getStructuringElement(MORPH_ELLIPSE, new Size(2 * RIM + 1, 2 * RIM + 1)));
            Size coarse = Scaled.of(holes, Math.min(1, (double) HOLE / extent));
            Mat seen = new Mat();
            resize(bgr, seen, coarse, 0, 0, INTER_AREA);
            Mat unseen = new Mat();
            resize(wide, unseen, coarse, 0, 0, INTER_AREA);
            threshold(unseen, unseen, 0, 255, THRESH_BINARY);
            Mat filled = new Mat();
            inpaint(seen, unseen, filled, RADIUS, INPAINT_TELEA);
            resize(filled, filled, bgr.size(), 0, 0, INTER_CUBIC);
            Mat share = new Mat();
            wide.convertTo(share, CV_32F, 1 / 255.0, 0);
            GaussianBlur(share, share, new Size(), RIM / 2.0);
            resize(share, share, bgr.size(), 0, 0, INTER_LINEAR);
            Mat rest = subtract(Scalar.all(1), share).asMat();
            Mat mixed = new Mat();
            blendLinear(filled, bgr, share, rest, mixed);
            mixed.copyTo(bgr);
        }
    }
}
