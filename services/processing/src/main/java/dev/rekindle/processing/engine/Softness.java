package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_DEFAULT;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.absdiff;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * How soft a picture's edges are. A sharp edge loses nearly as much to a small blur as to one twice as wide, a soft edge
 * much less; only the strongest edges are asked, since noise and texture answer like sharp ones.
 */
final class Softness {
    private static final double BLUR = 1;
    private static final double WIDER_BLUR = 2;
    private static final int HALO = 8;
    /** The share of the pixels that are taken for the strongest edges. */
    private static final double EDGES = 0.03;
    /** Edges weaker than that many levels tell nothing. */
    private static final int EDGE_MIN = 4;
    /** What the small blur takes in proportion: photos in focus 0.55 and more, a Gaussian blur of 1.2 pixels leaves 0.36 to 0.41. */
    private static final double SHARP = 0.53;

    private static final double SOFT = 0.42;
    private static final int LEVELS = 256;

    private final long[] counts = new long[LEVELS];
    private final double[] taken = new double[LEVELS];
    private final double[] takenByWider = new double[LEVELS];

    private Softness() {}

    /** From 0, sharp or without edges, to 1, as soft as a blur of 1.2 pixels makes it. */
    static double of(Mat luminance, Stop stop) {
        Softness softness = new Softness();
        Strips.each(luminance, Progress.unheard(), stop, (from, to) -> {
            int top = Math.max(0, from - HALO);
            int bottom = Math.min(luminance.rows(), to + HALO);
            softness.add(luminance.rowRange(top, bottom), from - top, to - top);
        });
        return softness.measured();
    }

    private void add(Mat band, int from, int to) {
        Mat values = new Mat();
        band.convertTo(values, CV_32F);
        FloatIndexer small = lost(values, BLUR).createIndexer();
        FloatIndexer wide = lost(values, WIDER_BLUR).createIndexer();
        for (int y = from; y < to; y++) {
            for (int x = 0; x < band.cols(); x++) {
                float lost = wide.get(y, x);
                int level = Math.min(LEVELS - 1, (int) lost);
                counts[level]++;
                taken[level] += small.get(y, x);
                takenByWider[level] += lost;
            }
        }
    }

    private static Mat lost(Mat values, double blur) {
        Mat difference = new Mat();
        GaussianBlur(values, difference, new Size(), blur, 0, BORDER_DEFAULT, 0);
        absdiff(values, difference, difference);
        return difference;
    }

    private double measured() {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        long edges = 0;
        double small = 0;
        double wide = 0;
        for (int level = LEVELS - 1; level >= EDGE_MIN && edges < EDGES * all; level--) {
            edges += counts[level];
            small += taken[level];
            wide += takenByWider[level];
        }
        return edges == 0 ? 0 : Math.clamp((SHARP - small / wide) / (SHARP - SOFT), 0, 1);
    }
}
