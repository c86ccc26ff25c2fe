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
 * @param sure 0 for a photo that may be as it was taken, 1 for one that is too pale for that
 * @param likely the same of a photo that is known to be old: films and scanners lift black a little, too
 * @param channels of blue, green and red
 * @param all of brightness
 */
@SuppressWarnings("ArrayRecordComponent") // measured once, never compared
record Fading(double sure, double likely, Range[] channels, Range all) {
    /** Scenes have much that is black, and little that is white: a lamp, a collar. So black is what this much is darker than. */
    private static final double TAIL = 0.005;
    /** White is the brightest there is, in a dozen pixels of the measured copy; the darkest is told in the same way. */
    private static final double EXTREME = 0.0003;
    /** The picture is measured this small: scratches, dust and grain are gone from it. */
    private static final int MEASURED_SIDE = 220;

    private static final int MEDIAN = 5;
    /** Pictures that use this much of the range are left alone. */
    private static final double LOSS_MIN = 0.15;
    /** Less would not be seen. */
    private static final double VISIBLE = 0.05;
    /** Photos that use no more levels than the second are paler than scans of sound film are; than the first, surely. */
    private static final double PALE_FULLY = 150;

    private static final double PALE_FROM = 165;
    /** The darkest there is, in whichever channel: from here it tells of fading, from there in full. */
    private static final double FLOOR_FROM = 16;

    private static final double FLOOR_FULLY = 28;
    /**
     * How far black lies above the darkest: little where black itself was lifted, as there is much of it and nothing below;
     * much where a scene has hardly anything dark.
     */
    private static final double TOE_OF_PRINTS = 7;

    private static final double TOE_OF_SCENES = 13;
    /** Both ends of the range lost say more than one: then the toe may be twice as long. */
    private static final double BOTH_FLOOR_FROM = 28;

    private static final double BOTH_FLOOR_FULLY = 40;
    private static final double BOTH_LOST_FROM = 12;
    private static final double BOTH_LOST_FULLY = 30;
    private static final double BOTH_TOE_FROM = 13;
    private static final double BOTH_TOE_FULLY = 18;
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

    /** Measures a picture. In one of one tone only brightness counts: blue is dark in all that is brown. */
    static Fading of(Mat bgr, Toning toning) {
        try (PointerScope _ = new PointerScope()) {
            Mat small = new Mat();
            double scale = Math.min(1, (double) MEASURED_SIDE / Math.max(bgr.cols(), bgr.rows()));
            Scaled.reduce(bgr, small, scale);
            medianBlur(small, small, MEDIAN);
            Range[] channels = new Range[3];
            for (int channel = 0; channel < 3; channel++) {
                channels[channel] = Range.of(Luminance.histogram(small, channel));
            }
            Range all = Range.of(Luminance.histogram(Luminance.of(small), 0));
            int range = all.white - all.black;
            double likely = 1 - range / 255.0 < LOSS_MIN ? 0 : toning == Toning.COLOUR ? lifted(channels) : lifted(all);
            return new Fading(likely * (1 - Ramp.of(range, PALE_FULLY, PALE_FROM)), likely, channels, all);
        }
    }

    /** What a picture, or one of its channels, uses of 0 to 255. */
    private record Range(int darkest, int black, int white, int brightest) {
        static Range of(long[] counts) {
            return new Range(
                    Luminance.percentile(counts, EXTREME),
                    Luminance.percentile(counts, TAIL),
                    Luminance.percentile(counts, 1 - TAIL),
                    Luminance.percentile(counts, 1 - EXTREME));
        }
    }

    private static double lifted(Range... channels) {
        int floor = 255;
        int black = 255;
        int white = 0;
        int brightest = 0;
        for (Range channel : channels) {
            floor = Math.min(floor, channel.darkest);
            black = Math.min(black, channel.black);
            white = Math.max(white, channel.white);
            brightest = Math.max(brightest, channel.brightest);
        }
        double toe = black - floor;
        double ofPrint = Ramp.of(floor, FLOOR_FROM, FLOOR_FULLY) * (1 - Ramp.of(toe, TOE_OF_PRINTS, TOE_OF_SCENES));
        double ofBothEnds = Ramp.of(floor, BOTH_FLOOR_FROM, BOTH_FLOOR_FULLY)
                * Ramp.of(255.0 - brightest, BOTH_LOST_FROM, BOTH_LOST_FULLY)
                * (1 - Ramp.of(toe, BOTH_TOE_FROM, BOTH_TOE_FULLY));
        double light = Ramp.of(black, LIGHT_BLACK_FROM, LIGHT_BLACK_FULLY)
                * Ramp.of(white, LIGHT_WHITE_FROM, LIGHT_WHITE_FULLY);
        return Math.max(ofPrint, ofBothEnds) * (1 - light);
    }

    /**
     * How much of it is to be undone, 0 to 1.
     *
     * @param age how surely the photo is old, by all else that is known of it, 0 to 1
     */
    double amount(double age) {
        double amount = sure + age * (likely - sure);
        return amount > VISIBLE ? amount : 0;
    }

    /** True if it would be undone in an old photo. */
    boolean isLikely() {
        return likely > VISIBLE;
    }

    /** Gives that share of the range back, in place. */
    void undo(Mat bgr, Toning toning, double share, Stop stop) {
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
                double from = mix(all.black, channels[channel].black, BLACK_CAST_SHARE);
                int cast = Math.clamp(channels[channel].white - all.white, -WHITE_CAST_MAX, WHITE_CAST_MAX);
                double to = all.brightest + WHITE_CAST_SHARE * cast;
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
                entries.put(0, value, stretched(value, all.black, all.brightest, share));
            }
            LUT(before, table, after);
            double gain = 1 + share * (gain(all.black, all.brightest) - 1);
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
}
