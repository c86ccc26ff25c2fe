package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.LUT;
import static org.bytedeco.opencv.global.opencv_imgproc.medianBlur;

import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * How faded a photo is, and its opposite. Fading lifts black and dulls white; in colour each dye fades by itself, which
 * is the cast of old prints.
 *
 * @param amount 0 for a photo of full range, 1 for one that has lost a third of it or more
 */
@SuppressWarnings("ArrayRecordComponent") // measured once, never compared
record Fading(double amount, int[] black, int[] white, int blackAll, int whiteAll) {
    private static final double TAIL = 0.005;
    /** The picture is measured this small: scratches, dust and grain are gone from it. */
    private static final int MEASURED_SIDE = 220;

    private static final int MEDIAN = 5;
    /** Pictures that use this much of the range are left alone. */
    private static final double LOSS_MIN = 0.15;
    /** Black lifted in all three channels is the sure sign of fading: from here it counts, from there it counts in full. */
    private static final double LIFTED_FROM = 10;

    private static final double LIFTED_FULLY = 34;
    private static final double LIFTED_WEIGHT = 0.8;
    /** White dulled in all three channels may also be a dim scene, so it counts for less. */
    private static final double DULLED_FROM = 15;

    private static final double DULLED_FULLY = 80;
    private static final double DULLED_WEIGHT = 0.4;
    /** Hazy and dim photos that are as they were taken show up to the first; those that have faded, the second and more. */
    private static final double SURE_FROM = 0.3;

    private static final double SURE_FULLY = 0.7;
    /**
     * Black that is lifted further is none: a light scene, snow or sky or a white room, has nothing dark, and its white is as
     * bright as can be. A print that has faded so far has dull white, too.
     */
    private static final double LIGHT_BLACK_FROM = 60;

    private static final double LIGHT_BLACK_FULLY = 85;
    private static final double LIGHT_WHITE_FROM = 225;
    private static final double LIGHT_WHITE_FULLY = 245;
    private static final int BLACK_TARGET = 6;
    private static final int WHITE_TARGET = 249;
    private static final double GAIN_MAX = 2.6;
    /** How much of a difference between the channels' white is taken for a cast; the rest for the colour of things. */
    private static final double WHITE_CAST_SHARE = 0.85;

    private static final double BLACK_CAST_SHARE = 0.95;
    private static final int WHITE_CAST_MAX = 60;
    private static final double CHROMA_GAIN_MAX = 1.5;

    /** Measures a picture. */
    static Fading of(Mat bgr) {
        try (PointerScope _ = new PointerScope()) {
            Mat small = new Mat();
            double scale = Math.min(1, (double) MEASURED_SIDE / Math.max(bgr.cols(), bgr.rows()));
            Scaled.reduce(bgr, small, scale);
            medianBlur(small, small, MEDIAN);
            int[] black = new int[3];
            int[] white = new int[3];
            for (int channel = 0; channel < 3; channel++) {
                long[] counts = Luminance.histogram(small, channel);
                black[channel] = Luminance.percentile(counts, TAIL);
                white[channel] = Luminance.percentile(counts, 1 - TAIL);
            }
            long[] counts = Luminance.histogram(Luminance.of(small), 0);
            int blackAll = Luminance.percentile(counts, TAIL);
            int whiteAll = Luminance.percentile(counts, 1 - TAIL);
            double loss = 1 - (whiteAll - blackAll) / 255.0;
            double lifted = Math.min(black[0], Math.min(black[1], black[2]));
            double dulled = 255.0 - Math.max(white[0], Math.max(white[1], white[2]));
            double amount = loss < LOSS_MIN
                    ? 0
                    : LIFTED_WEIGHT * Ramp.of(lifted, LIFTED_FROM, LIFTED_FULLY)
                            + DULLED_WEIGHT * Ramp.of(dulled, DULLED_FROM, DULLED_FULLY);
            double light = Ramp.of(lifted, LIGHT_BLACK_FROM, LIGHT_BLACK_FULLY)
                    * Ramp.of(255 - dulled, LIGHT_WHITE_FROM, LIGHT_WHITE_FULLY);
            amount = Ramp.of(amount, SURE_FROM, SURE_FULLY) * (1 - light);
            return new Fading(amount, black, white, blackAll, whiteAll);
        }
    }

    /** Gives the range back, in place. */
    void undo(Mat bgr, Toning toning, double strength, Stop stop) {
        double share = amount * Math.min(1, 0.5 + 0.6 * strength);
        if (share <= 0) {
            return;
        }
        if (toning == Toning.COLOUR) {
            byChannel(bgr, share, stop);
        } else {
            byLuminance(bgr, share, stop);
        }
    }

    private void byChannel(Mat bgr, double share, Stop stop) {
        try (Mat table = new Mat(1, 256, CV_8UC3);
                UByteIndexer entries = table.createIndexer()) {
            for (int channel = 0; channel < 3; channel++) {
                double from = mix(blackAll, black[channel], BLACK_CAST_SHARE);
                int cast = Math.clamp(white[channel] - whiteAll, -WHITE_CAST_MAX, WHITE_CAST_MAX);
                double to = whiteAll + WHITE_CAST_SHARE * cast;
                for (int value = 0; value < 256; value++) {
                    entries.put(0, value, channel, stretched(value, from, to, share));
                }
            }
            Strips.each(bgr, Progress.unheard(), stop, (from, to) -> {
                Mat band = bgr.rowRange(from, to);
                LUT(band, table, band);
            });
        }
    }

    private void byLuminance(Mat bgr, double share, Stop stop) {
        try (Mat table = new Mat(1, 256, CV_8UC1);
                UByteIndexer entries = table.createIndexer();
                Mat before = Luminance.of(bgr);
                Mat after = new Mat()) {
            for (int value = 0; value < 256; value++) {
                entries.put(0, value, stretched(value, blackAll, whiteAll, share));
            }
            LUT(before, table, after);
            double gain = 1 + share * (gain(blackAll, whiteAll) - 1);
            Luminance.replace(bgr, before, after, Math.min(CHROMA_GAIN_MAX, Math.sqrt(gain)), stop);
        }
    }

    private static double gain(double from, double to) {
        return Math.min(GAIN_MAX, (WHITE_TARGET - BLACK_TARGET) / Math.max(1, to - from));
    }

    /** A value moved from the faded range to the full one, that share of the way. Full ranges are never narrowed. */
    private static int stretched(int value, double from, double to, double share) {
        double gain = gain(from, to);
        if (gain <= 1 && from <= BLACK_TARGET && to >= WHITE_TARGET) {
            return value;
        }
        double middle = (from + to) / 2;
        double target = gain >= GAIN_MAX ? 127.5 + (middle - 127.5) / 2 : (BLACK_TARGET + WHITE_TARGET) / 2.0;
        double full = target + (value - middle) * gain;
        return Math.clamp(Math.round(value + share * (full - value)), 0, 255);
    }

    private static double mix(double one, double other, double share) {
        return one + share * (other - one);
    }

    /** True if undoing it changes what people see. */
    boolean visible() {
        return amount > 0.05;
    }
}
