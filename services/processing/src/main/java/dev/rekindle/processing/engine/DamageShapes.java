package dev.rekindle.processing.engine;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The connected spots of a search for damage, measured. */
final class DamageShapes {
    private static final double SCRATCH_LENGTH_SHARE = 0.05;
    private static final int SCRATCH_LENGTH_MIN = 22;
    private static final double SCRATCH_ASPECT_MIN = 6;
    /** Crossing scratches are one spot: so much more area than one line of that thickness may have. */
    private static final double CROSSING_MAX = 5;

    private static final double UNEVEN_MAX = 0.13;
    private static final double BRIGHTEST = 0.94;
    private static final double DARKEST = 0.06;
    private static final int BRIGHT_ENOUGH = 208;
    private static final int DARK_ENOUGH = 32;

    /**
     * One spot.
     *
     * @param x a pixel of it
     * @param thickness pixels across where it is thickest
     * @param peak strongest response
     * @param uneven deviation of brightness inside it, as a share of its contrast
     * @param extreme true if it is among the brightest or darkest parts of the picture
     */
    record Shape(
            int label,
            int x,
            int y,
            int left,
            int top,
            int right,
            int bottom,
            int area,
            double thickness,
            double peak,
            double uneven,
            boolean extreme,
            int pictureSide) {

        double length() {
            return Math.hypot(right - left, bottom - top);
        }

        /** Long, thin everywhere, even along its way, and as bright or dark as bare paper or a hole. */
        boolean isScratch(int widest) {
            return length() >= Math.max(SCRATCH_LENGTH_MIN, SCRATCH_LENGTH_SHARE * pictureSide)
                    && thickness <= 1.4 * widest
                    && length() / thickness >= SCRATCH_ASPECT_MIN
                    && area <= CROSSING_MAX * length() * thickness
                    && uneven <= UNEVEN_MAX
                    && extreme;
        }

        /** A tiny round spot on even ground. */
        boolean isDust(int widest) {
            int box = (right - left + 1) * (bottom - top + 1);
            double aspect = (double) Math.max(right - left + 1, bottom - top + 1)
                    / Math.min(right - left + 1, bottom - top + 1);
            return area >= 3 && area <= widest * widest && aspect <= 2.6 && area >= 0.45 * box && extreme;
        }
    }

    private final List<Shape> shapes;

    private DamageShapes(List<Shape> shapes) {
        this.shapes = shapes;
    }

    Shape get(int label) {
        return shapes.get(label);
    }

    /** Measures every label of a picture; label 0 is the ground. */
    static DamageShapes measure(Mat picture, Mat response, Mat depth, Mat labels, int count, boolean bright) {
        Spot[] spots = new Spot[count];
        UByteIndexer pixels = picture.createIndexer();
        UByteIndexer responses = response.createIndexer();
        FloatIndexer depths = depth.createIndexer();
        IntIndexer label = labels.createIndexer();
        long[] histogram = new long[256];
        for (int y = 0; y < picture.rows(); y++) {
            for (int x = 0; x < picture.cols(); x++) {
                int value = pixels.get(y, x);
                histogram[value]++;
                int number = label.get(y, x);
                if (number > 0) {
                    if (spots[number] == null) {
                        spots[number] = new Spot();
                    }
                    spots[number].add(x, y, value, responses.get(y, x), depths.get(y, x));
                }
            }
        }
        int side = Math.max(picture.cols(), picture.rows());
        int limit = bright
                ? Math.min(BRIGHT_ENOUGH, Luminance.percentile(histogram, BRIGHTEST))
                : Math.max(DARK_ENOUGH, Luminance.percentile(histogram, DARKEST));
        List<Shape> shapes = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Spot spot = spots[number] == null ? new Spot() : spots[number];
            shapes.add(spot.shape(number, side, bright, limit));
        }
        return new DamageShapes(shapes);
    }

    /** A scratch that lies mostly inside a face may be an eyelid or a lip: only one that comes from outside is taken. */
    static boolean safeInFaces(Shape shape, List<Face> faces) {
        for (Face face : faces) {
            int width = Math.min(shape.right(), face.x() + face.size()) - Math.max(shape.left(), face.x());
            int height = Math.min(shape.bottom(), face.y() + face.size()) - Math.max(shape.top(), face.y());
            boolean touches = width >= 0 && height >= 0;
            if (touches && Math.hypot(width, height) > 0.5 * shape.length()) {
                return false;
            }
        }
        return true;
    }

    /** Those spots that have few others, of any shape, near them: dust falls at random, texture crowds. */
    static List<Shape> isolated(List<Shape> candidates, DamageShapes all, int radius) {
        List<Shape> kept = new ArrayList<>();
        for (Shape candidate : candidates) {
            int neighbours = 0;
            for (int i = 1; i < all.shapes.size() && neighbours <= 4; i++) {
                Shape other = all.shapes.get(i);
                boolean near = Math.abs(other.x() - candidate.x()) < radius
                        && Math.abs(other.y() - candidate.y()) < radius
                        && other.peak() > 0.4 * candidate.peak();
                neighbours += near && other.label() != candidate.label() ? 1 : 0;
            }
            if (neighbours <= 3) {
                kept.add(candidate);
            }
        }
        return kept;
    }

    /** Sums over the pixels of one spot. */
    private static final class Spot {
        private int area;
        private double deepest;
        private int core;
        private double values;
        private double squares;
        private int peak;
        private int peakX;
        private int peakY;
        private int left = Integer.MAX_VALUE;
        private int top = Integer.MAX_VALUE;
        private int right;
        private int bottom;

        void add(int x, int y, int value, int response, double depth) {
            area++;
            deepest = Math.max(deepest, depth);
            if (depth > 1) {
                core++;
                values += value;
                squares += (double) value * value;
            }
            if (response > peak) {
                peak = response;
                peakX = x;
                peakY = y;
            }
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
        }

        Shape shape(int label, int side, boolean bright, int limit) {
            double mean = values / Math.max(1, core);
            double deviation = Math.sqrt(Math.max(0, squares / Math.max(1, core) - mean * mean));
            boolean extreme = core > 0 && (bright ? mean >= limit : mean <= limit);
            return new Shape(
                    label,
                    peakX,
                    peakY,
                    left,
                    top,
                    right,
                    bottom,
                    area,
                    2 * deepest,
                    peak,
                    deviation / Math.max(1, peak),
                    extreme,
                    side);
        }
    }
}
