package dev.rekindle.processing.picture;

import java.util.Arrays;

/** The sides of a quadrilateral: places along them and beside them, and where the borders near them really run. */
final class QuadSides {
    private static final int SAMPLES = 64;
    /** Corners may be round or bent up, so the ends of a side do not count. */
    private static final double END_LEFT_OUT = 0.06;

    private QuadSides() {}

    /** Each side moved onto the strongest border within that many pixels, and the corners where those lines meet. */
    static Quad refined(Quad quad, LabPixels lab, double reach) {
        double[][] lines = new double[4][];
        for (int side = 0; side < 4; side++) {
            lines[side] = line(quad, side, lab, reach);
        }
        Quad refined = new Quad(new double[4], new double[4]);
        for (int corner = 0; corner < 4; corner++) {
            double[] one = lines[(corner + 3) % 4];
            double[] other = lines[corner];
            double across = one[2] * other[3] - one[3] * other[2];
            double share = ((other[0] - one[0]) * other[3] - (other[1] - one[1]) * other[2]) / across;
            double x = one[0] + share * one[2];
            double y = one[1] + share * one[3];
            boolean sane = Math.hypot(x - quad.xs()[corner], y - quad.ys()[corner]) < 2 * reach;
            refined.xs()[corner] = sane ? x : quad.xs()[corner];
            refined.ys()[corner] = sane ? y : quad.ys()[corner];
        }
        return refined;
    }

    /** A point and a direction: the least-squares line through the strongest borders near a side. */
    private static double[] line(Quad quad, int side, LabPixels lab, double reach) {
        double[] shifts = new double[SAMPLES];
        double[] strengths = new double[SAMPLES];
        int steps = (int) Math.ceil(2 * reach);
        for (int i = 0; i < SAMPLES; i++) {
            double along = END_LEFT_OUT + (1 - 2 * END_LEFT_OUT) * (i + 0.5) / SAMPLES;
            double[] contrasts = new double[2 * steps + 1];
            int strongest = 0;
            for (int step = 0; step < contrasts.length; step++) {
                contrasts[step] = contrast(lab, quad, side, along, (step - steps) / 2.0, 1);
                strongest = contrasts[step] > contrasts[strongest] ? step : strongest;
            }
            shifts[i] = (strongest - steps + peak(contrasts, strongest)) / 2.0;
            strengths[i] = contrasts[strongest];
        }
        double[] sorted = shifts.clone();
        Arrays.sort(sorted);
        double[] fit = {sorted[SAMPLES / 2], 0};
        for (double tolerance = 2; tolerance >= 1; tolerance /= 2) {
            fit = fit(shifts, strengths, fit, tolerance);
        }
        double[] out = outward(quad, side);
        double[] from = along(quad, side, 0);
        double[] to = along(quad, side, 1);
        double half = 0.5 / (1 - 2 * END_LEFT_OUT);
        double fromX = from[0] + (fit[0] - half * fit[1]) * out[0];
        double fromY = from[1] + (fit[0] - half * fit[1]) * out[1];
        double toX = to[0] + (fit[0] + half * fit[1]) * out[0];
        double toY = to[1] + (fit[0] + half * fit[1]) * out[1];
        return new double[] {fromX, fromY, toX - fromX, toY - fromY};
    }

    /** Middle and slope of the line through shifts that lie near another such line. */
    private static double[] fit(double[] shifts, double[] strengths, double[] near, double tolerance) {
        double weights = 0;
        double where = 0;
        double shift = 0;
        double square = 0;
        double product = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double x = (i + 0.5) / SAMPLES - 0.5;
            if (Math.abs(shifts[i] - near[0] - near[1] * x) <= tolerance) {
                double weight = strengths[i];
                weights += weight;
                where += weight * x;
                shift += weight * shifts[i];
                square += weight * x * x;
                product += weight * x * shifts[i];
            }
        }
        double spread = square * weights - where * where;
        if (weights <= 0 || spread <= 1e-9 * weights * weights) {
            return near;
        }
        double slope = (product * weights - where * shift) / spread;
        return new double[] {(shift - slope * where) / weights, slope};
    }

    /** Where between its neighbours the top of a parabola through three values lies, in steps. */
    private static double peak(double[] values, int at) {
        if (at == 0 || at == values.length - 1) {
            return 0;
        }
        double bend = values[at - 1] - 2 * values[at] + values[at + 1];
        return bend < 0 ? Math.clamp((values[at - 1] - values[at + 1]) / (2 * bend), -0.5, 0.5) : 0;
    }

    /** How different the colours are on both sides of a place that lies so far out from a side. */
    static double contrast(LabPixels lab, Quad quad, int side, double along, double out, double apart) {
        double[] at = along(quad, side, along);
        double[] normal = outward(quad, side);
        double[] difference = new double[3];
        lab.add(at[0] + (out + apart) * normal[0], at[1] + (out + apart) * normal[1], 1, difference);
        lab.add(at[0] + (out - apart) * normal[0], at[1] + (out - apart) * normal[1], -1, difference);
        return length(difference);
    }

    static double length(double[] colour) {
        return Math.sqrt(colour[0] * colour[0] + colour[1] * colour[1] + colour[2] * colour[2]);
    }

    /** A place on the line of a side: 0 at its first corner, 1 at the next. */
    static double[] along(Quad quad, int side, double share) {
        int to = (side + 1) % 4;
        return new double[] {
            quad.xs()[side] + share * (quad.xs()[to] - quad.xs()[side]),
            quad.ys()[side] + share * (quad.ys()[to] - quad.ys()[side])
        };
    }

    /** The direction away from the quadrilateral, of length 1. */
    static double[] outward(Quad quad, int side) {
        int to = (side + 1) % 4;
        double length = quad.side(side);
        return new double[] {(quad.ys()[to] - quad.ys()[side]) / length, -(quad.xs()[to] - quad.xs()[side]) / length};
    }
}
