package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * How much a result resembles the picture it was made of.
 *
 * @param structure correlation of their brightness, both reduced: 1 for the same scene in whatever contrast, 0 for others
 * @param structureBeside the same without the tenth of the places that fits the rest least. Scratches on a dim picture are
 *     most of its contrast, and mending them leaves little of the structure
 * @param detailKept contrast of the result as a share of the original's; 1 and more is good, 0 is blank
 * @param identical true if no pixel differs by more than coding does
 */
public record Resemblance(double structure, double structureBeside, double detailKept, boolean identical) {
    private static final int SIDE = 96;
    private static final double FLAT = 2;
    private static final double CODING_DIFFERENCE_MAX = 6;
    private static final double SHARE_BESIDE = 0.9;

    /** What is left out is looked for so often, each time by what was left the time before. */
    private static final int LOOKS = 4;

    /** Compares two pictures of one size. */
    public static Resemblance of(Picture original, Picture result) {
        try (PointerScope _ = new PointerScope()) {
            float[] one = reduced(original);
            float[] other = reduced(result);
            boolean identical = norm(original.mat(), result.mat(), NORM_INF, new Mat()) <= CODING_DIFFERENCE_MAX;
            boolean[] everywhere = new boolean[one.length];
            Arrays.fill(everywhere, true);
            Line all = Line.through(one, other, everywhere);
            if (all.deviation() < FLAT) {
                // A picture of nothing: its restoration may be nothing too.
                return new Resemblance(1, 1, 1, identical);
            }
            Line most = all;
            for (int look = 0; look < LOOKS; look++) {
                most = Line.through(one, other, most.nearest(one, other));
            }
            // Nothing beside what was left out: that was all there is to see.
            double beside = most.deviation() < FLAT ? all.correlation() : most.correlation();
            return new Resemblance(all.correlation(), beside, all.otherDeviation() / all.deviation(), identical);
        }
    }

    private static float[] reduced(Picture picture) {
        Mat grey = new Mat();
        resize(picture.mat(), grey, new Size(SIDE, SIDE), 0, 0, INTER_AREA);
        cvtColor(grey, grey, COLOR_BGR2GRAY);
        grey.convertTo(grey, CV_32F);
        float[] values = new float[SIDE * SIDE];
        FloatIndexer pixels = grey.createIndexer();
        pixels.get(0, 0, values);
        return values;
    }

    /** The line that pairs of values lie on, more or less, and how far they spread. */
    private record Line(double slope, double offset, double correlation, double deviation, double otherDeviation) {
        static Line through(float[] one, float[] other, boolean[] counts) {
            int count = 0;
            double sum = 0;
            double otherSum = 0;
            double squares = 0;
            double otherSquares = 0;
            double products = 0;
            for (int i = 0; i < one.length; i++) {
                if (counts[i]) {
                    count++;
                    sum += one[i];
                    otherSum += other[i];
                    squares += (double) one[i] * one[i];
                    otherSquares += (double) other[i] * other[i];
                    products += (double) one[i] * other[i];
                }
            }
            double mean = sum / count;
            double otherMean = otherSum / count;
            double variance = Math.max(0, squares / count - mean * mean);
            double otherVariance = Math.max(0, otherSquares / count - otherMean * otherMean);
            double covariance = products / count - mean * otherMean;
            double slope = covariance / Math.max(1e-6, variance);
            return new Line(
                    slope,
                    otherMean - slope * mean,
                    covariance / Math.max(1e-6, Math.sqrt(variance * otherVariance)),
                    Math.sqrt(variance),
                    Math.sqrt(otherVariance));
        }

        /** Where the values lie nearest to it. */
        boolean[] nearest(float[] one, float[] other) {
            double[] misses = new double[one.length];
            for (int i = 0; i < one.length; i++) {
                misses[i] = Math.abs(other[i] - slope * one[i] - offset);
            }
            double[] sorted = misses.clone();
            Arrays.sort(sorted);
            double most = sorted[(int) (SHARE_BESIDE * (sorted.length - 1))];
            boolean[] near = new boolean[one.length];
            for (int i = 0; i < one.length; i++) {
                near[i] = misses[i] <= most;
            }
            return near;
        }
    }
}
