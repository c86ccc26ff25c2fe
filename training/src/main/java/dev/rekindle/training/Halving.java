package dev.rekindle.training;

import java.util.random.RandomGenerator;

/** Ways in which programs reduce pictures to half their width and height. */
enum Halving {
    AREA(1) {
        @Override
        double weight(double distance) {
            return 1;
        }
    },
    BILINEAR(2) {
        @Override
        double weight(double distance) {
            return 1 - distance;
        }
    },
    BICUBIC(4) {
        @Override
        double weight(double distance) {
            return Doubling.cubic(distance, -0.5);
        }
    },
    LANCZOS(6) {
        @Override
        double weight(double distance) {
            return sinc(distance) * sinc(distance / 3);
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // Written once, in the constructor, and never handed out.
    private final float[] taps;

    Halving(int reach) {
        taps = new float[2 * reach];
        double sum = 0;
        for (int i = 0; i < taps.length; i++) {
            sum += weight(distance(i, reach));
        }
        for (int i = 0; i < taps.length; i++) {
            taps[i] = (float) (weight(distance(i, reach)) / sum);
        }
    }

    /** How far a pixel lies from the middle of what it becomes part of, in pixels of the smaller picture. */
    private static double distance(int tap, int reach) {
        return Math.abs(tap - reach + 0.5) / 2;
    }

    private static double sinc(double x) {
        return Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** How much a pixel so far away counts; never asked of distance 0. */
    abstract double weight(double distance);

    static Halving any(RandomGenerator random) {
        return values()[random.nextInt(values().length)];
    }

    /** A picture of even sides, halved. */
    Grey of(Grey picture) {
        Grey narrow = Grey.blank(picture.width() / 2, picture.height());
        for (int y = 0; y < picture.height(); y++) {
            halve(picture.pixels(), y * picture.width(), 1, picture.width(), narrow.pixels(), y * narrow.width(), 1);
        }
        Grey half = Grey.blank(narrow.width(), picture.height() / 2);
        for (int x = 0; x < half.width(); x++) {
            halve(narrow.pixels(), x, narrow.width(), narrow.height(), half.pixels(), x, half.width());
        }
        return half;
    }

    private void halve(float[] from, int start, int step, int count, float[] to, int target, int targetStep) {
        int reach = taps.length / 2;
        for (int i = 0; i < count / 2; i++) {
            double sum = 0;
            for (int tap = 0; tap < taps.length; tap++) {
                int at = Math.clamp(2L * i + 1 - reach + tap, 0, count - 1);
                sum += taps[tap] * from[start + at * step];
            }
            to[target + i * targetStep] = (float) sum;
        }
    }
}
