package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.DFT_COMPLEX_OUTPUT;
import static org.bytedeco.opencv.global.opencv_core.DFT_INVERSE;
import static org.bytedeco.opencv.global.opencv_core.DFT_REAL_OUTPUT;
import static org.bytedeco.opencv.global.opencv_core.DFT_SCALE;
import static org.bytedeco.opencv.global.opencv_core.dft;
import static org.bytedeco.opencv.global.opencv_core.multiply;

import dev.rekindle.processing.engine.PatternPeaks.Peak;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/** What the waves of a pattern add to a part of a picture: all by which they are above their surroundings in its spectrum. */
final class PatternNotches implements AutoCloseable {
    private static final int SIDE = PatternPeaks.SIDE;
    private static final int AROUND = 3;
    private static final int ORDER = 2;

    /**
     * How much is taken away.
     *
     * @param radius of a notch, in bins
     * @param most that a wave loses, in multiples of what it has in an ordinary part: what is much stronger belongs to the photo
     * @param level that stays: that of what share of the bins around
     * @param cutoff waves faster than this fade out, in parts of the pattern's own; 0 for none
     */
    private record Manner(int radius, double most, double level, double cutoff) {}

    /** Embossing lies over a photo. */
    private static final Manner EMBOSSED = new Manner(2, 1, 0.85, 0);

    /** In dots there is no photo finer than they are, and the photo's edges are in the dots' sizes. */
    private static final Manner PRINTED = new Manner(3, 2, 0.5, 0.75);

    /** The bins of a wave and those around it. */
    private static final class Notch {
        private final int[] inside;
        private final int[] around;
        private final double most;

        Notch(int[] inside, int[] around, double most) {
            this.inside = inside;
            this.around = around;
            this.most = most;
        }
    }

    private final List<Notch> notches = new ArrayList<>();
    private final float[] kept = new float[SIDE * SIDE];
    private final float[] spectrum = new float[2 * SIDE * SIDE];
    private final float[] pattern = new float[2 * SIDE * SIDE];
    private final Mat window = PatternPeaks.window();
    private final Mat synthesis = new Mat();
    private final Manner manner;

    /**
     * Of a pattern.
     *
     * @param step by which parts follow each other
     */
    PatternNotches(PeriodicPattern pattern, int step) {
        manner = pattern.printed() ? PRINTED : EMBOSSED;
        double sum = Math.pow(0.375 * SIDE / step, 2);
        window.convertTo(synthesis, CV_32F, 1 / sum, 0);
        boolean[] taken = new boolean[SIDE * SIDE];
        for (Peak wave : pattern.waves()) {
            disc(wave, 0, manner.radius).forEach(bin -> taken[bin] = true);
            disc(wave.turned(), 0, manner.radius).forEach(bin -> taken[bin] = true);
        }
        for (Peak wave : pattern.waves()) {
            for (Peak both : List.of(wave, wave.turned())) {
                int[] inside = disc(both, 0, manner.radius).toArray();
                int[] around = disc(both, manner.radius + 0.3, manner.radius + AROUND)
                        .filter(bin -> !taken[bin])
                        .toArray();
                notches.add(new Notch(inside, around, manner.most * wave.typical()));
            }
        }
        fade(manner.cutoff * SIDE / pattern.period());
    }

    private void fade(double cutoff) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double radius = Math.hypot(Math.min(x, SIDE - x), Math.min(y, SIDE - y));
                kept[y * SIDE + x] = cutoff == 0 ? 1 : (float) (1 / (1 + Math.pow(radius / cutoff, 2 * ORDER)));
            }
        }
    }

    private static IntStream disc(Peak wave, double from, double to) {
        return IntStream.range(0, 17 * 17)
                .filter(i -> {
                    double distance = Math.hypot(i % 17 - 8, i / 17 - 8);
                    return distance >= from && distance <= to + 0.3;
                })
                .map(i ->
                        Math.floorMod(wave.y() + i / 17 - 8, SIDE) * SIDE + Math.floorMod(wave.x() + i % 17 - 8, SIDE));
    }

    /** Adds it to a sum of overlapping parts. */
    void add(Mat part, Mat sum) {
        try (PointerScope _ = new PointerScope()) {
            Mat windowed = new Mat();
            multiply(part, window, windowed);
            Mat waves = new Mat();
            dft(windowed, waves, DFT_COMPLEX_OUTPUT, 0);
            FloatIndexer values = waves.createIndexer();
            values.get(0, 0, spectrum);
            Arrays.fill(pattern, 0);
            for (Notch notch : notches) {
                lift(notch, level(notch.around));
            }
            if (manner.cutoff > 0) {
                for (int i = 0; i < pattern.length; i++) {
                    pattern[i] += (1 - kept[i / 2]) * (spectrum[i] - pattern[i]);
                }
            }
            values.put(0, 0, pattern);
            Mat drawn = new Mat();
            dft(waves, drawn, DFT_INVERSE | DFT_REAL_OUTPUT | DFT_SCALE, 0);
            multiply(drawn, synthesis, drawn);
            opencv_core.add(sum, drawn, sum);
        }
    }

    private void lift(Notch notch, double level) {
        for (int bin : notch.inside) {
            double magnitude = Math.hypot(spectrum[2 * bin], spectrum[2 * bin + 1]);
            if (magnitude > level) {
                float share = (float) (Math.min(magnitude - level, notch.most) / magnitude);
                pattern[2 * bin] = share * spectrum[2 * bin];
                pattern[2 * bin + 1] = share * spectrum[2 * bin + 1];
            }
        }
    }

    /** What a bin has where there is no wave. */
    private double level(int[] bins) {
        if (bins.length == 0) {
            return 0;
        }
        double[] magnitudes = new double[bins.length];
        for (int i = 0; i < bins.length; i++) {
            magnitudes[i] = Math.hypot(spectrum[2 * bins[i]], spectrum[2 * bins[i] + 1]);
        }
        Arrays.sort(magnitudes);
        return magnitudes[(int) (manner.level * (magnitudes.length - 1))];
    }

    @Override
    public void close() {
        window.close();
        synthesis.close();
    }
}
