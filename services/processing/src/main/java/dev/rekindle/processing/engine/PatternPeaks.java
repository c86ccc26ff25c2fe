package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.DFT_COMPLEX_OUTPUT;
import static org.bytedeco.opencv.global.opencv_core.dft;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.min;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_imgproc.blur;

import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds waves that all of a picture has: peaks of the spectrum that stand out at the same place in nearly all of its parts.
 * What a shirt, a fence or a wall shows fills a part of a photo only, or changes with the distance.
 */
final class PatternPeaks {
    /** Sides of the parts that are looked at, in pixels. */
    static final int SIDE = 128;

    private static final int HALF = SIDE / 2;
    private static final int ACROSS_MAX = 8;
    private static final int PARTS_MIN = 6;
    /** Parts with dots are at least so many of all: paper that is blank has none. */
    private static final double PARTS_SHARE = 0.5;

    /** A part with waves of fewer levels than this is blank. */
    private static final double FLAT = 0.6;

    /** Darker parts than this hide what paper is like. */
    private static final double DARK = 40;
    /** A wave stands out in all parts but this share. */
    private static final double QUANTILE = 0.2;

    /** Bins from the centre: slower waves belong to the photo. */
    static final double RADIUS_MIN = 7;

    private static final int PASSES = 2;
    private static final double CLIP = 0.3;
    private static final int NEAR = 1;
    private static final int RING = 4;
    /** Natural logarithm of how far the power of a peak is above what lies around, and above a ring around it. */
    private static final double ABOVE_MIN = 0.7;

    private static final double RING_MIN = 1;

    /**
     * A wave.
     *
     * @param x periods in a part, from side to side
     * @param y periods in a part, from top to bottom
     * @param above how far it is above what lies around
     * @param typical its magnitude in an ordinary part
     */
    record Peak(int x, int y, double above, double typical) {
        /** The same wave, told the other way round. */
        Peak turned() {
            return new Peak(-x, -y, above, typical);
        }

        /** True if it is the same wave, or hardly another. */
        boolean isLike(Peak other) {
            return Math.hypot(x - other.x, y - other.y) < 2 || Math.hypot(x + other.x, y + other.y) < 2;
        }

        /** How far it goes up and down, in levels. */
        double levels() {
            return 8 * typical / SIDE / SIDE;
        }

        double radius() {
            return Math.hypot(x, y);
        }

        /** The sine of the angle between the ways two waves go. */
        double across(Peak other) {
            return Math.abs((double) x * other.y - (double) y * other.x) / (radius() * other.radius());
        }
    }

    private final float[] least;
    private final float[] typical;

    private PatternPeaks(float[] least, float[] typical) {
        this.least = least;
        this.typical = typical;
    }

    /** A Hann window that adds up to one at every half of its side. */
    static Mat window() {
        Mat window = new Mat(SIDE, SIDE, CV_32F);
        try (FloatIndexer values = window.createIndexer()) {
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    values.put(y, x, (float) (hann(y) * hann(x)));
                }
            }
        }
        return window;
    }

    private static double hann(int at) {
        return 0.5 - 0.5 * Math.cos(2 * Math.PI * at / SIDE);
    }

    /** The spectrum that the parts of one channel of 8 bits have in common; none where too few parts can tell. */
    static Optional<PatternPeaks> of(Mat channel, Stop stop) {
        if (channel.rows() < 2 * SIDE || channel.cols() < 2 * SIDE) {
            return Optional.empty();
        }
        int down = count(channel.rows());
        int across = count(channel.cols());
        List<Part> parts = new ArrayList<>();
        try (Mat window = window()) {
            for (int i = 0; i < down; i++) {
                stop.check();
                for (int j = 0; j < across; j++) {
                    int top = (channel.rows() - SIDE) * i / (down - 1);
                    int left = (channel.cols() - SIDE) * j / (across - 1);
                    try (PointerScope _ = new PointerScope()) {
                        part(new Mat(channel, new Rect(left, top, SIDE, SIDE)), window)
                                .ifPresent(parts::add);
                    }
                }
            }
        }
        if (parts.size() < Math.max(PARTS_MIN, PARTS_SHARE * down * across)) {
            return Optional.empty();
        }
        return Optional.of(new PatternPeaks(
                quantile(parts, part -> part.above, QUANTILE), quantile(parts, part -> part.power, 0.5)));
    }

    /** The spectrum of a part, the centre in the middle. */
    private static final class Part {
        /** Of each bin and its neighbours. */
        private final float[] power;
        /** The logarithm of it less that of its surroundings. */
        private final float[] above;

        Part(float[] power, float[] above) {
            this.power = power;
            this.above = above;
        }
    }

    private static int count(int length) {
        return Math.clamp(2L * length / SIDE - 1, 2, ACROSS_MAX);
    }

    /** The spectrum of a part that is neither blank nor dark. */
    private static Optional<Part> part(Mat part, Mat window) {
        Mat floats = new Mat();
        part.convertTo(floats, CV_32F);
        double brightness = mean(floats).get(0);
        floats.convertTo(floats, CV_32F, 1, -brightness);
        multiply(floats, window, floats);
        Mat spectrum = new Mat();
        dft(floats, spectrum, DFT_COMPLEX_OUTPUT, 0);
        float[] both = new float[2 * SIDE * SIDE];
        try (FloatIndexer values = spectrum.createIndexer()) {
            values.get(0, 0, both);
        }
        float[] power = new float[SIDE * SIDE];
        double fine = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int from = 2 * (((y + HALF) % SIDE) * SIDE + (x + HALF) % SIDE);
                float value = both[from] * both[from] + both[from + 1] * both[from + 1];
                power[y * SIDE + x] = value;
                fine += Math.hypot(x - HALF, y - HALF) >= RADIUS_MIN ? value : 0;
            }
        }
        if (brightness < DARK || Math.sqrt(fine) / SIDE / SIDE / 0.375 < FLAT) {
            return Optional.empty();
        }
        return Optional.of(withAbove(power));
    }

    private static Part withAbove(float[] power) {
        Mat powers = new Mat(SIDE, SIDE, CV_32F);
        Mat around = new Mat();
        FloatIndexer values = powers.createIndexer();
        values.put(0, 0, power);
        blur(powers, powers, new Size(2 * NEAR + 1, 2 * NEAR + 1));
        values.get(0, 0, power);
        float[] above = new float[power.length];
        for (int i = 0; i < power.length; i++) {
            above[i] = (float) Math.log(power[i] + 1);
        }
        values.put(0, 0, above);
        Size wide = new Size(13, 13);
        blur(powers, around, wide);
        for (int pass = 0; pass < PASSES; pass++) {
            // What stands out counts for no more than what is just above its surroundings.
            around.convertTo(around, CV_32F, 1, CLIP);
            min(powers, around, powers);
            blur(powers, around, wide);
        }
        float[] surroundings = new float[power.length];
        FloatIndexer means = around.createIndexer();
        means.get(0, 0, surroundings);
        for (int i = 0; i < power.length; i++) {
            above[i] -= surroundings[i];
        }
        return new Part(power, above);
    }

    /** Of each bin what a share of the parts has less of. */
    private static float[] quantile(List<Part> parts, Function<Part, float[]> of, double share) {
        float[] result = new float[SIDE * SIDE];
        float[][] all = parts.stream().map(of).toArray(float[][]::new);
        float[] values = new float[all.length];
        for (int i = 0; i < result.length; i++) {
            for (int k = 0; k < all.length; k++) {
                values[k] = all[k][i];
            }
            Arrays.sort(values);
            result[i] = values[(int) (share * (values.length - 1))];
        }
        return result;
    }

    /** Its peaks, the highest first. */
    List<Peak> peaks() {
        List<Peak> peaks = new ArrayList<>();
        for (int y = 0; y <= HALF; y++) {
            for (int x = -HALF + 1; x < HALF; x++) {
                if ((y > 0 || x > 0) && isPeak(x, y)) {
                    peaks.add(peak(x, y));
                }
            }
        }
        peaks.sort(Comparator.comparingDouble(Peak::above).reversed());
        return peaks;
    }

    private Peak peak(int x, int y) {
        return new Peak(x, y, at(least, x, y), 2 * Math.sqrt(at(typical, x, y)));
    }

    /** The wave there or in a bin beside that stands out most. */
    Peak near(double x, double y) {
        int folded = Math.floorMod(Math.round(x) + HALF, SIDE) - HALF;
        int foldedY = Math.floorMod(Math.round(y) + HALF, SIDE) - HALF;
        Peak best = peak(folded, foldedY);
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                Peak other = peak(folded + dx, foldedY + dy);
                best = other.above() > best.above() ? other : best;
            }
        }
        return best;
    }

    private static float at(float[] bins, int x, int y) {
        return bins[Math.floorMod(y + HALF, SIDE) * SIDE + Math.floorMod(x + HALF, SIDE)];
    }

    private boolean isPeak(int x, int y) {
        float value = at(least, x, y);
        if (value < ABOVE_MIN || Math.hypot(x, y) < RADIUS_MIN || isOfBlocks(x, y)) {
            return false;
        }
        for (int dy = -RING; dy <= RING; dy++) {
            for (int dx = -RING; dx <= RING; dx++) {
                double distance = Math.hypot(dx, dy);
                float other = at(least, x + dx, y + dy);
                boolean isHigher = distance > 0 && distance < RING - 0.4 && other > value;
                if (isHigher || (Math.abs(distance - RING) <= 0.4 && other > value - RING_MIN)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** True for the waves that compression in blocks of eight pixels leaves. */
    private static boolean isOfBlocks(int x, int y) {
        int wave = SIDE / 8;
        return nearMultiple(x, wave) && nearMultiple(y, wave) && (Math.abs(x) <= 1 || Math.abs(y) <= 1);
    }

    private static boolean nearMultiple(int value, int of) {
        int rest = Math.floorMod(value, of);
        return rest <= 1 || rest >= of - 1;
    }
}
