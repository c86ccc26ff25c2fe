package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32S;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.THRESH_BINARY;
import static org.bytedeco.opencv.global.opencv_imgproc.connectedComponents;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.threshold;

import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.jspecify.annotations.Nullable;

/**
 * Finds damage by a small network trained for it, piece by piece: a scratch or a speck counts if the network is sure of it
 * as a whole, because of a bright edge or a whisker it is sure in places only. The more of a photo is damaged beyond doubt,
 * the less sure it need be of the other pieces; of specks, which little else looks like, it never need be as sure. In faces
 * small pieces never count: what shines in an eye looks like dust. Rims of round things never count either.
 */
final class LearnedDamage implements DamageDetector {
    private static final int SIDE_MAX = 1920;
    private static final int PIECE = 128;
    /** Means over a piece, of 255: beyond doubt for the first look at the whole, then in a photo without and with damage. */
    private static final int BEYOND_DOUBT = 240;

    private static final int SURE = 247;
    private static final int SURE_IF_DAMAGED = 210;
    /** A piece no longer than this is a speck, and what it needs at most. */
    private static final int SPECK = 8;

    private static final int SURE_OF_SPECK = 230;
    /** A straight piece as long as this share of the photo's longer side, and what it needs at most: chance seldom makes such. */
    private static final double LINE = 0.4;

    private static final int SURE_OF_LINE = 225;
    /** A straight scratch as long as this share of the longer side goes on where the network is that sure at the least. */
    private static final double LEADING_LINE = 0.15;

    private static final int SURE_IF_IN_LINE = 150;
    /** More are no scratches but a pattern; what they go on in is not looked for. */
    private static final int LEADING_MAX = 100;
    /** Smaller pieces are nothing anybody sees, in pixels. */
    private static final int AREA_MIN = 4;
    /** No smaller piece is looked at as a stroke, in pixels. */
    private static final int STROKE_AREA_MIN = 40;

    /** What a pixel in a face must have, of 255: a scratch over glasses must not take their rim along. */
    private static final int PIXEL_IN_FACE = 235;
    /**
     * The shares damaged beyond doubt between which a photo becomes a damaged one: undamaged ones show up to the first, by
     * what resembles damage.
     */
    private static final double DAMAGED_FROM = 0.004;

    private static final double DAMAGED_FULLY = 0.006;
    /** More than that is what a photo shows: print, a night full of lights, falling snow. */
    private static final double MARKED_SHARE_MAX = 0.12;
    /** A piece shorter than this share of a face is as small as eyes, teeth and jewels. */
    private static final double SMALL_IN_FACE = 0.3;

    private final DamageNetwork network;

    LearnedDamage(DamageNetwork network) {
        this.network = network;
    }

    @Override
    public Mat find(Mat luminance, List<Face> faces, double noise, Stop stop) {
        double scale = Math.min(1, (double) SIDE_MAX / Math.max(luminance.cols(), luminance.rows()));
        Mat mask = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
        try (PointerScope _ = new PointerScope()) {
            Mat small = luminance;
            if (scale < 1) {
                small = new Mat();
                resize(luminance, small, Scaled.of(luminance, scale), 0, 0, INTER_AREA);
            }
            Mat sure = network.probabilities(small, stop);
            Mat found =
                    marks(sure, faces.stream().map(face -> face.scaled(scale)).toList());
            stop.check();
            if (org.bytedeco.opencv.global.opencv_core.countNonZero(found) <= MARKED_SHARE_MAX * found.total()) {
                // Damage fades out over a pixel, and a rim left standing would be smeared over the mended place.
                dilate(found, found, getStructuringElement(MORPH_ELLIPSE, new Size(3, 3)));
                resize(found, mask, new Size(mask.cols(), mask.rows()), 0, 0, INTER_NEAREST);
            }
            return mask;
        }
    }

    /** What is known of a connected piece. */
    private static final class Piece {
        private int area;
        private long sum;
        private int left = Integer.MAX_VALUE;
        private int top = Integer.MAX_VALUE;
        private int right;
        private int bottom;
        private @Nullable Stroke stroke;
        private boolean rim;
        private boolean line;

        void add(int x, int y, int sure) {
            area++;
            sum += sure;
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
        }

        boolean isSure(double mean, List<Face> faces) {
            return sum >= (line ? Math.min(mean, SURE_OF_LINE) : mean) * area && !rim && !isSmallInAny(faces);
        }

        boolean isDamage(double mean, List<Face> faces) {
            return area >= AREA_MIN && isSure(length() <= SPECK ? Math.min(mean, SURE_OF_SPECK) : mean, faces);
        }

        /** Whether it matters what it is like as a stroke. */
        boolean mayBeStroke() {
            return area >= STROKE_AREA_MIN && sum >= (long) SURE_IF_IN_LINE * area;
        }

        /** Looks whether it is a rim or a line. */
        void look(int[] xs, int[] ys, int side) {
            Stroke seen = Stroke.of(xs, ys);
            stroke = seen;
            rim = seen.isRim(side);
            line = seen.length() >= LINE * side && seen.isLine();
        }

        /** True of a straight scratch that is long enough to say where it goes on. */
        private boolean leads(int side) {
            return stroke != null && stroke.length() >= LEADING_LINE * side && stroke.isLine();
        }

        /** True of what a scratch goes on in. */
        private boolean follows(Piece scratch) {
            return stroke != null && scratch.stroke != null && stroke.isLine() && scratch.stroke.goesOnIn(stroke);
        }

        private boolean isSmallInAny(List<Face> faces) {
            return faces.stream().anyMatch(this::isSmallIn);
        }

        private int length() {
            return Math.max(right - left, bottom - top) + 1;
        }

        private boolean isSmallIn(Face face) {
            return face.contains((left + right) / 2, (top + bottom) / 2) && length() <= SMALL_IN_FACE * face.size();
        }
    }

    private static Mat marks(Mat sure, List<Face> faces) {
        Mat likely = new Mat();
        threshold(sure, likely, PIECE, 255, THRESH_BINARY);
        Mat labels = new Mat();
        int count = connectedComponents(likely, labels, 8, CV_32S);
        IntIndexer label = labels.createIndexer();
        Piece[] pieces = pieces(sure, label, count);
        long surely = Arrays.stream(pieces)
                .filter(piece -> piece.isSure(BEYOND_DOUBT, faces))
                .mapToLong(piece -> piece.area)
                .sum();
        double needed = needed((double) surely / sure.total());
        boolean[] damage = damage(pieces, needed, faces, Math.max(sure.cols(), sure.rows()));
        Mat marks = new Mat(sure.rows(), sure.cols(), CV_8U, Scalar.all(0));
        UByteIndexer mark = marks.createIndexer();
        UByteIndexer probability = sure.createIndexer();
        for (int y = 0; y < sure.rows(); y++) {
            for (int x = 0; x < sure.cols(); x++) {
                int piece = label.get(y, x);
                if (damage[piece] && (probability.get(y, x) >= PIXEL_IN_FACE || isOutside(faces, x, y))) {
                    mark.put(y, x, 255);
                }
            }
        }
        return marks;
    }

    /** Which pieces are damage: those that are by themselves, and those that straight scratches go on in. */
    private static boolean[] damage(Piece[] pieces, double needed, List<Face> faces, int side) {
        boolean[] damage = new boolean[pieces.length];
        for (int piece = 1; piece < pieces.length; piece++) {
            damage[piece] = pieces[piece].isDamage(needed, faces);
        }
        List<Piece> leading = IntStream.range(1, pieces.length)
                .filter(piece -> damage[piece] && pieces[piece].leads(side))
                .mapToObj(piece -> pieces[piece])
                .limit(LEADING_MAX)
                .toList();
        for (int piece = 1; piece < pieces.length; piece++) {
            damage[piece] |=
                    !pieces[piece].isSmallInAny(faces) && leading.stream().anyMatch(pieces[piece]::follows);
        }
        return damage;
    }

    private static double needed(double surely) {
        double damaged = Math.clamp((surely - DAMAGED_FROM) / (DAMAGED_FULLY - DAMAGED_FROM), 0, 1);
        return SURE + damaged * (SURE_IF_DAMAGED - SURE);
    }

    private static boolean isOutside(List<Face> faces, int x, int y) {
        return faces.stream().noneMatch(face -> face.contains(x, y));
    }

    private static Piece[] pieces(Mat sure, IntIndexer label, int count) {
        Piece[] pieces = new Piece[count];
        Arrays.setAll(pieces, _ -> new Piece());
        UByteIndexer probability = sure.createIndexer();
        for (int y = 0; y < sure.rows(); y++) {
            for (int x = 0; x < sure.cols(); x++) {
                int piece = label.get(y, x);
                if (piece > 0) {
                    pieces[piece].add(x, y, probability.get(y, x));
                }
            }
        }
        lookAtStrokes(pieces, label, sure);
        return pieces;
    }

    /** One pass over the picture, however many pieces there are. */
    private static void lookAtStrokes(Piece[] pieces, IntIndexer label, Mat sure) {
        int[] end = new int[pieces.length];
        int all = 0;
        for (int piece = 1; piece < pieces.length; piece++) {
            end[piece] = all;
            all += pieces[piece].mayBeStroke() ? pieces[piece].area : 0;
        }
        int[] xs = new int[all];
        int[] ys = new int[all];
        for (int y = 0; y < sure.rows(); y++) {
            for (int x = 0; x < sure.cols(); x++) {
                int piece = label.get(y, x);
                if (piece > 0 && pieces[piece].mayBeStroke()) {
                    xs[end[piece]] = x;
                    ys[end[piece]++] = y;
                }
            }
        }
        for (int piece = 1; piece < pieces.length; piece++) {
            if (pieces[piece].mayBeStroke()) {
                int from = end[piece] - pieces[piece].area;
                pieces[piece].look(
                        Arrays.copyOfRange(xs, from, end[piece]),
                        Arrays.copyOfRange(ys, from, end[piece]),
                        Math.max(sure.cols(), sure.rows()));
            }
        }
    }
}
