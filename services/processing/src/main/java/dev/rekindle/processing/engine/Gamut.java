package dev.rekindle.processing.engine;

/** Which colours of CIE Lab, D65, there are in sRGB. */
final class Gamut {
    private static final double WHITE_X = 0.950456;
    private static final double WHITE_Z = 1.088754;
    /** Above that the cube of Lab holds, below it a straight line. */
    private static final double LINEAR_TO = 6.0 / 29;

    /** How far beyond sRGB, in linear light, what a conversion rounds may lie. */
    private static final double ROUNDING = 0.002;

    private static final int HALVINGS = 7;

    private Gamut() {}

    /**
     * How much of its chroma a colour can have: what is nearly white or black has not room for all of it. Cut off by itself in each of
     * red, green and blue, as conversions do, skin is yellow and sky is green; paler it keeps its hue.
     *
     * @param lightness 0 to 100
     * @return the greatest share of a and b that is a colour of sRGB, 0 to 1
     */
    static double share(double lightness, double a, double b) {
        if (holds(lightness, a, b)) {
            return 1;
        }
        double least = 0;
        double most = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (least + most) / 2;
            if (holds(lightness, middle * a, middle * b)) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return least;
    }

    private static boolean holds(double lightness, double a, double b) {
        double ofY = (lightness + 16) / 116;
        double x = WHITE_X * linear(ofY + a / 500);
        double y = linear(ofY);
        double z = WHITE_Z * linear(ofY - b / 200);
        return isLight(3.240479 * x - 1.53715 * y - 0.498535 * z)
                && isLight(-0.969256 * x + 1.875991 * y + 0.041556 * z)
                && isLight(0.055648 * x - 0.204043 * y + 1.057311 * z);
    }

    private static double linear(double value) {
        return value > LINEAR_TO ? value * value * value : 3 * LINEAR_TO * LINEAR_TO * (value - 4.0 / 29);
    }

    private static boolean isLight(double value) {
        return value >= -ROUNDING && value <= 1 + ROUNDING;
    }
}
