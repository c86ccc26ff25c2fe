package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;

import java.util.Random;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Patterns that a scan of a print shows all over: the dots of a printing screen, and embossed paper. */
final class PaperPattern {
    private static final int FINER = 3;
    private static final double[] THRESHOLDS = thresholds();

    private PaperPattern() {}

    /** Prints each channel in dots of one size, then scans it: a little blur, and noise of two levels. */
    static void screen(Mat bgr, double period, double[] degrees, Random random) {
        int rows = bgr.rows();
        int columns = bgr.cols();
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int channel = 0; channel < 3; channel++) {
                double angle = Math.toRadians(degrees[channel]);
                double cos = 2 * Math.PI / period * Math.cos(angle);
                double sin = 2 * Math.PI / period * Math.sin(angle);
                for (int y = 0; y < rows; y++) {
                    for (int x = 0; x < columns; x++) {
                        int light = 0;
                        double tone = pixels.get(y, x, channel) / 255.0;
                        for (int part = 0; part < FINER * FINER; part++) {
                            double px = x + (part % FINER + 0.5) / FINER;
                            int below = part / FINER;
                            double py = y + (below + 0.5) / FINER;
                            double dot = Math.cos(cos * px + sin * py) + Math.cos(cos * py - sin * px);
                            light += dot < threshold(tone) ? 1 : 0;
                        }
                        pixels.put(y, x, channel, 255 * light / (FINER * FINER));
                    }
                }
            }
        }
        GaussianBlur(bgr, bgr, new Size(), 0.12 * period + 0.2);
        noise(bgr, 2, random);
    }

    /** The level below which a share of what two crossed cosines make lies. */
    private static double threshold(double share) {
        return THRESHOLDS[(int) Math.round(share * (THRESHOLDS.length - 1))];
    }

    private static double[] thresholds() {
        int side = 400;
        double[] values = new double[side * side];
        for (int i = 0; i < values.length; i++) {
            int down = i / side;
            values[i] = Math.cos(2 * Math.PI * (i % side) / side) + Math.cos(2 * Math.PI * down / side);
        }
        java.util.Arrays.sort(values);
        double[] thresholds = new double[256];
        for (int i = 0; i < 256; i++) {
            thresholds[i] = values[i * (values.length - 1) / 255];
        }
        thresholds[0] = -3;
        thresholds[255] = 3;
        return thresholds;
    }

    private static void noise(Mat bgr, double deviation, Random random) {
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int y = 0; y < bgr.rows(); y++) {
                for (int x = 0; x < bgr.cols(); x++) {
                    double noise = deviation * random.nextGaussian();
                    for (int channel = 0; channel < 3; channel++) {
                        pixels.put(y, x, channel, Math.clamp(Math.round(pixels.get(y, x, channel) + noise), 0, 255));
                    }
                }
            }
        }
    }

    /**
     * Embosses the paper: light from one side makes it lighter and darker by a share of the brightness.
     *
     * @param ways two for linen, three (60 degrees apart) for a honeycomb
     */
    static void emboss(Mat bgr, double period, double degrees, int ways, double share, Random random) {
        double phaseX = random.nextDouble() * 6;
        double phaseY = random.nextDouble() * 6;
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int y = 0; y < bgr.rows(); y++) {
                for (int x = 0; x < bgr.cols(); x++) {
                    double bentX = x
                            + 0.15 * period * Math.sin(y / 90.0 + phaseX)
                            + 0.1 * period * Math.sin(x / 70.0 + phaseY);
                    double bentY = y
                            + 0.15 * period * Math.sin(x / 110.0 + phaseY)
                            + 0.1 * period * Math.sin(y / 60.0 + phaseX);
                    double relief = 0;
                    for (int way = 0; way < ways; way++) {
                        double angle = Math.toRadians(degrees + way * 180.0 / ways);
                        double turn = 2 * Math.PI / period * (bentX * Math.cos(angle) + bentY * Math.sin(angle));
                        relief += Math.cos(angle - 0.7) * (Math.sin(turn) + 0.3 * Math.sin(2 * turn + 0.5));
                    }
                    for (int channel = 0; channel < 3; channel++) {
                        double value = pixels.get(y, x, channel) * (1 + share * relief / 1.2);
                        pixels.put(y, x, channel, Math.clamp(Math.round(value), 0, 255));
                    }
                }
            }
        }
        noise(bgr, 1, random);
    }
}
