package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_DEFAULT;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.createCLAHE;

import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_imgproc.CLAHE;

/** Local contrast and sharpness, both on brightness alone and both with restraint. */
final class Clarity {
    private static final double CLIP_LIMIT = 1.6;
    private static final int TILES = 6;
    private static final double SHARPEN_SIGMA = 1.1;
    private static final double OVERSHOOT_MAX = 14;

    private Clarity() {}

    /** Mixes in contrast equalised by neighbourhood; {@code amount} 0 to 1. In place. */
    static void contrast(Mat bgr, double amount, Stop stop) {
        try (PointerScope _ = new PointerScope()) {
            Mat before = Luminance.of(bgr);
            Mat after = new Mat();
            CLAHE equalizer = createCLAHE(CLIP_LIMIT, new Size(TILES, TILES));
            equalizer.apply(before, after);
            stop.check();
            addWeighted(after, amount, before, 1 - amount, 0, after);
            Luminance.replace(bgr, before, after, 1, stop);
        }
    }

    /**
     * Adds back what a slight blur takes away; {@code amount} 0 to 1. Differences as small as the noise stay, and no edge
     * is overdrawn by more than a few levels, so that no halos show. In place.
     */
    static void sharpen(Mat bgr, double amount, double noise, Stop stop) {
        Mat before = Luminance.of(bgr);
        Mat after = before.clone();
        try (before;
                after) {
            int halo = 6;
            Strips.each(before, dev.rekindle.processing.pipeline.Progress.unheard(), stop, (from, to) -> {
                int top = Math.max(0, from - halo);
                int bottom = Math.min(before.rows(), to + halo);
                Mat sharp = new Mat();
                before.rowRange(top, bottom).convertTo(sharp, CV_32F);
                Mat blurred = new Mat();
                GaussianBlur(sharp, blurred, new Size(), SHARPEN_SIGMA, 0, BORDER_DEFAULT, 0);
                detail(sharp, blurred, amount, noise);
                sharp.convertTo(sharp, CV_8U);
                sharp.rowRange(from - top, to - top).copyTo(after.rowRange(from, to));
            });
            Luminance.replace(bgr, before, after, 1, stop);
        }
    }

    private static void detail(Mat sharp, Mat blurred, double amount, double noise) {
        var values = sharp.<org.bytedeco.javacpp.indexer.FloatIndexer>createIndexer();
        var smooth = blurred.<org.bytedeco.javacpp.indexer.FloatIndexer>createIndexer();
        double ignored = 0.5 + noise;
        for (int y = 0; y < sharp.rows(); y++) {
            for (int x = 0; x < sharp.cols(); x++) {
                double difference = values.get(y, x) - smooth.get(y, x);
                double size = Math.max(0, Math.abs(difference) - ignored);
                double added = Math.min(OVERSHOOT_MAX, amount * size);
                values.put(y, x, (float) (values.get(y, x) + Math.copySign(added, difference)));
            }
        }
    }
}
