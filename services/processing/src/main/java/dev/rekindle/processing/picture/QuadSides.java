package dev.rekindle.processing.picture;

import java.util.Arrays;
import org.bytedeco.javacpp.indexer.UByteIndexer;

/** Measures along the sides of a quadrilateral in a Lab picture. */
final class QuadSides {
    private static final int SAMPLES = 64;
    private static final double NEAR = 4;
    private static final int REACH = 6;

    private QuadSides() {}

    /** The share of a side along which inside and outside differ by at least that much. */
    static double borderedShare(Quad quad, int side, UByteIndexer lab, double contrastMin) {
        int bordered = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double[] at = along(quad, side, (i + 0.5) / SAMPLES);
            double[] out = outward(quad, side);
            double contrast = 0;
            for (int channel = 0; channel < 3; channel++) {
                double difference = value(lab, at[0] + NEAR * out[0], at[1] + NEAR * out[1], channel)
                        - value(lab, at[0] - NEAR * out[0], at[1] - NEAR * out[1], channel);
                contrast += difference * difference;
            }
            bordered += Math.sqrt(contrast) >= contrastMin ? 1 : 0;
        }
        return (double) bordered / SAMPLES;
    }

    /** How uneven the ground just outside all four sides is: the deviation of brightness from its median there. */
    static double groundDeviation(Quad quad, UByteIndexer lab) {
        double[] values = new double[4 * SAMPLES * 2];
        int count = 0;
        for (int side = 0; side < 4; side++) {
            double[] out = outward(quad, side);
            for (int i = 0; i < SAMPLES; i++) {
                double[] at = along(quad, side, (i + 0.5) / SAMPLES);
                values[count++] = value(lab, at[0] + NEAR * out[0], at[1] + NEAR * out[1], 0);
                values[count++] = value(lab, at[0] + 3 * NEAR * out[0], at[1] + 3 * NEAR * out[1], 0);
            }
        }
        Arrays.sort(values);
        double median = values[count / 2];
        double[] away = Arrays.stream(values)
                .map(value -> Math.abs(value - median))
                .sorted()
                .toArray();
        // Nine tenths: a shadow or a finger may lie somewhere.
        return away[(int) (0.9 * count)];
    }

    /** Each side moved onto the strongest border near it, and the corners where those lines meet. */
    static Quad refined(Quad quad, UByteIndexer lab) {
        double[][] lines = new double[4][];
        for (int side = 0; side < 4; side++) {
            lines[side] = line(quad, side, lab);
        }
        Quad refined = new Quad(new double[4], new double[4]);
        for (int corner = 0; corner < 4; corner++) {
            double[] one = lines[(corner + 3) % 4];
            double[] other = lines[corner];
            double across = one[2] * other[3] - one[3] * other[2];
            double share = ((other[0] - one[0]) * other[3] - (other[1] - one[1]) * other[2]) / across;
            double x = one[0] + share * one[2];
            double y = one[1] + share * one[3];
            boolean sane = Math.hypot(x - quad.xs()[corner], y - quad.ys()[corner]) < 2 * REACH;
            refined.xs()[corner] = sane ? x : quad.xs()[corner];
            refined.ys()[corner] = sane ? y : quad.ys()[corner];
        }
        return refined;
    }

    /** A point and a direction: the least-squares line through the strongest borders near a side. */
    private static double[] line(Quad quad, int side, UByteIndexer lab) {
        double[] out = outward(quad, side);
        double[] shifts = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            double[] at = along(quad, side, 0.06 + 0.88 * (i + 0.5) / SAMPLES);
            double strongest = -1;
            for (int shift = -REACH; shift <= REACH; shift++) {
                double contrast = Math.abs(value(lab, at[0] + (shift + 1) * out[0], at[1] + (shift + 1) * out[1], 0)
                        - value(lab, at[0] + (shift - 1) * out[0], at[1] + (shift - 1) * out[1], 0));
                if (contrast > strongest) {
                    strongest = contrast;
                    shifts[i] = shift;
                }
            }
        }
        double[] sorted = shifts.clone();
        Arrays.sort(sorted);
        double median = sorted[SAMPLES / 2];
        double sum = 0;
        double sumAlong = 0;
        double sumSquare = 0;
        int count = 0;
        for (int i = 0; i < SAMPLES; i++) {
            if (Math.abs(shifts[i] - median) <= 2) {
                double where = (i + 0.5) / SAMPLES - 0.5;
                sum += shifts[i];
                sumAlong += where * shifts[i];
                sumSquare += where * where;
                count++;
            }
        }
        double shift = sum / count;
        double slope = sumSquare > 0 ? sumAlong / sumSquare : 0;
        double[] from = along(quad, side, 0.06);
        double[] to = along(quad, side, 0.94);
        double fromX = from[0] + (shift - slope / 2) * out[0];
        double fromY = from[1] + (shift - slope / 2) * out[1];
        double toX = to[0] + (shift + slope / 2) * out[0];
        double toY = to[1] + (shift + slope / 2) * out[1];
        return new double[] {fromX, fromY, toX - fromX, toY - fromY};
    }

    private static double[] along(Quad quad, int side, double share) {
        int to = (side + 1) % 4;
        return new double[] {
            quad.xs()[side] + share * (quad.xs()[to] - quad.xs()[side]),
            quad.ys()[side] + share * (quad.ys()[to] - quad.ys()[side])
        };
    }

    private static double[] outward(Quad quad, int side) {
        int to = (side + 1) % 4;
        double length = quad.side(side);
        return new double[] {(quad.ys()[to] - quad.ys()[side]) / length, -(quad.xs()[to] - quad.xs()[side]) / length};
    }

    private static int value(UByteIndexer lab, double x, double y, int channel) {
        int column = (int) Math.clamp(Math.round(x), 0, lab.size(1) - 1);
        int row = (int) Math.clamp(Math.round(y), 0, lab.size(0) - 1);
        return lab.get(row, column, channel);
    }
}
