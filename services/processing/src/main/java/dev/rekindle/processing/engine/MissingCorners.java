package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.bitwise_or;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.FLOODFILL_FIXED_RANGE;
import static org.bytedeco.opencv.global.opencv_imgproc.FLOODFILL_MASK_ONLY;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_CLOSE;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.floodFill;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.morphologyEx;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Corners that were torn off. What shows there is the paper below or the lid of the scanner: one even tone, brighter or darker
 * than nearly all the photo itself, with a sharp edge, from one border to the next. They are filled from what lies around them,
 * softly, since what was there nobody knows.
 */
final class MissingCorners {
    /** Corners are looked for in a copy no larger than this, in pixels. */
    private static final int SIDE_MAX = 1000;
    /** Levels by which the tone of a missing corner may vary. */
    private static final int EVEN = 12;
    /** The shares of a border that a missing corner takes. */
    private static final double BORDER_MIN = 0.04;

    private static final double BORDER_MAX = 0.35;
    /** Its area, of the rectangle over what it takes of both borders: half for a straight tear, a fifth for a rounded corner. */
    private static final double AREA_MIN = 0.35;

    private static final double AREA_MAX = 0.92;
    /** How much of it may lie outside that rectangle. */
    private static final double BEYOND_MAX = 0.05;
    /** The share of the photo that may be as bright or as dark, which the rest is less by so many levels. */
    private static final double OWN_SHARE = 0.01;

    private static final int APART = 3;
    /** By how many levels the photo beyond its edge differs, and along how much of the edge. */
    private static final int EDGE = 15;

    private static final double EDGE_SHARE = 0.8;

    private final Mat luminance;
    private final Mat damage;
    private final int width;
    private final int height;

    private MissingCorners(Mat luminance, Mat damage) {
        this.luminance = luminance;
        this.damage = damage;
        this.width = luminance.cols();
        this.height = luminance.rows();
    }

    /**
     * A corner and all that is of one tone with it.
     *
     * @param region 255 where that is
     * @param box the rectangle over what it takes of both borders
     */
    private record Corner(Mat region, Rect box) {
        int extent() {
            return Math.max(box.width(), box.height());
        }

        boolean touches(Face face) {
            int left = Math.max(0, face.x());
            int top = Math.max(0, face.y());
            int right = Math.min(region.cols(), face.x() + face.size());
            int bottom = Math.min(region.rows(), face.y() + face.size());
            return right > left
                    && bottom > top
                    && countNonZero(new Mat(region, new Rect(left, top, right - left, bottom - top))) > 0;
        }
    }

    /**
     * Fills missing corners in place.
     *
     * @param damage 255 where the photo is damaged otherwise; of its size
     * @param faces none of which is filled
     * @return how many corners were missing
     */
    static int fill(Mat bgr, Mat damage, List<Face> faces, Stop stop) {
        double scale = Math.min(1, (double) SIDE_MAX / Math.max(bgr.cols(), bgr.rows()));
        try (PointerScope _ = new PointerScope()) {
            Mat small = bgr;
            Mat marks = damage;
            if (scale < 1) {
                small = new Mat();
                resize(bgr, small, Scaled.of(bgr, scale), 0, 0, INTER_AREA);
                marks = new Mat();
                resize(damage, marks, small.size(), 0, 0, INTER_NEAREST);
            }
            List<Face> seen = faces.stream().map(face -> face.scaled(scale)).toList();
            List<Corner> missing = new MissingCorners(Luminance.of(small), marks)
                    .find().stream()
                            .filter(corner -> seen.stream().noneMatch(corner::touches))
                            .toList();
            stop.check();
            if (!missing.isEmpty()) {
                Mat holes = new Mat(small.rows(), small.cols(), CV_8UC1, Scalar.all(0));
                missing.forEach(corner -> bitwise_or(holes, corner.region, holes));
                HoleFilling.apply(
                        bgr,
                        holes,
                        missing.stream().mapToInt(Corner::extent).max().orElseThrow());
            }
            return missing.size();
        }
    }

    private List<Corner> find() {
        List<Corner> torn = Stream.of(
                        corner(false, false), corner(true, false), corner(false, true), corner(true, true))
                .filter(this::isTorn)
                .toList();
        Mat all = new Mat(height, width, CV_8UC1, Scalar.all(0));
        torn.forEach(corner -> bitwise_or(all, corner.region, all));
        return torn.stream()
                .filter(corner -> {
                    double tone = mean(luminance, corner.region).get(0);
                    return isApart(all, tone) && hasEdge(corner.region, tone);
                })
                .toList();
    }

    private Corner corner(boolean right, boolean low) {
        Mat mask = new Mat(height + 2, width + 2, CV_8UC1, Scalar.all(0));
        floodFill(
                luminance.clone(),
                mask,
                new Point(right ? width - 1 : 0, low ? height - 1 : 0),
                Scalar.all(255),
                new Rect(),
                Scalar.all(EVEN),
                Scalar.all(EVEN),
                4 | FLOODFILL_FIXED_RANGE | FLOODFILL_MASK_ONLY | 255 << 8);
        Mat region = new Mat(mask, new Rect(1, 1, width, height)).clone();
        morphologyEx(region, region, MORPH_CLOSE, disc(2));
        UByteIndexer inside = region.createIndexer();
        int across = 0;
        while (across < width && inside.get(low ? height - 1 : 0, right ? width - 1 - across : across) > 0) {
            across++;
        }
        int down = 0;
        while (down < height && inside.get(low ? height - 1 - down : down, right ? width - 1 : 0) > 0) {
            down++;
        }
        return new Corner(region, new Rect(right ? width - across : 0, low ? height - down : 0, across, down));
    }

    private static Mat disc(int radius) {
        return getStructuringElement(MORPH_ELLIPSE, new Size(2 * radius + 1, 2 * radius + 1));
    }

    /** Whether it has the shape of what tears leave. */
    private boolean isTorn(Corner corner) {
        Rect box = corner.box;
        if (Math.min(box.width(), box.height()) < BORDER_MIN * Math.min(width, height)
                || box.width() > BORDER_MAX * width
                || box.height() > BORDER_MAX * height) {
            return false;
        }
        int area = countNonZero(corner.region);
        int within = countNonZero(new Mat(corner.region, box));
        double share = (double) within / ((double) box.width() * box.height());
        return area - within <= BEYOND_MAX * area && share >= AREA_MIN && share <= AREA_MAX;
    }

    /** Whether nearly nothing in the photo is as bright as a tone, or as dark, but all torn corners, which show the same paper. */
    private boolean isApart(Mat corners, double tone) {
        UByteIndexer inside = corners.createIndexer();
        UByteIndexer damaged = damage.createIndexer();
        UByteIndexer brightness = luminance.createIndexer();
        int brighter = 0;
        int darker = 0;
        int all = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (inside.get(y, x) == 0 && damaged.get(y, x) == 0) {
                    all++;
                    brighter += brightness.get(y, x) > tone - APART ? 1 : 0;
                    darker += brightness.get(y, x) < tone + APART ? 1 : 0;
                }
            }
        }
        return Math.min(brighter, darker) <= OWN_SHARE * all;
    }

    /** Whether the photo begins sharply where a region ends. */
    private boolean hasEdge(Mat region, double tone) {
        Mat near = new Mat();
        dilate(region, near, disc(2));
        Mat beyond = new Mat();
        dilate(region, beyond, disc(4));
        subtract(beyond, near, beyond);
        UByteIndexer edge = beyond.createIndexer();
        UByteIndexer brightness = luminance.createIndexer();
        int differs = 0;
        int all = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (edge.get(y, x) > 0) {
                    all++;
                    differs += Math.abs(brightness.get(y, x) - tone) >= EDGE ? 1 : 0;
                }
            }
        }
        return differs >= EDGE_SHARE * all;
    }
}
