package dev.rekindle.processing.picture;

import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** The size of a reduced copy. OpenCV's own rounding makes nothing of a strip thousands of times longer than high. */
public final class Scaled {
    private Scaled() {}

    /** The sides times the scale, rounded; at least one pixel each. */
    public static Size of(Mat mat, double scale) {
        return new Size(side(mat.cols(), scale), side(mat.rows(), scale));
    }

    private static int side(int pixels, double scale) {
        return Math.max(1, (int) Math.rint(pixels * scale));
    }
}
