package dev.rekindle.processing.engine;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;

/**
 * Spreads colour from where it is known to where it is not: neighbours that look alike get like colour (Levin,
 * Lischinski, Weiss, 2004). One channel of chroma on a small grid; a sparse symmetric system solved by conjugate
 * gradients.
 *
 * <p>Every point is also drawn a little towards a colour of its own, so that a stroke on a dress does not flow into
 * everything that no other stroke holds.
 */
final class ColourSpread {
    private static final int ROUNDS_MAX = 600;
    private static final double TOLERANCE = 1e-4;
    /** How far neighbours may differ, in levels of 255, before they count as strangers. */
    private static final double ALIKE_LEVELS = 7;

    private static final double STRANGERS = 3e-4;

    private final int width;
    private final int height;
    /** Likeness of each point to its neighbour right, below, below right, below left. */
    private final float[][] likeness;

    private static final int[] STEP_X = {1, 0, 1, -1};
    private static final int[] STEP_Y = {0, 1, 1, 1};

    /** A grid of that brightness, row by row, 0 to 255, and of what else makes neighbours strangers, in like levels. */
    ColourSpread(int width, int height, float[]... planes) {
        this.width = width;
        this.height = height;
        this.likeness = new float[4][width * height];
        for (int direction = 0; direction < 4; direction++) {
            for (int y = 0; y < height - STEP_Y[direction]; y++) {
                for (int x = 0; x < width; x++) {
                    int other = x + STEP_X[direction];
                    if (other < 0 || other >= width) {
                        continue;
                    }
                    double squares = 0;
                    for (float[] plane : planes) {
                        double difference = plane[y * width + x] - plane[(y + STEP_Y[direction]) * width + other];
                        squares += difference * difference;
                    }
                    double alike = Math.exp(-squares / (2 * ALIKE_LEVELS * ALIKE_LEVELS));
                    likeness[direction][y * width + x] = (float) Math.max(STRANGERS, alike);
                }
            }
        }
    }

    /**
     * The colour of every point.
     *
     * @param wanted the colour each point is drawn to
     * @param pull how strongly: thousands where the colour is known, a small fraction where it is only a guess
     */
    float[] solve(float[] wanted, float[] pull, Progress progress, Stop stop) {
        int size = width * height;
        float[] diagonal = diagonal(pull);
        float[] result = wanted.clone();
        float[] rest = new float[size];
        multiply(result, diagonal, rest);
        double first = 0;
        for (int i = 0; i < size; i++) {
            rest[i] = pull[i] * wanted[i] - rest[i];
            first += (double) rest[i] * rest[i];
        }
        float[] direction = new float[size];
        float[] image = new float[size];
        double product = 0;
        for (int i = 0; i < size; i++) {
            direction[i] = rest[i] / diagonal[i];
            product += (double) rest[i] * direction[i];
        }
        for (int round = 0; round < ROUNDS_MAX && product > 0; round++) {
            stop.check();
            multiply(direction, diagonal, image);
            double step = product / dot(direction, image);
            double left = 0;
            double next = 0;
            for (int i = 0; i < size; i++) {
                result[i] += (float) (step * direction[i]);
                rest[i] -= (float) (step * image[i]);
                left += (double) rest[i] * rest[i];
                next += (double) rest[i] * rest[i] / diagonal[i];
            }
            if (left < TOLERANCE * TOLERANCE * first) {
                break;
            }
            double share = next / product;
            product = next;
            for (int i = 0; i < size; i++) {
                direction[i] = (float) (rest[i] / diagonal[i] + share * direction[i]);
            }
            progress.at((double) round / ROUNDS_MAX);
        }
        return result;
    }

    private float[] diagonal(float[] pull) {
        float[] diagonal = pull.clone();
        for (int direction = 0; direction < 4; direction++) {
            int step = STEP_Y[direction] * width + STEP_X[direction];
            for (int i = 0; i < diagonal.length; i++) {
                float alike = likeness[direction][i];
                if (alike > 0) {
                    diagonal[i] += alike;
                    diagonal[i + step] += alike;
                }
            }
        }
        return diagonal;
    }

    private void multiply(float[] vector, float[] diagonal, float[] product) {
        for (int i = 0; i < vector.length; i++) {
            product[i] = diagonal[i] * vector[i];
        }
        for (int direction = 0; direction < 4; direction++) {
            int step = STEP_Y[direction] * width + STEP_X[direction];
            float[] alike = likeness[direction];
            for (int i = 0; i < vector.length; i++) {
                if (alike[i] > 0) {
                    product[i] -= alike[i] * vector[i + step];
                    product[i + step] -= alike[i] * vector[i];
                }
            }
        }
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
