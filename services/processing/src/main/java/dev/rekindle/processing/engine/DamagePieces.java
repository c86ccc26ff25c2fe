package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32S;
import static org.bytedeco.opencv.global.opencv_imgproc.THRESH_BINARY;
import static org.bytedeco.opencv.global.opencv_imgproc.blur;
import static org.bytedeco.opencv.global.opencv_imgproc.connectedComponents;
import static org.bytedeco.opencv.global.opencv_imgproc.threshold;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** The connected pieces of a picture in which the network takes damage for likelier than not. */
final class DamagePieces {
    private static final int LIKELY = 128;
    /** Pixels that are looked at around a speck: so many beside it are left out, as it fades into them, then so many count. */
    private static final int FADING = 2;

    private static final int AROUND = 3;
    private static final int AROUND_COUNT_MIN = 24;
    /** A speck stands out by so many levels, and by so many times what its surroundings differ from their middle. */
    private static final double STANDS_OUT = 12;

    private static final double TIMES_EVEN = 5;

    /** The side of the square whose mean is the ground a pixel lies on, in pixels. */
    private static final int GROUND = 21;

    /**
     * Pieces of one straight line that are together as long as this share of the longer side are a line, if one begins at a
     * border: chance seldom makes such, and ropes and crutches are held by somebody.
     */
    private static final double LINE = 0.4;
    /** More straight pieces are a pattern. */
    private static final int STRAIGHT_MAX = 300;

    /** As wide is the border of a photo, as a share of its longer side. */
    private static final double BORDER = 0.008;

    private final Mat luminance;
    private final IntIndexer label;
    private final DamagePiece[] pieces;

    private DamagePieces(Mat luminance, IntIndexer label, DamagePiece[] pieces) {
        this.luminance = luminance;
        this.label = label;
        this.pieces = pieces;
    }

    /**
     * The pieces of a picture.
     *
     * @param luminance its brightness
     * @param sure how sure the network is of each pixel, 0 to 255
     */
    static DamagePieces of(Mat luminance, Mat sure) {
        Mat likely = new Mat();
        threshold(sure, likely, LIKELY, 255, THRESH_BINARY);
        Mat labels = new Mat();
        int count = connectedComponents(likely, labels, 8, CV_32S);
        DamagePiece[] pieces = new DamagePiece[count];
        Arrays.setAll(pieces, _ -> new DamagePiece());
        DamagePieces all = new DamagePieces(luminance, labels.createIndexer(), pieces);
        UByteIndexer probability = sure.createIndexer();
        int border = all.border();
        UByteIndexer brightness = luminance.createIndexer();
        Mat blurred = new Mat();
        blur(luminance, blurred, new Size(GROUND, GROUND));
        UByteIndexer ground = blurred.createIndexer();
        all.each((x, y, piece) -> pieces[piece].add(
                x, y, probability.get(y, x), brightness.get(y, x) - ground.get(y, x), all.isWithin(border, x, y)));
        all.lookAtStrokes();
        return all;
    }

    private boolean isWithin(int border, int x, int y) {
        return Math.min(x, luminance.cols() - 1 - x) < border || Math.min(y, luminance.rows() - 1 - y) < border;
    }

    /** The first stands for all that is no piece. */
    int count() {
        return pieces.length;
    }

    DamagePiece get(int piece) {
        return pieces[piece];
    }

    /** Those that fulfil a condition. */
    List<DamagePiece> where(Predicate<DamagePiece> condition) {
        return Arrays.stream(pieces).skip(1).filter(condition).toList();
    }

    /** Where a pixel of a piece lies. */
    interface Visitor {
        void at(int x, int y, int piece);
    }

    /** All pixels of all pieces. */
    void each(Visitor visitor) {
        for (int y = 0; y < luminance.rows(); y++) {
            for (int x = 0; x < luminance.cols(); x++) {
                int piece = label.get(y, x);
                if (piece > 0) {
                    visitor.at(x, y, piece);
                }
            }
        }
    }

    /** One pass over the picture, however many pieces there are. */
    private void lookAtStrokes() {
        int[] end = new int[pieces.length];
        int all = 0;
        for (int piece = 1; piece < pieces.length; piece++) {
            end[piece] = all;
            all += pieces[piece].mayBeStroke() ? pieces[piece].area() : 0;
        }
        int[] xs = new int[all];
        int[] ys = new int[all];
        each((x, y, piece) -> {
            if (pieces[piece].mayBeStroke()) {
                xs[end[piece]] = x;
                ys[end[piece]++] = y;
            }
        });
        int side = Math.max(luminance.cols(), luminance.rows());
        for (int piece = 1; piece < pieces.length; piece++) {
            if (pieces[piece].mayBeStroke()) {
                int from = end[piece] - pieces[piece].area();
                pieces[piece].look(
                        Arrays.copyOfRange(xs, from, end[piece]), Arrays.copyOfRange(ys, from, end[piece]), side);
            }
        }
        joinLines(LINE * side);
    }

    /** Tells the pieces of lines: what lies along one straight line, is so long together and begins at a border. */
    private void joinLines(double lengthMin) {
        List<DamagePiece> straight = Arrays.stream(pieces)
                .filter(piece -> piece.straight().isPresent())
                .toList();
        if (straight.size() > STRAIGHT_MAX) {
            return;
        }
        for (DamagePiece piece : straight) {
            Stroke stroke = piece.straight().orElseThrow();
            List<DamagePiece> along = straight.stream()
                    .filter(other -> other == piece
                            || stroke.isOneLineWith(other.straight().orElseThrow()))
                    .toList();
            List<Stroke> strokes =
                    along.stream().map(other -> other.straight().orElseThrow()).toList();
            if (stroke.lengthWith(strokes) >= lengthMin && along.stream().anyMatch(this::reachesBorder)) {
                piece.joinLine();
            }
        }
    }

    private boolean reachesBorder(DamagePiece piece) {
        int border = border();
        return isWithin(border, piece.left(), piece.top()) || isWithin(border, piece.right(), piece.bottom());
    }

    private int border() {
        return (int) Math.ceil(BORDER * Math.max(luminance.cols(), luminance.rows()));
    }

    /** Whether a small piece lies alone on even ground, as dust does. What belongs to a photo has its like around it. */
    boolean isAlone(int piece) {
        return standsOut(piece) != 0;
    }

    /** The same, of one that is lighter than its ground. */
    boolean isAloneAndLight(int piece) {
        return standsOut(piece) > 0;
    }

    /** By how many levels a small piece is lighter than the even ground it lies alone on; 0 where it does not. */
    private double standsOut(int piece) {
        DamagePiece speck = pieces[piece];
        int reach = FADING + AROUND;
        int left = Math.max(0, speck.left() - reach);
        int top = Math.max(0, speck.top() - reach);
        int right = Math.min(luminance.cols() - 1, speck.right() + reach);
        int bottom = Math.min(luminance.rows() - 1, speck.bottom() + reach);
        UByteIndexer brightness = luminance.createIndexer();
        int[] around = new int[(right - left + 1) * (bottom - top + 1)];
        int count = 0;
        long own = 0;
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                if (label.get(y, x) == piece) {
                    own += brightness.get(y, x);
                } else if (label.get(y, x) == 0 && !isNear(speck, x, y)) {
                    around[count++] = brightness.get(y, x);
                }
            }
        }
        if (count < AROUND_COUNT_MIN) {
            return 0;
        }
        Arrays.sort(around, 0, count);
        int middle = around[count / 2];
        double apart = Arrays.stream(around, 0, count)
                .map(value -> Math.abs(value - middle))
                .average()
                .orElse(0);
        double lighter = (double) own / speck.area() - middle;
        return Math.abs(lighter) >= Math.max(STANDS_OUT, TIMES_EVEN * apart) ? lighter : 0;
    }

    private static boolean isNear(DamagePiece speck, int x, int y) {
        return x >= speck.left() - FADING
                && x <= speck.right() + FADING
                && y >= speck.top() - FADING
                && y <= speck.bottom() + FADING;
    }
}
