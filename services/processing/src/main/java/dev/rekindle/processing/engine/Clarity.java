package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_DEFAULT;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_RECT;
import static org.bytedeco.opencv.global.opencv_imgproc.createCLAHE;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.erode;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_imgproc.CLAHE;

/** Local contrast and sharpness, both on brightness alone and both with restraint. */
final class Clarity {
    private static final double CLIP_LIMIT = 1.6;
    private static final int TILES = 6;
    private static final double SHARPEN_SIGMA = 1.1;
    private static final double BEYOND_NEIGHBOURS_MAX = 3;

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
     * Adds back what a slight blur takes away; {@code amount} 0 to 1. Differences as small as the noise stay, and no pixel
     * leaves the range of its neighbours by more than a hair, so that edges get no halos and scratches that stayed do not
     * shine the brighter. In place.
     */
    static void sharpen(Mat bgr, double amount, double noise, Stop stop) {
        Mat before = Luminance.of(bgr);
        Mat after = before.clone();
        try (before;
                after) {
            int halo = 6;
            Strips.each(before, Progress.unheard(), stop, (from, to) -> {
                int top = Math.max(0, from - halo);
                int bottom = Math.min(before.rows(), to + halo);
                Mat sharp = new Mat();
                before.rowRange(top, bottom).convertTo(sharp, CV_32F);
                Mat blurred = new Mat();
                GaussianBlur(sharp, blurred, new Size(), SHARPEN_SIGMA, 0, BORDER_DEFAULT, 0);
                detail(sharp, blurred, amount, noise);
                bound(sharp, before.rowRange(top, bottom));
                sharp.convertTo(sharp, CV_8U);
                sharp.rowRange(from - top, to - top).copyTo(after.rowRange(from, to));
            });
            Luminance.replace(bgr, before, after, 1, stop);
        }
    }

    private static void detail(Mat sharp, Mat blurred, double amount, double noise) {
        var values = sharp.<FloatIndexer>createIndexer();
        var smooth = blurred.<FloatIndexer>createIndexer();
        double ignored = 0.5 + noise;
        for (int y = 0; y < sharp.rows(); y++) {
            for (int x = 0; x < sharp.cols(); x++) {
                double difference = values.get(y, x) - smooth.get(y, x);
                double size = Math.max(0, Math.abs(difference) - ignored);
                values.put(y, x, (float) (values.get(y, x) + Math.copySign(amount * size, difference)));
            }
        }
    }

    private static void bound(Mat sharp, Mat before) {
        Mat element = getStructuringElement(MORPH_RECT, new Size(3, 3));
        Mat least = new Mat();
        erode(before, least, element);
        Mat most = new Mat();
        dilate(before, most, element);
        var values = sharp.<FloatIndexer>createIndexer();
        var lowest = least.<UByteIndexer>createIndexer();
        var highest = most.<UByteIndexer>createIndexer();
        for (int y = 0; y < sharp.rows(); y++) {
            for (int x = 0; x < sharp.cols(); x++) {
                double from = lowest.get(y, x) - BEYOND_NEIGHBOURS_MAX;
                double to = highest.get(y, x) + BEYOND_NEIGHBOURS_MAX;
                values.put(y, x, (float) Math.clamp(values.get(y, x), from, to));
            }
        }
    }
}
