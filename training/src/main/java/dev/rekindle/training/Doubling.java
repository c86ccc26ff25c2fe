package dev.rekindle.training;

/** Bicubic enlarging to twice the width and height as OpenCV does it, which is what the network adds to. */
final class Doubling {
    private static final double OPENCV = -0.75;
    /** A quarter of a pixel before a pixel: the weights of the two before it, of itself and of the one after it. */
    private static final double[] TAPS = {
        cubic(1.75, OPENCV), cubic(0.75, OPENCV), cubic(0.25, OPENCV), cubic(1.25, OPENCV)
    };

    private Doubling() {}

    /** The cubic convolution kernel (Keys, 1981) of that parameter. */
    static double cubic(double distance, double a) {
        if (distance <= 1) {
            return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
        }
        return distance < 2 ? a * (((distance - 5) * distance + 8) * distance - 4) : 0;
    }

    static Grey of(Grey picture) {
        Grey wide = Grey.blank(2 * picture.width(), picture.height());
        for (int y = 0; y < picture.height(); y++) {
            twice(picture.pixels(), y * picture.width(), 1, picture.width(), wide.pixels(), y * wide.width(), 1);
        }
        Grey large = Grey.blank(wide.width(), 2 * picture.height());
        for (int x = 0; x < large.width(); x++) {
            twice(wide.pixels(), x, wide.width(), wide.height(), large.pixels(), x, large.width());
        }
        return large;
    }

    private static void twice(float[] from, int start, int step, int count, float[] to, int target, int targetStep) {
        for (int i = 0; i < count; i++) {
            double before = 0;
            double after = 0;
            for (int tap = 0; tap < TAPS.length; tap++) {
                before += TAPS[tap] * from[start + Math.clamp(i + tap - 2, 0, count - 1) * step];
                after += TAPS[tap] * from[start + Math.clamp(i + 2 - tap, 0, count - 1) * step];
            }
            to[target + 2 * i * targetStep] = (float) before;
            to[target + (2 * i + 1) * targetStep] = (float) after;
        }
    }
}
