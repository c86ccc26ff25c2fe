package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.NORM_L2;
import static org.bytedeco.opencv.global.opencv_core.norm;

import org.bytedeco.opencv.opencv_core.Mat;

/** How like one picture is to another. */
final class Likeness {
    private Likeness() {}

    /** Peak signal to noise in decibels, over all channels; 99 for equal pictures. */
    static double psnr(Mat one, Mat other) {
        double distance = norm(one, other, NORM_L2, new Mat());
        double meanSquare = distance * distance / (one.total() * one.channels());
        return meanSquare == 0 ? 99 : 10 * Math.log10(255 * 255 / meanSquare);
    }
}
