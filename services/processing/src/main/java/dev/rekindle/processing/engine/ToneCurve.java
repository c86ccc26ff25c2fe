package dev.rekindle.processing.engine;

import java.util.Arrays;

/**
 * The colour of a photo of one tone: by how much the logarithms of green and blue lie below that of red, for each value of
 * red. What most of the photo shows counts, so stains on less than half of it leave the curve as it is.
 */
final class ToneCurve {
    private static final int BINS = 16;
    /** Bins with fewer pixels take the values of their neighbours. */
    private static final int COUNT_MIN = 40;

    private static final int ROUNDS = 20;
    /** How far from the parabola a bin may lie. */
    private static final double APART = 0.06;
    /** Below this a value is rounded too coarsely for a logarithm. */
    static final int DARK = 12;

    private final float[] green = new float[256];
    private final float[] blue = new float[256];

    private ToneCurve() {}

    /**
     * The curve of a picture's pixels.
     *
     * @param reds red, 0 to 255
     * @param lessGreen by how much the logarithm of green lies below that of red
     * @param lessBlue the same of blue
     */
    static ToneCurve of(int[] reds, float[] lessGreen, float[] lessBlue) {
        float[] greens = new float[BINS];
        float[] blues = new float[BINS];
        double[] counts = new double[BINS];
        float[] ofGreen = new float[reds.length];
        float[] ofBlue = new float[reds.length];
        for (int bin = 0; bin < BINS; bin++) {
            int count = 0;
            for (int i = 0; i < reds.length; i++) {
                if (reds[i] * BINS / 256 == bin && reds[i] >= DARK) {
                    ofGreen[count] = lessGreen[i];
                    ofBlue[count++] = lessBlue[i];
                }
            }
            if (count >= COUNT_MIN) {
                counts[bin] = Math.sqrt(count);
                greens[bin] = mode(ofGreen, count);
                blues[bin] = mode(ofBlue, count);
            }
        }
        straighten(greens, counts);
        straighten(blues, counts);
        ToneCurve curve = new ToneCurve();
        for (int value = 0; value < 256; value++) {
            curve.green[value] = between(greens, counts, value);
            curve.blue[value] = between(blues, counts, value);
        }
        return curve;
    }

    /**
     * Takes back bins that lie far from a parabola through most of them: tones change smoothly, and what lies apart was stained
     * for the most part.
     */
    private static void straighten(float[] bins, double[] counts) {
        double[] parabola = new double[3];
        double[] weights = counts.clone();
        for (int round = 0; round < ROUNDS; round++) {
            parabola = fit(bins, weights);
            for (int bin = 0; bin < BINS; bin++) {
                weights[bin] = counts[bin] / (0.01 + Math.abs(bins[bin] - at(parabola, bin)));
            }
        }
        for (int bin = 0; bin < BINS; bin++) {
            if (counts[bin] > 0 && Math.abs(bins[bin] - at(parabola, bin)) > APART) {
                bins[bin] = (float) at(parabola, bin);
            }
        }
    }

    private static double at(double[] parabola, double bin) {
        double x = bin / BINS;
        return parabola[0] + x * (parabola[1] + x * parabola[2]);
    }

    /** The parabola with the least squares; a tiny pull towards zero keeps it calm where few bins are known. */
    private static double[] fit(float[] bins, double[] weights) {
        double[][] rows = {{1e-6, 0, 0, 0}, {0, 1e-3, 0, 0}, {0, 0, 1e-2, 0}};
        for (int bin = 0; bin < BINS; bin++) {
            double x = (double) bin / BINS;
            double[] powers = {1, x, x * x};
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    rows[i][j] += weights[bin] * powers[i] * powers[j];
                }
                rows[i][3] += weights[bin] * powers[i] * bins[bin];
            }
        }
        return solved(rows);
    }

    /** Gauss without exchanging rows: the matrix is symmetric and positive. */
    private static double[] solved(double[][] rows) {
        for (int pivot = 0; pivot < 3; pivot++) {
            for (int row = pivot + 1; row < 3; row++) {
                double factor = rows[row][pivot] / rows[pivot][pivot];
                for (int i = pivot; i < 4; i++) {
                    rows[row][i] -= factor * rows[pivot][i];
                }
            }
        }
        double[] solution = new double[3];
        for (int row = 2; row >= 0; row--) {
            double rest = rows[row][3];
            for (int i = row + 1; i < 3; i++) {
                rest -= rows[row][i] * solution[i];
            }
            solution[row] = rest / rows[row][row];
        }
        return solution;
    }

    /** By how much the logarithm of green lies below that of red, where red has that value. */
    float green(int red) {
        return green[red];
    }

    /** The same of blue. */
    float blue(int red) {
        return blue[red];
    }

    /** Where most values lie: the middle of the shortest stretch that holds half of them, again and again. */
    private static float mode(float[] values, int count) {
        float[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        int from = 0;
        int length = count;
        while (length > 8) {
            int half = (length + 1) / 2;
            int best = from;
            for (int at = from; at + half <= from + length; at++) {
                if (sorted[at + half - 1] - sorted[at] < sorted[best + half - 1] - sorted[best]) {
                    best = at;
                }
            }
            from = best;
            length = half;
        }
        return sorted[from + length / 2];
    }

    private static float between(float[] bins, double[] counts, int value) {
        double at = (value + 0.5) * BINS / 256 - 0.5;
        int below = near(counts, (int) Math.floor(at), -1);
        int above = near(counts, (int) Math.floor(at) + 1, 1);
        if (below < 0 || above < 0) {
            return below < 0 && above < 0 ? 0 : bins[Math.max(below, above)];
        }
        double share = Math.clamp((at - below) / (above - below), 0, 1);
        return (float) (bins[below] + share * (bins[above] - bins[below]));
    }

    /** The next bin that is known that way; -1 if there is none. */
    private static int near(double[] counts, int bin, int way) {
        int at = Math.clamp(bin, way > 0 ? 0 : -1, way > 0 ? BINS : BINS - 1);
        while (at >= 0 && at < BINS && counts[at] == 0) {
            at += way;
        }
        return at >= 0 && at < BINS ? at : -1;
    }
}
