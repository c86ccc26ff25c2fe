package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.jobs.v1.Interpolation;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A picture in memory: 8 bits a channel, blue-green-red, sRGB, upright, opaque. It owns native memory (3 bytes a pixel):
 * close it.
 */
public final class Picture implements AutoCloseable {
    private final Mat mat;

    private Picture(Mat mat) {
        this.mat = mat;
    }

    /** Takes over a matrix of three 8-bit channels. */
    public static Picture of(Mat mat) {
        if (mat.type() != CV_8UC3 || mat.empty()) {
            throw new IllegalArgumentException("A picture has three channels of 8 bits and at least one pixel.");
        }
        return new Picture(mat);
    }

    /** The pixels. Whoever changes them changes the picture. */
    public Mat mat() {
        return mat;
    }

    public int width() {
        return mat.cols();
    }

    public int height() {
        return mat.rows();
    }

    public long pixels() {
        return (long) width() * height();
    }

    public int longerSide() {
        return Math.max(width(), height());
    }

    /** A copy with memory of its own. */
    public Picture copy() {
        return new Picture(mat.clone());
    }

    /** A copy reduced so that it fits; as large as this one where it fits already. Never enlarges. */
    public Picture fittingIn(PictureSize box) {
        PictureSize size = PictureSize.of(this).fittedInto(box);
        if (size.width() == width() && size.height() == height()) {
            return copy();
        }
        Mat reduced = new Mat();
        try (Size target = new Size(size.width(), size.height())) {
            resize(mat, reduced, target, 0, 0, INTER_AREA);
        }
        return new Picture(reduced);
    }

    /** A piece of it, resized. */
    public Picture resized(Resizing resizing, int left, int top, Interpolation interpolation) {
        try (Rect cut = new Rect(left, top, resizing.cutWidth(), resizing.cutHeight());
                Mat part = new Mat(mat, cut)) {
            return resizing.apply(part, interpolation);
        }
    }

    @Override
    public void close() {
        mat.close();
    }
}
