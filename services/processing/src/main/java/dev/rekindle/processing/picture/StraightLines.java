package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.createLineSegmentDetector;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_imgproc.LineSegmentDetector;

/** The longest straight borders of a picture, put together from the pieces seen in brightness and in both channels of colour. */
final class StraightLines {
    private static final int LINES_MAX = 56;
    private static final int PIECES_MAX = 1500;
    private static final double PIECE_MIN = 9;
    private static final double SEED_MIN = 14;
    private static final double AWAY_MAX = 2.2;
    private static final double TURNED_MAX = Math.sin(Math.toRadians(8));
    private static final double SEEN_SHARE_MIN = 0.1;

    private StraightLines() {}

    /**
     * A straight line and where along it a border is seen.
     *
     * @param x a point of it
     * @param dx its direction, of length 1
     * @param seen from and to, in pixels along the line from that point, in order and apart from each other
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    record Line(double x, double y, double dx, double dy, double[][] seen) {
        double along(double px, double py) {
            return (px - x) * dx + (py - y) * dy;
        }

        double away(double px, double py) {
            return Math.abs((px - x) * dy - (py - y) * dx);
        }

        /** For how many pixels between two places along it a border is seen. */
        double seenBetween(double from, double to) {
            double sum = 0;
            for (double[] piece : seen) {
                sum += Math.max(0, Math.min(to, piece[1]) - Math.max(from, piece[0]));
            }
            return sum;
        }

        double seenLength() {
            return seenBetween(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
    }

    private record Piece(double x1, double y1, double x2, double y2, double length) {}

    /** Lines of a picture reduced by that factor, those seen furthest first. */
    static List<Line> of(Mat bgr, double scale) {
        List<Piece> pieces = pieces(bgr, scale);
        double seenMin = SEEN_SHARE_MIN * scale * Math.min(bgr.cols(), bgr.rows());
        List<Line> lines = new ArrayList<>();
        boolean[] used = new boolean[pieces.size()];
        for (int i = 0; i < pieces.size(); i++) {
            Piece seed = pieces.get(i);
            if (used[i] || seed.length < SEED_MIN) {
                continue;
            }
            Line line = line(List.of(seed));
            for (int round = 0; round < 3; round++) {
                line = line(near(line, pieces, used, false));
            }
            List<Piece> taken = near(line, pieces, used, true);
            used[i] = true;
            if (!taken.isEmpty() && line.seenLength() >= seenMin) {
                lines.add(line);
            }
        }
        lines.sort(Comparator.comparingDouble(Line::seenLength).reversed());
        return lines.subList(0, Math.min(LINES_MAX, lines.size()));
    }

    private static List<Piece> pieces(Mat bgr, double scale) {
        List<Piece> pieces = new ArrayList<>();
        try (PointerScope _ = new PointerScope()) {
            Mat lab = new Mat();
            resize(bgr, lab, Scaled.of(bgr, scale), 0, 0, INTER_AREA);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            MatVector channels = new MatVector();
            org.bytedeco.opencv.global.opencv_core.split(lab, channels);
            LineSegmentDetector detector = createLineSegmentDetector();
            for (int channel = 0; channel < 3; channel++) {
                Mat found = new Mat();
                detector.detect(channels.get(channel), found);
                if (found.empty()) {
                    continue;
                }
                FloatIndexer ends = found.createIndexer();
                for (long i = 0; i < found.rows(); i++) {
                    double x1 = ends.get(i, 0, 0);
                    double y1 = ends.get(i, 0, 1);
                    double x2 = ends.get(i, 0, 2);
                    double y2 = ends.get(i, 0, 3);
                    double length = Math.hypot(x2 - x1, y2 - y1);
                    if (length >= PIECE_MIN) {
                        pieces.add(new Piece(x1, y1, x2, y2, length));
                    }
                }
            }
        }
        pieces.sort(Comparator.comparingDouble(Piece::length).reversed());
        return pieces.subList(0, Math.min(PIECES_MAX, pieces.size()));
    }

    private static List<Piece> near(Line line, List<Piece> pieces, boolean[] used, boolean take) {
        List<Piece> near = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            double turned = Math.abs((piece.x2 - piece.x1) * line.dy - (piece.y2 - piece.y1) * line.dx) / piece.length;
            if (!used[i]
                    && turned < TURNED_MAX
                    && line.away(piece.x1, piece.y1) < AWAY_MAX
                    && line.away(piece.x2, piece.y2) < AWAY_MAX) {
                near.add(piece);
                used[i] = take;
            }
        }
        return near;
    }

    /** The line through pieces, by least squares, long pieces counting for more. */
    private static Line line(List<Piece> pieces) {
        double weight = 0;
        double x = 0;
        double y = 0;
        for (Piece piece : pieces) {
            weight += piece.length;
            x += piece.length * (piece.x1 + piece.x2) / 2;
            y += piece.length * (piece.y1 + piece.y2) / 2;
        }
        x /= weight;
        y /= weight;
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (Piece piece : pieces) {
            for (double[] end : new double[][] {{piece.x1, piece.y1}, {piece.x2, piece.y2}}) {
                xx += piece.length * (end[0] - x) * (end[0] - x);
                xy += piece.length * (end[0] - x) * (end[1] - y);
                yy += piece.length * (end[1] - y) * (end[1] - y);
            }
        }
        double angle = Math.atan2(2 * xy, xx - yy) / 2;
        Line bare = new Line(x, y, Math.cos(angle), Math.sin(angle), new double[0][]);
        return new Line(x, y, bare.dx, bare.dy, seen(bare, pieces));
    }

    private static double[][] seen(Line line, List<Piece> pieces) {
        List<double[]> spans = new ArrayList<>();
        for (Piece piece : pieces) {
            double one = line.along(piece.x1, piece.y1);
            double other = line.along(piece.x2, piece.y2);
            spans.add(new double[] {Math.min(one, other), Math.max(one, other)});
        }
        spans.sort(Comparator.comparingDouble(span -> span[0]));
        List<double[]> joined = new ArrayList<>();
        for (double[] span : spans) {
            if (!joined.isEmpty() && span[0] <= joined.getLast()[1]) {
                joined.getLast()[1] = Math.max(joined.getLast()[1], span[1]);
            } else {
                joined.add(span);
            }
        }
        return joined.toArray(double[][]::new);
    }
}
