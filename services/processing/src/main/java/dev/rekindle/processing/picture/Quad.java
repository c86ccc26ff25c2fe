package dev.rekindle.processing.picture;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.Point;
import dev.rekindle.platform.rpc.Failure;

/**
 * Four corners of a photo inside a picture, in pixels, clockwise from the top left.
 *
 * @param xs four, in order
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
record Quad(double[] xs, double[] ys) {
    private static final double WHOLE = 0.004;
    private static final double AREA_SHARE_MIN = 0.01;

    /**
     * The corners a user sent, in a picture of that size.
     *
     * @throws Failure INVALID_REQUEST if they make no convex quadrilateral of some size
     */
    static Quad of(Corners corners, PictureSize size) {
        Point[] points = {corners.getTopLeft(), corners.getTopRight(), corners.getBottomRight(), corners.getBottomLeft()
        };
        Quad quad = new Quad(new double[4], new double[4]);
        for (int i = 0; i < 4; i++) {
            quad.xs[i] = points[i].getX() * size.width();
            quad.ys[i] = points[i].getY() * size.height();
        }
        if (!quad.isConvex() || quad.area() < AREA_SHARE_MIN * size.pixels()) {
            throw Failure.invalid(
                    "corners", "do not make a convex quadrilateral of at least 1 % of the picture, in clockwise order");
        }
        return quad;
    }

    /** The corners as fractions of a picture of that size. */
    Corners toCorners(PictureSize size) {
        return Corners.newBuilder()
                .setTopLeft(point(0, size))
                .setTopRight(point(1, size))
                .setBottomRight(point(2, size))
                .setBottomLeft(point(3, size))
                .build();
    }

    private Point point(int corner, PictureSize size) {
        return Point.newBuilder()
                .setX(Math.clamp(xs[corner] / size.width(), 0, 1))
                .setY(Math.clamp(ys[corner] / size.height(), 0, 1))
                .build();
    }

    /** True if it is, within a few thousandths, the whole picture. */
    boolean isWhole(PictureSize size) {
        double[] wholeX = {0, 1, 1, 0};
        double[] wholeY = {0, 0, 1, 1};
        for (int i = 0; i < 4; i++) {
            if (Math.abs(xs[i] / size.width() - wholeX[i]) > WHOLE
                    || Math.abs(ys[i] / size.height() - wholeY[i]) > WHOLE) {
                return false;
            }
        }
        return true;
    }

    boolean isConvex() {
        for (int i = 0; i < 4; i++) {
            int next = (i + 1) % 4;
            int last = (i + 2) % 4;
            double turn = (xs[next] - xs[i]) * (ys[last] - ys[next]) - (ys[next] - ys[i]) * (xs[last] - xs[next]);
            if (turn <= 0) {
                return false;
            }
        }
        return true;
    }

    double area() {
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            int next = (i + 1) % 4;
            sum += xs[i] * ys[next] - xs[next] * ys[i];
        }
        return Math.abs(sum) / 2;
    }

    double side(int from) {
        int to = (from + 1) % 4;
        return Math.hypot(xs[to] - xs[from], ys[to] - ys[from]);
    }

    /** The same corners, clockwise from the one nearest the top left. */
    Quad clockwiseFromTopLeft() {
        int first = 0;
        for (int i = 1; i < 4; i++) {
            first = xs[i] + ys[i] < xs[first] + ys[first] ? i : first;
        }
        double turn = (xs[1] - xs[0]) * (ys[2] - ys[1]) - (ys[1] - ys[0]) * (xs[2] - xs[1]);
        Quad ordered = new Quad(new double[4], new double[4]);
        for (int i = 0; i < 4; i++) {
            int from = Math.floorMod(turn > 0 ? first + i : first - i, 4);
            ordered.xs[i] = xs[from];
            ordered.ys[i] = ys[from];
        }
        return ordered;
    }

    /** True if no corner of another lies further outside than that. */
    boolean holds(Quad other, double tolerance) {
        for (int side = 0; side < 4; side++) {
            double[] out = QuadSides.outward(this, side);
            for (int i = 0; i < 4; i++) {
                if ((other.xs[i] - xs[side]) * out[0] + (other.ys[i] - ys[side]) * out[1] > tolerance) {
                    return false;
                }
            }
        }
        return true;
    }

    Quad scaled(double factor) {
        Quad scaled = new Quad(xs.clone(), ys.clone());
        for (int i = 0; i < 4; i++) {
            scaled.xs[i] *= factor;
            scaled.ys[i] *= factor;
        }
        return scaled;
    }
}
