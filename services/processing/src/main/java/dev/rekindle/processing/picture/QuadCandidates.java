package dev.rekindle.processing.picture;

import dev.rekindle.processing.picture.StraightLines.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Quadrilaterals that two pairs of lines make, those first whose sides are seen furthest and end at their corners. */
final class QuadCandidates {
    private static final int KEPT = 60;
    private static final double AREA_SHARE_MIN = 0.15;
    private static final double AREA_SHARE_MAX = 0.95;
    private static final double OPPOSITE_TURNED_MAX = Math.sin(Math.toRadians(22));
    private static final double CORNER_COSINE_MAX = Math.cos(Math.toRadians(65));
    private static final double RIM_SHARE = 0.006;
    private static final double SIDES_RATIO_MAX = 3.2;
    private static final double SEEN_SHARE_MIN = 0.4;
    private static final double SEEN_ALL_MIN = 2.4;
    /** How far beyond the corners a line is looked at, as a share of the side. */
    private static final double BEYOND = 0.15;

    private final int width;
    private final int height;
    private final List<Line> lines;

    private QuadCandidates(List<Line> lines, int width, int height) {
        this.lines = lines;
        this.width = width;
        this.height = height;
    }

    private record Scored(Quad quad, double score) {}

    /** The likeliest of them, in a picture of that size. */
    static List<Quad> of(List<Line> lines, int width, int height) {
        return new QuadCandidates(lines, width, height).all();
    }

    private List<Quad> all() {
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            for (int j = i + 1; j < lines.size(); j++) {
                if (Math.abs(cross(lines.get(i), lines.get(j))) < OPPOSITE_TURNED_MAX) {
                    pairs.add(new int[] {i, j});
                }
            }
        }
        List<Scored> found = new ArrayList<>();
        for (int one = 0; one < pairs.size(); one++) {
            for (int other = one + 1; other < pairs.size(); other++) {
                consider(pairs.get(one), pairs.get(other), found);
            }
        }
        found.sort(Comparator.comparingDouble(Scored::score).reversed());
        return found.stream().limit(KEPT).map(Scored::quad).toList();
    }

    private void consider(int[] one, int[] other, List<Scored> found) {
        if (!areAcross(one, other)) {
            return;
        }
        // Around the quadrilateral: each line between the two of the other pair.
        Line[] sides = {lines.get(one[0]), lines.get(other[0]), lines.get(one[1]), lines.get(other[1])};
        double[] xs = new double[4];
        double[] ys = new double[4];
        double rim = RIM_SHARE * Math.max(width, height);
        for (int i = 0; i < 4; i++) {
            Line side = sides[i];
            Line before = sides[(i + 3) % 4];
            double share = ((before.x() - side.x()) * before.dy() - (before.y() - side.y()) * before.dx())
                    / cross(side, before);
            xs[i] = side.x() + share * side.dx();
            ys[i] = side.y() + share * side.dy();
            if (xs[i] < rim || ys[i] < rim || xs[i] > width - 1 - rim || ys[i] > height - 1 - rim) {
                return;
            }
        }
        Quad quad = new Quad(xs, ys);
        if (hasShape(quad)) {
            double score = score(quad, sides);
            if (score > 0) {
                found.add(new Scored(quad.clockwiseFromTopLeft(), score));
            }
        }
    }

    private boolean areAcross(int[] one, int[] other) {
        for (int i : one) {
            for (int j : other) {
                Line a = lines.get(i);
                Line b = lines.get(j);
                if (i == j || Math.abs(a.dx() * b.dx() + a.dy() * b.dy()) > CORNER_COSINE_MAX) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean hasShape(Quad quad) {
        double area = quad.area() / ((double) width * height);
        double across = quad.side(0) + quad.side(2);
        double down = quad.side(1) + quad.side(3);
        return area >= AREA_SHARE_MIN
                && area <= AREA_SHARE_MAX
                && Math.max(across, down) <= SIDES_RATIO_MAX * Math.min(across, down)
                && quad.clockwiseFromTopLeft().isConvex();
    }

    /** How far its sides are seen, less how far they are seen beyond its corners; 0 where too little is seen. */
    private static double score(Quad quad, Line[] sides) {
        double all = 0;
        double beyond = 0;
        for (int i = 0; i < 4; i++) {
            int next = (i + 1) % 4;
            double one = sides[i].along(quad.xs()[i], quad.ys()[i]);
            double other = sides[i].along(quad.xs()[next], quad.ys()[next]);
            double from = Math.min(one, other);
            double to = Math.max(one, other);
            double seen = sides[i].seenBetween(from, to) / (to - from);
            if (seen < SEEN_SHARE_MIN) {
                return 0;
            }
            all += seen;
            double reach = BEYOND * (to - from);
            beyond += (sides[i].seenBetween(from - reach, from - 3) + sides[i].seenBetween(to + 3, to + reach))
                    / (2 * reach);
        }
        return all < SEEN_ALL_MIN ? 0 : 1 + all - beyond;
    }

    private static double cross(Line one, Line other) {
        return one.dx() * other.dy() - one.dy() * other.dx();
    }
}
