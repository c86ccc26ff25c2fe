package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_photo.fastNlMeansDenoising;
import static org.bytedeco.opencv.global.opencv_photo.fastNlMeansDenoisingColored;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.opencv.opencv_core.Mat;

/** Takes noise and grain away, as much as is measured and no more, by non-local means. */
final class Denoising {
    /** Less than this is not worth the detail it would cost. */
    static final double NOISE_MIN = 2.2;

    private static final double NOISE_MAX = 25;
    private static final int TEMPLATE = 5;
    private static final int SEARCH = 11;
    private static final int HALO = TEMPLATE / 2 + SEARCH / 2;
    /** A little of the grain stays, else skin looks like wax. */
    private static final double KEPT_GRAIN = 0.15;

    private Denoising() {}

    /** Denoises in place. */
    static void apply(Mat bgr, Toning toning, double noise, double strength, Progress progress, Stop stop) {
        double filter = Math.min(noise, NOISE_MAX) * (0.45 + 0.65 * strength);
        Mat source = bgr.clone();
        try (source) {
            if (toning == Toning.COLOUR) {
                byBands(source, bgr, progress, stop, (from, to) -> {
                    fastNlMeansDenoisingColored(from, to, (float) filter, (float) (1.3 * filter), TEMPLATE, SEARCH);
                });
                return;
            }
            // One tone: only the brightness is noisy, and the tone must not wander.
            try (Mat before = Luminance.of(source);
                    Mat after = before.clone()) {
                byBands(before, after, progress, stop, (from, to) -> {
                    fastNlMeansDenoising(from, to, (float) filter, TEMPLATE, SEARCH);
                });
                Luminance.replace(bgr, before, after, 1, stop);
            }
        }
    }

    /** Denoising of one band with its surroundings. */
    @FunctionalInterface
    private interface Filter {
        void apply(Mat from, Mat to);
    }

    private static void byBands(Mat source, Mat target, Progress progress, Stop stop, Filter filter) {
        Strips.each(source, progress, stop, (from, to) -> {
            int top = Math.max(0, from - HALO);
            int bottom = Math.min(source.rows(), to + HALO);
            Mat noisy = source.rowRange(top, bottom).clone();
            Mat clean = new Mat();
            filter.apply(noisy, clean);
            addWeighted(clean, 1 - KEPT_GRAIN, noisy, KEPT_GRAIN, 0, clean);
            clean.rowRange(from - top, to - top).copyTo(target.rowRange(from, to));
        });
    }
}
