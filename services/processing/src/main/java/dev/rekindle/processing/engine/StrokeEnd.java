package dev.rekindle.processing.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a stroke ends, and where it would go on.
 *
 * @param x and y of the tip
 * @param dx and dy the direction out of the stroke, of length 1
 * @param width of the stroke, in pixels
 */
record StrokeEnd(double x, double y, double dx, double dy, double width) {
    /** How long the tip is, and from where to where before it the direction is taken, in pixels. */
    private static final double TIP = 4;

    private static final double FROM = 18;
    private static final double TO = 30;

    /**
     * Both ends of a stroke; none of one too short to tell a direction.
     *
     * @param xs and ys where its pixels lie
     */
    static List<StrokeEnd> of(Stroke stroke, int[] xs, int[] ys) {
        if (stroke.length() < TO + TIP) {
            return List.of();
        }
        StrokeEnd first = of(stroke, xs, ys, -1);
        StrokeEnd last = of(stroke, xs, ys, 1);
        return first == null || last == null ? List.of() : List.of(first, last);
    }

    private static @Nullable StrokeEnd of(Stroke stroke, int[] xs, int[] ys, int sign) {
        double[] along = new double[xs.length];
        double end = -Double.MAX_VALUE;
        for (int i = 0; i < xs.length; i++) {
            along[i] = sign * stroke.axis().along(xs[i], ys[i]);
            end = Math.max(end, along[i]);
        }
        double[] tip = mean(xs, ys, along, end - TIP, end);
        double[] before = mean(xs, ys, along, end - TO, end - FROM);
        if (tip == null || before == null) {
            return null;
        }
        double length = Math.hypot(tip[0] - before[0], tip[1] - before[1]);
        return length >= FROM / 2
                ? new StrokeEnd(
                        tip[0], tip[1], (tip[0] - before[0]) / length, (tip[1] - before[1]) / length, stroke.width())
                : null; // a fork
    }

    /** The middle of the pixels in a stretch; null where there are none. */
    private static double @Nullable [] mean(int[] xs, int[] ys, double[] along, double from, double to) {
        double x = 0;
        double y = 0;
        int count = 0;
        for (int i = 0; i < xs.length; i++) {
            if (along[i] >= from && along[i] <= to) {
                x += xs[i];
                y += ys[i];
                count++;
            }
        }
        return count == 0 ? null : new double[] {x / count, y / count};
    }
}
