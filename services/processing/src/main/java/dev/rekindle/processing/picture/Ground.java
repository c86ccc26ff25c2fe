package dev.rekindle.processing.picture;

import java.util.Arrays;

/**
 * The colours around a quadrilateral: a table's, a cloth's, a rug's. They may make any pattern, but they are the same on all
 * four sides, while what surrounds a window or a sign in a scene rarely is.
 */
final class Ground {
    private static final int EVERY = 2;
    /** Blurred borders lie nearer than this, shadows nearer than that. */
    private static final double NEAR = 3;

    private static final double FAR = 12;
    private static final int LEVELS = 20;
    private static final int HUES = 40;
    private static final float LEVEL_STEP = 8;
    private static final float HUE_STEP = 5;
    private static final int COLOURS = LEVELS * HUES * HUES;
    /** What share of pixels makes a colour one of theirs. */
    private static final double COMMON = 0.002;

    private static final int RIM_SAMPLES = 100;
    private static final double RIM_FROM = 3;
    private static final double RIM_TO = 7;
    private static final double[] BEHIND_BORDERS = {14, 22, 30};
    private static final double PLAIN_DEVIATION_MAX = 10;
    private static final double PLAIN_SHARE_MIN = 0.93;
    private static final double PATTERNED_SHARE_MAX = 0.6;

    /** How often which colour is seen. */
    private static final class Colours {
        private final int[] counts = new int[COLOURS];
        private long total;

        void add(int colour) {
            counts[colour]++;
            total++;
        }

        void add(Colours others) {
            for (int i = 0; i < COLOURS; i++) {
                counts[i] += others.counts[i];
            }
            total += others.total;
        }

        /** True if that colour, or one beside it, is seen often. */
        boolean have(int colour) {
            int level = colour / (HUES * HUES);
            int a = colour / HUES % HUES;
            int b = colour % HUES;
            long sum = 0;
            for (int l = Math.max(0, level - 1); l <= Math.min(LEVELS - 1, level + 1); l++) {
                for (int i = Math.max(0, a - 1); i <= Math.min(HUES - 1, a + 1); i++) {
                    for (int j = Math.max(0, b - 1); j <= Math.min(HUES - 1, b + 1); j++) {
                        sum += counts[(l * HUES + i) * HUES + j];
                    }
                }
            }
            return sum > COMMON * total;
        }

        /** The share of these that others have, too. */
        double shareIn(Colours others) {
            long alike = 0;
            for (int i = 0; i < COLOURS; i++) {
                alike += counts[i] > 0 && others.have(i) ? counts[i] : 0;
            }
            return total == 0 ? 0 : (double) alike / total;
        }
    }

    private final Colours[] beyond = {new Colours(), new Colours(), new Colours(), new Colours()};
    private final Colours far = new Colours();
    private final Colours inside = new Colours();

    private Ground() {}

    /** Looks at a whole picture: which pixels lie inside, and beyond which side the others. */
    static Ground around(Quad quad, LabPixels lab) {
        Ground ground = new Ground();
        double[][] outward = new double[4][];
        for (int side = 0; side < 4; side++) {
            outward[side] = QuadSides.outward(quad, side);
        }
        for (int y = 0; y < lab.height(); y += EVERY) {
            for (int x = 0; x < lab.width(); x += EVERY) {
                int nearest = 0;
                double out = Double.NEGATIVE_INFINITY;
                for (int side = 0; side < 4; side++) {
                    double away = (x - quad.xs()[side]) * outward[side][0] + (y - quad.ys()[side]) * outward[side][1];
                    nearest = away > out ? side : nearest;
                    out = Math.max(out, away);
                }
                ground.add(colour(lab, x, y), nearest, out);
            }
        }
        return ground;
    }

    private void add(int colour, int side, double out) {
        if (out > NEAR) {
            beyond[side].add(colour);
        } else if (out < -NEAR) {
            inside.add(colour);
        }
        if (out > FAR) {
            far.add(colour);
        }
    }

    private static int colour(LabPixels lab, int x, int y) {
        int level = Math.min(LEVELS - 1, (int) (lab.value(x, y, 0) / LEVEL_STEP));
        int a = Math.clamp((int) ((lab.value(x, y, 1) - 128) / HUE_STEP + HUES / 2.0), 0, HUES - 1);
        int b = Math.clamp((int) ((lab.value(x, y, 2) - 128) / HUE_STEP + HUES / 2.0), 0, HUES - 1);
        return (level * HUES + a) * HUES + b;
    }

    /** The share of what lies beyond the worst side whose colours lie beyond the other sides, too. */
    double sameAllAround() {
        double worst = 1;
        for (int side = 0; side < 4; side++) {
            Colours others = new Colours();
            for (int other = 0; other < 4; other++) {
                if (other != side) {
                    others.add(beyond[other]);
                }
            }
            worst = Math.min(worst, beyond[side].shareIn(others));
        }
        return worst;
    }

    /** The share of the inside whose colours do not lie outside. */
    double otherInside() {
        Colours all = new Colours();
        for (Colours some : beyond) {
            all.add(some);
        }
        return 1 - inside.shareIn(all);
    }

    /** The share of what lies just inside the worst side whose colours do not lie outside; plain borders count in full. */
    double rim(Quad quad, LabPixels lab) {
        double worst = 1;
        for (int side = 0; side < 4; side++) {
            worst = Math.min(
                    worst,
                    plainShare(quad, side, lab, RIM_FROM, PLAIN_DEVIATION_MAX) >= PLAIN_SHARE_MIN
                            ? 1
                            : rim(quad, side, lab));
        }
        return worst;
    }

    /** True if a plain border runs outside along some side and what follows it is not plain: the print is larger. */
    static boolean isInsideBorder(Quad quad, LabPixels lab) {
        for (int side = 0; side < 4; side++) {
            if (plainShare(quad, side, lab, -RIM_FROM, PLAIN_DEVIATION_MAX / 2) >= PLAIN_SHARE_MIN) {
                for (double out : BEHIND_BORDERS) {
                    if (plainShare(quad, side, lab, -out, PLAIN_DEVIATION_MAX) < PATTERNED_SHARE_MAX) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private double rim(Quad quad, int side, LabPixels lab) {
        int seen = 0;
        int other = 0;
        for (int i = 0; i < RIM_SAMPLES; i++) {
            for (double in = RIM_FROM; in <= RIM_TO; in += 2) {
                double[] at = rimPlace(quad, side, i, in);
                int x = (int) Math.round(at[0]);
                int y = (int) Math.round(at[1]);
                if (lab.holds(x, y)) {
                    seen++;
                    other += far.have(colour(lab, x, y)) ? 0 : 1;
                }
            }
        }
        return seen == 0 ? 0 : (double) other / seen;
    }

    private static double[] rimPlace(Quad quad, int side, int sample, double in) {
        double[] at = QuadSides.along(quad, side, 0.03 + 0.94 * (sample + 0.5) / RIM_SAMPLES);
        double[] out = QuadSides.outward(quad, side);
        return new double[] {at[0] - in * out[0], at[1] - in * out[1]};
    }

    /** Along which share of a side, that far inside, there is one colour, as in the border of a print. */
    private static double plainShare(Quad quad, int side, LabPixels lab, double in, double deviationMax) {
        double[][] colours = new double[RIM_SAMPLES][3];
        double[] median = new double[3];
        for (int i = 0; i < RIM_SAMPLES; i++) {
            double[] at = rimPlace(quad, side, i, in);
            lab.add(at[0], at[1], 1, colours[i]);
        }
        for (int channel = 0; channel < 3; channel++) {
            int which = channel;
            median[channel] = Arrays.stream(colours)
                    .mapToDouble(colour -> colour[which])
                    .sorted()
                    .toArray()[RIM_SAMPLES / 2];
        }
        int alike = 0;
        for (double[] colour : colours) {
            double[] away = {colour[0] - median[0], colour[1] - median[1], colour[2] - median[2]};
            alike += QuadSides.length(away) < deviationMax ? 1 : 0;
        }
        return (double) alike / RIM_SAMPLES;
    }
}
