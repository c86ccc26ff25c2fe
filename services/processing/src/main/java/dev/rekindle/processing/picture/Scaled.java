package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** The size of a reduced copy. OpenCV's own rounding makes nothing of a strip thousands of times longer than high. */
public final class Scaled {
    private Scaled() {}

    /** The sides times the scale, rounded; at least one pixel each. */
    public static Size of(Mat mat, double scale) {
        return new Size(side(mat.cols(), scale), side(mat.rows(), scale));
    }

    /**
     * Reduces for measuring: by the scale itself, where the quotients of rounded sides would move a measured black by a level.
     * A strip is left one pixel thick.
     */
    public static void reduce(Mat from, Mat to, double scale) {
        boolean strip = Math.rint(Math.min(from.cols(), from.rows()) * scale) < 1;
        try (Size size = strip ? of(from, scale) : new Size()) {
            resize(from, to, size, scale, scale, INTER_AREA);
        }
    }

    private static int side(int pixels, double scale) {
        return Math.max(1, (int) Math.rint(pixels * scale));
    }
}
