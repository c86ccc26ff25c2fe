package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_imgproc.LINE_8;
import static org.bytedeco.opencv.global.opencv_imgproc.line;

import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Gaps in scratches. Where a scratch crosses something busy, or nearly as bright as itself, the network does not see it. But
 * where damage lies ahead of its end, and something as light or as dark as the scratch runs there most of the way, it is one
 * scratch.
 */
final class StrokeGaps {
    /** The longest gap, as a share of the photo's longer side and of the stroke's length. */
    private static final double OF_SIDE = 0.2;

    private static final double OF_STROKE = 1.5;
    /** Nearer than that lies what fades out of the stroke itself, in pixels. */
    private static final int NEAR = 3;
    /** How far beside the way straight ahead the other side of the gap may lie: pixels, and a share of the gap. */
    private static final double BESIDE = 1.5;

    private static final double BESIDE_OF_GAP = 0.07;
    /** How far from its tip a stroke is as light or as dark as it is, in pixels. */
    private static final double INSIDE = 6;
    /** How far beside the straight way across the gap the scratch may run, in pixels. */
    private static final int OFF_MAX = 2;
    /** What a scratch is compared to lies that far beyond its rim, in pixels. */
    private static final double BEYOND = 2;
    /** By how many levels it differs from both its sides, as a share of what it does within, and the share of the way on which it does. */
    private static final double DIFFERS = 4;

    private static final double DIFFERS_SHARE = 0.2;
    private static final double SEEN_SHARE = 0.6;
    /** Beyond the gap it goes on for that many pixels at the least. */
    private static final int GOES_ON = 12;
    /** More ends are a pattern. */
    private static final int ENDS_MAX = 400;

    private final UByteIndexer brightness;
    private final UByteIndexer marked;
    private final int width;
    private final int height;

    private StrokeGaps(Mat luminance, Mat marks) {
        this.brightness = luminance.createIndexer();
        this.marked = marks.createIndexer();
        this.width = luminance.cols();
        this.height = luminance.rows();
    }

    /** A place in the picture. */
    private record Place(double x, double y) {
        static Place of(StrokeEnd end, double ahead, double beside) {
            return new Place(
                    end.x() + ahead * end.dx() - beside * end.dy(), end.y() + ahead * end.dy() + beside * end.dx());
        }

        Point point() {
            return new Point((int) Math.round(x), (int) Math.round(y));
        }
    }

    /**
     * Marks the gaps of damage.
     *
     * @param damage the pieces that are damage
     * @param marks 255 where they are
     */
    static void mark(Mat luminance, List<DamagePiece> damage, Mat marks) {
        if (damage.stream().mapToInt(piece -> piece.ends().size()).sum() > ENDS_MAX) {
            return;
        }
        StrokeGaps gaps = new StrokeGaps(luminance, marks);
        for (DamagePiece piece : damage) {
            for (StrokeEnd end : piece.ends()) {
                gaps.beyond(end, piece.strokeLength())
                        .filter(place -> gaps.goesOn(end, place) && gaps.isSeen(end, place))
                        .ifPresent(place -> line(
                                marks,
                                new Place(end.x(), end.y()).point(),
                                place.point(),
                                Scalar.all(255),
                                1 + (int) Math.round(end.width()),
                                LINE_8,
                                0));
            }
        }
    }

    /** The first damage ahead. */
    private Optional<Place> beyond(StrokeEnd end, double strokeLength) {
        double gapMax = Math.min(OF_STROKE * strokeLength, OF_SIDE * Math.max(width, height));
        for (int ahead = NEAR; ahead <= gapMax; ahead++) {
            int beside = (int) (BESIDE + BESIDE_OF_GAP * ahead);
            for (int off = 0; off <= beside; off++) {
                for (Place place : List.of(Place.of(end, ahead, off), Place.of(end, ahead, -off))) {
                    if (isMarked(place)) {
                        return Optional.of(place);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether what lies beyond the gap goes the same way. */
    private boolean goesOn(StrokeEnd end, Place other) {
        StrokeEnd there = new StrokeEnd(other.x, other.y, end.dx(), end.dy(), end.width());
        for (int ahead = 1; ahead <= GOES_ON; ahead++) {
            boolean on = false;
            for (int off = -OFF_MAX; off <= OFF_MAX; off++) {
                on |= isMarked(Place.of(there, ahead, off));
            }
            if (!on) {
                return false;
            }
        }
        return true;
    }

    private boolean isMarked(Place place) {
        long x = Math.round(place.x);
        long y = Math.round(place.y);
        return x >= 0 && x < width && y >= 0 && y < height && marked.get(y, x) != 0;
    }

    /** Whether the scratch runs most of the way, lighter than what lies on both sides of it or darker. */
    private boolean isSeen(StrokeEnd end, Place other) {
        Place inside = Place.of(end, -INSIDE, 0);
        int lighter = differs(inside, end, 1);
        int darker = differs(inside, end, -1);
        int sign = lighter >= darker ? 1 : -1;
        double least = Math.max(DIFFERS, DIFFERS_SHARE * Math.max(lighter, darker));
        double gap = Math.hypot(other.x - end.x(), other.y - end.y());
        StrokeEnd way =
                new StrokeEnd(end.x(), end.y(), (other.x - end.x()) / gap, (other.y - end.y()) / gap, end.width());
        int seen = 0;
        int steps = (int) gap - 1;
        for (int step = 1; step <= steps; step++) {
            seen += differs(Place.of(way, step, 0), way, sign) >= least ? 1 : 0;
        }
        return seen >= SEEN_SHARE * steps;
    }

    /**
     * By how many levels a stroke through a place, or close by it, is lighter than both its sides.
     *
     * @param way its direction and width
     * @param sign -1: darker
     */
    private int differs(Place place, StrokeEnd way, int sign) {
        int most = -255;
        double side = way.width() / 2 + BEYOND;
        for (int off = -OFF_MAX; off <= OFF_MAX; off++) {
            int middle = at(place, way, off);
            int left = at(place, way, off - side);
            int right = at(place, way, off + side);
            most = Math.max(most, Math.min(sign * (middle - left), sign * (middle - right)));
        }
        return most;
    }

    private int at(Place place, StrokeEnd way, double beside) {
        long x = Math.round(place.x - beside * way.dy());
        long y = Math.round(place.y + beside * way.dx());
        return brightness.get(Math.clamp(y, 0, height - 1), Math.clamp(x, 0, width - 1));
    }
}
