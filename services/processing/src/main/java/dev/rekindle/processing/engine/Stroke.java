package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_64F;
import static org.bytedeco.opencv.global.opencv_core.DECOMP_SVD;
import static org.bytedeco.opencv.global.opencv_core.solve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What a long and narrow piece of a picture is like: the curve of fourth degree that lies nearest to its pixels, along the
 * direction in which they extend most.
 *
 * @param axis the straight line in whose direction they extend most
 * @param length in pixels
 * @param width in pixels, in the mean
 * @param turn by how much the curve turns from end to end, in radians
 * @param oneWay whether it turns to one side only
 * @param off how far pixels lie from the curve, the root of the mean square; 0.29 of the width for an even stroke
 */
record Stroke(Axis axis, double length, double width, double turn, boolean oneWay, double off) {
    private static final int DEGREE = 4;
    private static final double RIM_LENGTH_MIN = 40;
    private static final double RIM_TURN_MIN = Math.toRadians(15);
    private static final double RIM_OFF_MAX = 0.4;
    private static final double LINE_TURN_MAX = Math.toRadians(12);
    /** What crosses a part of a line bends its curve. */
    private static final double NEARLY_LINE_TURN_MAX = Math.toRadians(20);
    /** More than of a rim, since a scratch may cross what looks like one. */
    private static final double LINE_OFF_MAX = 2;
    /** How far beside a line what goes on in it may lie, in pixels, and how far from its middle, of its length. */
    private static final double BESIDE = 2;

    private static final double REACH = 1.5;
    /** The ends of a curve that was fitted bend as they like. */
    private static final double INNER = 0.9;

    private static final double STEP = 0.05;

    /**
     * A straight line.
     *
     * @param x and y of a point on it
     * @param angle its direction, in radians
     */
    record Axis(double x, double y, double angle) {
        double along(double atX, double atY) {
            return Math.cos(angle) * (atX - x) + Math.sin(angle) * (atY - y);
        }

        double across(double atX, double atY) {
            return Math.cos(angle) * (atY - y) - Math.sin(angle) * (atX - x);
        }
    }

    /**
     * The stroke of some pixels.
     *
     * @param xs and ys where they lie, in any order; five at least
     */
    static Stroke of(int[] xs, int[] ys) {
        int count = xs.length;
        double meanX = mean(xs);
        double meanY = mean(ys);
        Axis axis = new Axis(meanX, meanY, direction(xs, ys, meanX, meanY));
        double[] along = new double[count];
        double[] across = new double[count];
        double first = Double.MAX_VALUE;
        double last = -Double.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            along[i] = axis.along(xs[i], ys[i]);
            across[i] = axis.across(xs[i], ys[i]);
            first = Math.min(first, along[i]);
            last = Math.max(last, along[i]);
        }
        double length = Math.max(1, last - first);
        for (int i = 0; i < count; i++) {
            along[i] = 2 * (along[i] - first) / length - 1;
        }
        double[] curve = nearest(along, across);
        return bent(axis, curve, length, count / length, off(curve, along, across));
    }

    /**
     * Whether it is the rim of something round, a cup or a plate or a lens. Pixel by pixel rims look like scratches; but a rim
     * bends one way from end to end, evenly, and as much as a thing that is in the photo. A scratch is straight, or wavers.
     *
     * @param radiusMax of round things, in pixels
     */
    boolean isRim(double radiusMax) {
        return length >= RIM_LENGTH_MIN
                && oneWay
                && turn >= RIM_TURN_MIN
                && length <= turn * radiusMax
                && off <= RIM_OFF_MAX * width;
    }

    /**
     * Whether another stroke goes on where this one ends: it lies along the same straight line, no farther away than this one
     * is long.
     */
    boolean goesOnIn(Stroke other) {
        double half = other.length / 2;
        double x = Math.cos(other.axis.angle) * half;
        double y = Math.sin(other.axis.angle) * half;
        return isNear(other.axis.x - x, other.axis.y - y) && isNear(other.axis.x + x, other.axis.y + y);
    }

    private boolean isNear(double x, double y) {
        return Math.abs(axis.across(x, y)) <= width + BESIDE && Math.abs(axis.along(x, y)) <= REACH * length;
    }

    /** Whether it is as good as straight. */
    boolean isLine() {
        return turn <= LINE_TURN_MAX && off <= LINE_OFF_MAX * width;
    }

    /** Whether it may be a part of a line. */
    boolean isNearlyLine() {
        return turn <= NEARLY_LINE_TURN_MAX && off <= LINE_OFF_MAX * width;
    }

    /** Whether one of the two goes on in the other. */
    boolean isOneLineWith(Stroke other) {
        return goesOnIn(other) || other.goesOnIn(this);
    }

    /** How much of its line this stroke and those of the others cover that one goes on in. */
    double lengthWith(List<Stroke> others) {
        List<double[]> parts = new ArrayList<>();
        parts.add(new double[] {-length / 2, length / 2});
        for (Stroke other : others) {
            if (!other.equals(this) && isOneLineWith(other)) {
                double middle = axis.along(other.axis.x, other.axis.y);
                parts.add(new double[] {middle - other.length / 2, middle + other.length / 2});
            }
        }
        parts.sort(Comparator.comparingDouble(part -> part[0]));
        double covered = 0;
        double end = -Double.MAX_VALUE;
        for (double[] part : parts) {
            covered += Math.max(0, part[1] - Math.max(end, part[0]));
            end = Math.max(end, part[1]);
        }
        return covered;
    }

    private static double mean(int[] values) {
        return java.util.Arrays.stream(values).average().orElse(0);
    }

    /** The direction in which the pixels extend most. */
    private static double direction(int[] xs, int[] ys, double meanX, double meanY) {
        double wide = 0;
        double slanted = 0;
        double high = 0;
        for (int i = 0; i < xs.length; i++) {
            wide += (xs[i] - meanX) * (xs[i] - meanX);
            slanted += (xs[i] - meanX) * (ys[i] - meanY);
            high += (ys[i] - meanY) * (ys[i] - meanY);
        }
        return Math.atan2(2 * slanted, wide - high) / 2;
    }

    /** The coefficients of the curve, lowest first, over -1 to 1. */
    private static double[] nearest(double[] along, double[] across) {
        double[] curve = new double[DEGREE + 1];
        try (PointerScope _ = new PointerScope()) {
            Mat powers = new Mat(along.length, DEGREE + 1, CV_64F);
            Mat values = new Mat(along.length, 1, CV_64F);
            DoubleIndexer power = powers.createIndexer();
            DoubleIndexer value = values.createIndexer();
            for (int i = 0; i < along.length; i++) {
                for (int k = 0; k <= DEGREE; k++) {
                    power.put(i, k, Math.pow(along[i], k));
                }
                value.put(i, 0, across[i]);
            }
            Mat solved = new Mat();
            solve(powers, values, solved, DECOMP_SVD);
            DoubleIndexer coefficient = solved.createIndexer();
            for (int k = 0; k <= DEGREE; k++) {
                curve[k] = coefficient.get(k, 0);
            }
        }
        return curve;
    }

    private static double off(double[] curve, double[] along, double[] across) {
        double squares = 0;
        for (int i = 0; i < along.length; i++) {
            double at = 0;
            for (int k = DEGREE; k >= 0; k--) {
                at = at * along[i] + curve[k];
            }
            squares += (across[i] - at) * (across[i] - at);
        }
        return Math.sqrt(squares / along.length);
    }

    private static Stroke bent(Axis axis, double[] curve, double length, double width, double off) {
        double slopeMin = Double.MAX_VALUE;
        double slopeMax = -Double.MAX_VALUE;
        boolean left = false;
        boolean right = false;
        for (double x = -INNER; x <= INNER; x += STEP) {
            double slope = 0;
            double bend = 0;
            for (int k = DEGREE; k >= 1; k--) {
                slope = slope * x + k * curve[k];
            }
            for (int k = DEGREE; k >= 2; k--) {
                bend = bend * x + k * (k - 1) * curve[k];
            }
            slopeMin = Math.min(slopeMin, slope);
            slopeMax = Math.max(slopeMax, slope);
            left |= bend < 0;
            right |= bend > 0;
        }
        double half = length / 2;
        double turn = Math.atan(slopeMax / half) - Math.atan(slopeMin / half);
        return new Stroke(axis, length, width, turn, left != right, off);
    }
}
