package dev.rekindle.processing.picture;

import java.util.Arrays;

/**
 * What speaks for a quadrilateral being a print that lies on something.
 *
 * @param bordered the share of the worst side along which inside and outside differ
 * @param outstanding how many times stronger the border of the worst side is than what lies beside it
 * @param beyond how strongly the lines go on behind the corners: 0 where they end, 1 where they run on as they were
 * @param sameGround the share of what lies beyond the worst side that resembles what lies beyond the others
 * @param otherInside the share of the inside that resembles nothing outside
 * @param rim how surely what lies just inside the worst side is no ground: its share that resembles nothing outside, or 1 where
 *     it is the plain border of a print
 * @param insideBorder that outside of a side runs the plain border of a print
 */
record PrintSigns(
        double bordered,
        double outstanding,
        double beyond,
        double sameGround,
        double otherInside,
        double rim,
        boolean insideBorder) {
    private static final int SAMPLES = 64;
    /** The ends of a side do not count: corners may be round or bent up. */
    private static final double END = 0.03;

    private static final double BORDERED_LIKELY = 0.75;
    private static final double OUTSTANDING_LIKELY = 1.3;
    private static final double BEYOND_LIKELY = 0.75;
    private static final double CONTRAST_MIN = 7;
    private static final int BESIDE_FROM = 4;
    private static final int BESIDE_TO = 14;
    private static final double BEYOND_SHARE = 0.14;
    private static final int STRETCH = 12;

    /** Measures in a picture whose longer side is some 700 pixels. */
    static PrintSigns of(Quad quad, LabPixels lab) {
        double bordered = 1;
        double outstanding = Double.MAX_VALUE;
        double beyond = 0;
        double worstBeyond = 0;
        for (int side = 0; side < 4; side++) {
            bordered = Math.min(bordered, bordered(quad, side, lab));
            outstanding = Math.min(outstanding, outstanding(quad, side, lab));
            double own = step(quad, side, lab, END, 1 - END);
            for (boolean before : new boolean[] {true, false}) {
                double share = Math.min(1, stepBeyond(quad, side, lab, before) / Math.max(1, own));
                beyond += share / 8;
                worstBeyond = Math.max(worstBeyond, share);
            }
        }
        beyond = (beyond + worstBeyond) / 2;
        if (bordered < BORDERED_LIKELY || outstanding < OUTSTANDING_LIKELY || beyond >= BEYOND_LIKELY) {
            // What follows takes the time, and cannot help any more.
            return new PrintSigns(bordered, outstanding, beyond, 0, 0, 0, false);
        }
        Ground ground = Ground.around(quad, lab);
        return new PrintSigns(
                bordered,
                outstanding,
                beyond,
                ground.sameAllAround(),
                ground.otherInside(),
                ground.rim(quad, lab),
                Ground.isInsideBorder(quad, lab));
    }

    /** True if it may be cut out. */
    boolean sure() {
        return bordered >= 0.85 && outstanding >= 1.7 && beyond < 0.52 && liesOnGround();
    }

    /** True if what is measured of a photo had better be measured inside. */
    boolean likely() {
        return bordered >= BORDERED_LIKELY
                && outstanding >= OUTSTANDING_LIKELY
                && beyond < BEYOND_LIKELY
                && liesOnGround();
    }

    /** True if one ground lies all around and not inside. No less is asked of what is only likely. */
    private boolean liesOnGround() {
        return sameGround >= 0.93 && otherInside >= 0.25 && rim >= 0.3 && !insideBorder;
    }

    /** The more, the better: at most 5. */
    double score() {
        return bordered + Math.min(1, outstanding / 6) + 1 - beyond + otherInside + rim;
    }

    private static double bordered(Quad quad, int side, LabPixels lab) {
        int seen = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double along = along(i);
            double contrast = Math.max(
                    QuadSides.contrast(lab, quad, side, along, 0, 2.5),
                    QuadSides.contrast(lab, quad, side, along, 0, 4));
            seen += contrast >= CONTRAST_MIN ? 1 : 0;
        }
        return (double) seen / SAMPLES;
    }

    private static double along(int sample) {
        return END + (1 - 2 * END) * (sample + 0.5) / SAMPLES;
    }

    /** The border's mean contrast by that of the lines outside of it, the strongest quarter of those left out. */
    private static double outstanding(Quad quad, int side, LabPixels lab) {
        double[] beside = new double[BESIDE_TO - BESIDE_FROM + 1];
        for (int away = BESIDE_FROM; away <= BESIDE_TO; away++) {
            beside[away - BESIDE_FROM] = meanContrast(quad, side, lab, away);
        }
        Arrays.sort(beside);
        double own = 0;
        for (double out = -1; out <= 1; out += 0.5) {
            own = Math.max(own, meanContrast(quad, side, lab, out));
        }
        return own / Math.max(1, beside[beside.length * 3 / 4]);
    }

    private static double meanContrast(Quad quad, int side, LabPixels lab, double out) {
        double sum = 0;
        for (int i = 0; i < SAMPLES; i++) {
            sum += QuadSides.contrast(lab, quad, side, along(i), out, 1);
        }
        return sum / SAMPLES;
    }

    private static double stepBeyond(Quad quad, int side, LabPixels lab, boolean before) {
        double length = quad.side(side);
        double from = Math.min(3 / length, 0.05);
        double near = from + STRETCH / length;
        return before
                ? Math.max(step(quad, side, lab, -BEYOND_SHARE, -from), step(quad, side, lab, -near, -from))
                : Math.max(
                        step(quad, side, lab, 1 + from, 1 + BEYOND_SHARE), step(quad, side, lab, 1 + from, 1 + near));
    }

    /** How much both sides of a line differ: in each short stretch of it the means are compared, so that patterns cancel out. */
    private static double step(Quad quad, int side, LabPixels lab, double from, double to) {
        int stretches = Math.max(1, (int) Math.round((to - from) * quad.side(side) / STRETCH));
        double[] out = QuadSides.outward(quad, side);
        double sum = 0;
        int counted = 0;
        for (int stretch = 0; stretch < stretches; stretch++) {
            double[] difference = new double[3];
            int places = 0;
            for (int i = 0; i < STRETCH; i++) {
                double[] at =
                        QuadSides.along(quad, side, from + (to - from) * (stretch + (i + 0.5) / STRETCH) / stretches);
                if (lab.holds(at[0], at[1])) {
                    lab.add(at[0] + 2.5 * out[0], at[1] + 2.5 * out[1], 1, difference);
                    lab.add(at[0] - 2.5 * out[0], at[1] - 2.5 * out[1], -1, difference);
                    places++;
                }
            }
            if (2 * places >= STRETCH) {
                sum += QuadSides.length(difference) / places;
                counted++;
            }
        }
        return counted == 0 ? 0 : sum / counted;
    }
}
