package dev.rekindle.processing.engine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a connected piece of a picture that may be damage: where it lies, how sure the network is, its shape. */
final class DamagePiece {
    /** A piece no longer than this is a speck, in pixels. */
    private static final int SPECK = 8;
    /** Smaller pieces are nothing anybody sees, in pixels. */
    private static final int AREA_MIN = 4;
    /** No smaller piece is looked at as a stroke, in pixels, and none of which the network is less sure in the mean. */
    private static final int STROKE_AREA_MIN = 40;

    private static final int SURE_OF_STROKE = 150;
    /** A straight scratch as long as this share of the longer side says where it goes on. */
    private static final double LEADING_LINE = 0.15;
    /** A piece shorter than this share of a face is as small as eyes, teeth and jewels. */
    private static final double SMALL_IN_FACE = 0.3;
    /** A crack covers no more than this of the square around it; stars and buttons cover more. */
    private static final double NARROW = 0.2;
    /** What lies along the photo's border by more than this share of it is a rim left by a frame or a scanner. */
    private static final double ALONG_BORDER = 0.9;

    private int area;
    private int atBorder;
    private long sum;
    private long lighter;
    private int left = Integer.MAX_VALUE;
    private int top = Integer.MAX_VALUE;
    private int right;
    private int bottom;
    private @Nullable Stroke stroke;
    private List<StrokeEnd> ends = List.of();
    private boolean rim;
    private boolean line;

    /**
     * Adds a pixel.
     *
     * @param sure how sure the network is of it, of 255
     * @param lighter by how many levels it is lighter than its ground
     * @param isAtBorder whether it lies at the photo's border
     */
    void add(int x, int y, int sure, int lighter, boolean isAtBorder) {
        area++;
        atBorder += isAtBorder ? 1 : 0;
        sum += sure;
        this.lighter += lighter;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
    }

    /** In pixels. */
    int area() {
        return area;
    }

    int left() {
        return left;
    }

    int top() {
        return top;
    }

    int right() {
        return right;
    }

    int bottom() {
        return bottom;
    }

    /** The longer side of the rectangle around it, in pixels. */
    int length() {
        return Math.max(right - left, bottom - top) + 1;
    }

    boolean isVisible() {
        return area >= AREA_MIN;
    }

    /** Whether the network is so sure in the mean, of 255. But for specks nothing is sure along the border, where many photos have a rim. */
    boolean isSure(double mean) {
        return sum >= mean * area && (isSpeck() || atBorder <= ALONG_BORDER * area);
    }

    /** Whether it is as long as that and narrow, as cracks are. */
    boolean isCrack(double lengthMin) {
        return length() >= lengthMin && area <= NARROW * length() * length();
    }

    /** Whether it is lighter than its ground in the mean. */
    boolean isLight() {
        return lighter > 0;
    }

    boolean isSpeck() {
        return length() <= SPECK;
    }

    /** Whether it matters what it is like as a stroke. */
    boolean mayBeStroke() {
        return area >= STROKE_AREA_MIN && isSure(SURE_OF_STROKE);
    }

    /**
     * Looks what it is like as a stroke.
     *
     * @param side the photo's longer side
     */
    void look(int[] xs, int[] ys, int side) {
        Stroke seen = Stroke.of(xs, ys);
        stroke = seen;
        ends = StrokeEnd.of(seen, xs, ys);
        rim = seen.isRim(side);
    }

    /** The stroke of what may be part of a line. */
    Optional<Stroke> straight() {
        return Optional.ofNullable(stroke).filter(Stroke::isNearlyLine).filter(_ -> !rim);
    }

    /** Says that it is part of a line. */
    void joinLine() {
        line = true;
    }

    /** In pixels; 0 of what was not looked at as a stroke. */
    double strokeLength() {
        return stroke == null ? 0 : stroke.length();
    }

    /** Where it ends, as far as that can be told. */
    List<StrokeEnd> ends() {
        return ends;
    }

    boolean isRim() {
        return rim;
    }

    /** Whether it is part of a line that goes through much of the photo. */
    boolean isLine() {
        return line;
    }

    /** True of a straight scratch that is long enough to say where it goes on. */
    boolean leads(int side) {
        return stroke != null && stroke.length() >= LEADING_LINE * side && stroke.isLine();
    }

    /** True of what a straight scratch goes on in. */
    boolean follows(DamagePiece scratch) {
        return stroke != null && scratch.stroke != null && stroke.isLine() && scratch.stroke.goesOnIn(stroke);
    }

    boolean isSmallInAny(List<Face> faces) {
        return faces.stream().anyMatch(this::isSmallIn);
    }

    private boolean isSmallIn(Face face) {
        return face.contains((left + right) / 2, (top + bottom) / 2) && length() <= SMALL_IN_FACE * face.size();
    }
}
