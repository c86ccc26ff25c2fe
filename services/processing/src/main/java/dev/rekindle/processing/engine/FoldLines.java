package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.transpose;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_8;
import static org.bytedeco.opencv.global.opencv_imgproc.line;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Scaled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Folds: light lines, nearly straight, that cross the whole photo from border to border, where the surface broke and the
 * paper shows. What makes them folds is how far they go and that the paper is as bright everywhere, whatever lies beside it;
 * a network that learned from small pieces sees neither.
 */
final class FoldLines {
    /** The longer side of the copy that is looked at, and the shorter one below which nothing can be told, in pixels. */
    private static final int SIDE_MAX = 960;

    private static final int SIDE_MIN = 200;
    /** From where to where is beside a line, in pixels from its middle. */
    private static final int BESIDE_FROM = 5;

    private static final int BESIDE_TO = 8;
    /** How much brighter than both sides a line is at each place, and in the mean, in levels of 255. */
    private static final double BRIGHTER = 14;

    private static final double BRIGHTER_MEAN = 45;
    /** How much darker than paper what lies beside a line must be, in levels, for a fold to be seen there. */
    private static final double DARKER = 28;
    /** The share of a line that must be brighter: of all of it to be looked at, then of where what lies beside it is darker than paper. */
    private static final double LIKELY = 0.6;

    private static final double SURE = 0.95;
    /** How much of a line must lie beside what is darker than paper. */
    private static final double TOLD = 0.6;
    /** How much the paper's brightness differs, as standard deviation in levels: more is no paper. */
    private static final double UNEVEN_MAX = 15;
    /** Less, in a line that is exactly level, is the border between pictures put side by side. */
    private static final double UNEVEN_IF_LEVEL = 3;
    /**
     * The mean difference of brightness from one pixel of a line to the next, in levels: a rail that went by is smooth, under 1;
     * broken emulsion has 5 and more.
     */
    private static final double ROUGH_MIN = 2;
    /** The mean way of a line's middle from one pixel to the next, in pixels: a kerb has 0.2, what broke 0.4 and more. */
    private static final double RAGGED_MIN = 0.3;
    /** Paper is so light, as a share of the lightest hundredth of the photo; poles are no paper. */
    private static final double PAPER_MIN = 0.75;

    private static final double LIGHTEST = 0.01;
    /** How far a line may rise, and how near to the border it may lie, as shares of the side. */
    private static final double RISE_MAX = 0.06;

    private static final double MARGIN = 0.05;
    /** So many courses beside each other fit a fold, as it is ragged and some pixels wide; of what passes by chance three did. */
    private static final int COURSES_MIN = 8;
    /** More of them are a pattern: bricks, blinds, ruled paper. */
    private static final int LINES_MAX = 3;
    /** A line ends where it is no brighter than this share of its middle. */
    private static final double WIDTH_SHARE = 0.2;

    private final UByteIndexer pixels;
    private final int width;
    private final int height;
    private final float[] middle;
    private final float[] beside;
    private final double paperMin;

    /**
     * A line from the left border to the right one.
     *
     * @param from and to pixels from the top
     */
    private record Course(int from, int to) {
        int at(int x, int width) {
            return (int) Math.round(from + (to - from) * (x / (width - 1.0)));
        }

        boolean isLevel() {
            return from == to;
        }

        boolean isApartFrom(Course other) {
            return Math.abs(from + to - other.from - other.to) > 4 * BESIDE_TO;
        }
    }

    /**
     * A fold.
     *
     * @param brightness the mean along its very middle: of neighbouring courses the best has most
     * @param uneven the standard deviation of its brightness
     * @param reach pixels from its middle to each side
     */
    private record Fold(Course course, double brightness, double uneven, int reach) {
        boolean isBorder() {
            return course.isLevel() && uneven < UNEVEN_IF_LEVEL;
        }
    }

    private FoldLines(Mat luminance) {
        this.pixels = luminance.createIndexer();
        this.width = luminance.cols();
        this.height = luminance.rows();
        this.middle = new float[width * height];
        this.beside = new float[width * height];
        this.paperMin = PAPER_MIN * Luminance.percentile(Luminance.histogram(luminance, 0), 1 - LIGHTEST);
        float[] sums = new float[height + 1];
        int count = BESIDE_TO - BESIDE_FROM + 1;
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                sums[y + 1] = sums[y] + pixels.get(y, x);
            }
            for (int y = BESIDE_TO; y < height - BESIDE_TO; y++) {
                float above = (sums[y - BESIDE_FROM + 1] - sums[y - BESIDE_TO]) / count;
                float below = (sums[y + BESIDE_TO + 1] - sums[y + BESIDE_FROM]) / count;
                middle[y * width + x] = (sums[y + 2] - sums[y - 1]) / 3;
                beside[y * width + x] = Math.max(above, below);
            }
        }
    }

    /** Marks what the folds of a picture cover, 255, in a mask of its size. */
    static void mark(Mat luminance, Mat marks) {
        double scale = Math.min(1, (double) SIDE_MAX / Math.max(luminance.cols(), luminance.rows()));
        try (PointerScope _ = new PointerScope()) {
            Mat small = new Mat();
            resize(luminance, small, Scaled.of(luminance, scale), 0, 0, INTER_AREA);
            if (Math.min(small.cols(), small.rows()) < SIDE_MIN) {
                return;
            }
            for (Fold fold : new FoldLines(small).folds()) {
                int from = full(fold.course.from, scale);
                int to = full(fold.course.to, scale);
                draw(marks, new Point(0, from), new Point(marks.cols() - 1, to), fold, scale);
            }
            Mat turned = new Mat();
            transpose(small, turned);
            for (Fold fold : new FoldLines(turned).folds()) {
                int from = full(fold.course.from, scale);
                int to = full(fold.course.to, scale);
                draw(marks, new Point(from, 0), new Point(to, marks.rows() - 1), fold, scale);
            }
        }
    }

    private static int full(int place, double scale) {
        return (int) Math.round((place + 0.5) / scale - 0.5);
    }

    private static void draw(Mat marks, Point from, Point to, Fold fold, double scale) {
        int thickness = (int) Math.ceil((2 * fold.reach + 1) / scale);
        line(marks, from, to, Scalar.all(255), thickness, LINE_8, 0);
    }

    private List<Fold> folds() {
        List<Fold> found = new ArrayList<>();
        boolean[] brighter = brighter();
        int rise = (int) (RISE_MAX * width);
        int margin = Math.max(2 * BESIDE_TO, (int) (MARGIN * height));
        for (int from = margin; from < height - margin; from++) {
            for (int to = Math.max(margin, from - rise); to < Math.min(height - margin, from + rise + 1); to++) {
                Course course = new Course(from, to);
                if (isLikely(course, brighter)) {
                    Fold fold = judge(course);
                    if (fold != null) {
                        found.add(fold);
                    }
                }
            }
        }
        found.sort(Comparator.comparingDouble(Fold::brightness).reversed());
        List<Fold> best = new ArrayList<>();
        for (Fold fold : found) {
            if (best.stream().allMatch(other -> fold.course.isApartFrom(other.course))) {
                best.add(fold);
            }
        }
        if (best.size() > LINES_MAX) {
            return List.of();
        }
        best.removeIf(fold -> found.stream()
                        .filter(other -> !other.course.isApartFrom(fold.course))
                        .count()
                < COURSES_MIN);
        best.removeIf(
                fold -> found.stream().anyMatch(other -> other.isBorder() && !other.course.isApartFrom(fold.course)));
        return best;
    }

    /** Where something is brighter than both sides, a pixel more or less. */
    private boolean[] brighter() {
        boolean[] brighter = new boolean[width * height];
        for (int i = width; i < brighter.length - width; i++) {
            if (middle[i] - beside[i] > BRIGHTER) {
                brighter[i - width] = true;
                brighter[i] = true;
                brighter[i + width] = true;
            }
        }
        return brighter;
    }

    private boolean isLikely(Course course, boolean[] brighter) {
        int count = 0;
        int seen = 0;
        for (int x = 0; x < width; x += 3) {
            count += brighter[course.at(x, width) * width + x] ? 1 : 0;
            seen++;
        }
        return count >= LIKELY * seen;
    }

    /** The fold of that course; null if it is none. */
    private @Nullable Fold judge(Course course) {
        int[] places = new int[width];
        float[] bright = new float[width];
        double brightness = 0;
        for (int x = 0; x < width; x++) {
            int y = course.at(x, width);
            brightness += middle[y * width + x] / width;
            places[x] = brightest(x, y);
            bright[x] = middle[places[x]];
        }
        float[] sorted = bright.clone();
        Arrays.sort(sorted);
        double paper = sorted[width / 2];
        if (paper < paperMin) {
            return null;
        }
        Sides sides = new Sides();
        for (int x = 0; x < width; x++) {
            double ground = beside[places[x]];
            if (ground < paper - DARKER) {
                double light = lightest(places[x]);
                sides.add(light, bright[x] - ground, centre(x, course.at(x, width), (light + ground) / 2));
            }
        }
        return sides.areOfFold(width) ? new Fold(course, brightness, sides.uneven(), reach(course, paper)) : null;
    }

    /** A line where what lies beside it is darker than paper, from one pixel to the next. */
    private static final class Sides {
        private int told;
        private int above;
        private double sum;
        private double squares;
        private double difference;
        private double rough;
        private double ragged;
        private double light = Double.NaN;
        private double centre;

        /**
         * Adds a pixel.
         *
         * @param light its brightness
         * @param by how much brighter than its sides the line is there
         * @param centre how far the middle between its edges lies from the course, in pixels
         */
        void add(double light, double by, double centre) {
            if (told > 0) {
                rough += Math.abs(light - this.light);
                ragged += Math.abs(centre - this.centre);
            }
            this.light = light;
            this.centre = centre;
            told++;
            above += by > BRIGHTER ? 1 : 0;
            difference += by;
            sum += light;
            squares += light * light;
        }

        double uneven() {
            double mean = sum / told;
            return Math.sqrt(Math.max(0, squares / told - mean * mean));
        }

        boolean areOfFold(int width) {
            return told >= TOLD * width
                    && above >= SURE * told
                    && difference >= BRIGHTER_MEAN * told
                    && rough >= ROUGH_MIN * told
                    && ragged >= RAGGED_MIN * told
                    && uneven() <= UNEVEN_MAX;
        }
    }

    /** How far the middle of what is lighter than that lies from a place of a line, in pixels. */
    private double centre(int x, int y, double lighter) {
        int count = 0;
        double sum = 0;
        for (int off = -BESIDE_TO; off <= BESIDE_TO; off++) {
            if (pixels.get(y + off, x) > lighter) {
                count++;
                sum += off;
            }
        }
        return sum / Math.max(1, count);
    }

    /** The brightest of a place and those above and below it. */
    private int brightest(int x, int y) {
        int best = y * width + x;
        for (int near : new int[] {best - width, best + width}) {
            best = middle[near] > middle[best] ? near : best;
        }
        return best;
    }

    /** The lightest pixel of a place and those above and below it: of a ragged line the others are mixed with what lies beside it. */
    private int lightest(int place) {
        int x = place % width;
        int y = place / width;
        return Math.max(pixels.get(y, x), Math.max(pixels.get(y - 1, x), pixels.get(y + 1, x)));
    }

    /** Pixels from the middle of a line to where its sides begin, in the mean. */
    private int reach(Course course, double paper) {
        double[] profile = new double[2 * BESIDE_TO + 1];
        for (int x = 0; x < width; x++) {
            int y = course.at(x, width);
            double ground = beside[y * width + x];
            if (ground < paper - DARKER) {
                for (int off = -BESIDE_TO; off <= BESIDE_TO; off++) {
                    profile[off + BESIDE_TO] += pixels.get(y + off, x) - ground;
                }
            }
        }
        double least = WIDTH_SHARE * Arrays.stream(profile).max().orElse(0);
        int reach = 1;
        while (reach < BESIDE_FROM
                && Math.max(profile[BESIDE_TO - reach - 1], profile[BESIDE_TO + reach + 1]) > least) {
            reach++;
        }
        return reach;
    }
}
