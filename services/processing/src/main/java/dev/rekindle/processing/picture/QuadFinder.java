package dev.rekindle.processing.picture;

import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks for one print lying on a ground of any pattern. A wrong cut loses part of somebody's photo, a missing one costs a
 * drag of the finger, so every sign of a print must be there ({@link PrintSigns}).
 */
final class QuadFinder {
    private static final int SEARCHED_SIDE = 700;
    /** Where the sides are measured again, more exactly. */
    private static final int REFINED_SIDE = 2100;

    private static final double REACH = 3;
    /** A larger quadrilateral is taken for a smaller one inside it if it is nearly as good: borders belong to prints. */
    private static final double NEARLY_AS_GOOD = 0.85;

    private static final double LEVEL_MAX = 0.006;
    private static final double ALIKE_MAX = 0.02;

    private QuadFinder() {}

    private record Found(Quad quad, PrintSigns signs) {}

    /** The corners of a print that may be cut out, in pixels of the picture. */
    static Optional<Quad> find(Picture picture, Stop stop) {
        double scale = scale(picture, SEARCHED_SIDE);
        return best(picture, scale, PrintSigns::sure, stop).map(quad -> refined(quad, picture, scale, stop));
    }

    /** The corners, roughly, of what is likely a print, in pixels of the picture. Good enough to measure in, not to cut at. */
    static Optional<Quad> likely(Picture picture, Stop stop) {
        double scale = scale(picture, SEARCHED_SIDE);
        return best(picture, scale, PrintSigns::likely, stop).map(quad -> quad.scaled(1 / scale));
    }

    private static double scale(Picture picture, int side) {
        return Math.min(1, (double) side / picture.longerSide());
    }

    private static Optional<Quad> best(Picture picture, double scale, Predicate<PrintSigns> wanted, Stop stop) {
        LabPixels lab = LabPixels.of(picture.mat(), scale);
        List<StraightLines.Line> lines = StraightLines.of(picture.mat(), scale);
        stop.check();
        List<Found> found = new ArrayList<>();
        for (Quad candidate : QuadCandidates.of(lines, lab.width(), lab.height())) {
            Quad quad = QuadSides.refined(candidate, lab, REACH);
            if (quad.isConvex() && !isFrame(quad, lab)) {
                found.add(new Found(quad, PrintSigns.of(quad, lab)));
            }
            stop.check();
        }
        found.removeIf(one -> !wanted.test(one.signs));
        return best(found).map(Found::quad);
    }

    private static Optional<Found> best(List<Found> found) {
        Found best = null;
        for (Found one : found) {
            best = best == null || one.signs.score() > best.signs.score() ? one : best;
        }
        if (best == null) {
            return Optional.empty();
        }
        Found around = best;
        for (Found one : found) {
            boolean larger = one.quad.area() > around.quad.area() && one.quad.holds(best.quad, REACH);
            around = larger && one.signs.score() >= NEARLY_AS_GOOD * best.signs.score() ? one : around;
        }
        return Optional.of(around);
    }

    /** True for a border that was drawn or scanned around a photo: level, with the same margins left and right, or above and below. */
    private static boolean isFrame(Quad quad, LabPixels lab) {
        double[] xs = quad.xs();
        double[] ys = quad.ys();
        double level = LEVEL_MAX * Math.max(lab.width(), lab.height());
        double alike = ALIKE_MAX * Math.max(lab.width(), lab.height());
        return Math.abs(xs[0] - xs[3]) < level
                && Math.abs(xs[1] - xs[2]) < level
                && Math.abs(ys[0] - ys[1]) < level
                && Math.abs(ys[2] - ys[3]) < level
                && (Math.abs(xs[0] - (lab.width() - xs[1])) < alike
                        || Math.abs(ys[0] - (lab.height() - ys[3])) < alike);
    }

    private static Quad refined(Quad quad, Picture picture, double scale, Stop stop) {
        double finer = scale(picture, REFINED_SIDE);
        if (finer <= scale) {
            return quad.scaled(1 / scale);
        }
        LabPixels lab = LabPixels.of(picture.mat(), finer);
        stop.check();
        double factor = finer / scale;
        return QuadSides.refined(quad.scaled(factor), lab, 1.5 * factor).scaled(1 / finer);
    }
}
