package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.CHAIN_APPROX_SIMPLE;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.Canny;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_RECT;
import static org.bytedeco.opencv.global.opencv_imgproc.RETR_EXTERNAL;
import static org.bytedeco.opencv.global.opencv_imgproc.approxPolyDP;
import static org.bytedeco.opencv.global.opencv_imgproc.arcLength;
import static org.bytedeco.opencv.global.opencv_imgproc.convexHull;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.findContours;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.pipeline.Stop;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Looks for one photo lying on a plain ground. A wrong cut loses part of somebody's photo, a missing one costs a drag of
 * the finger, so it wants all four sides to be sharp borders, the ground around to be plain, and the photo to fill a good
 * part of the picture.
 */
final class QuadFinder {
    private static final int SEARCHED_SIDE = 700;
    private static final double AREA_SHARE_MIN = 0.2;
    private static final double AREA_SHARE_MAX = 0.93;
    private static final double CORNER_DEGREES_MAX = 25;
    private static final double RIM_SHARE = 0.008;
    private static final double BORDERED_SHARE_MIN = 0.9;
    private static final double BORDER_CONTRAST_MIN = 14;
    private static final double GROUND_DEVIATION_MAX = 16;

    private QuadFinder() {}

    /** The corners in pixels of the picture. */
    static Optional<Quad> find(Picture picture, Stop stop) {
        try (PointerScope _ = new PointerScope()) {
            double scale = Math.min(1, (double) SEARCHED_SIDE / picture.longerSide());
            Mat lab = new Mat();
            resize(picture.mat(), lab, Scaled.of(picture.mat(), scale), 0, 0, INTER_AREA);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            GaussianBlur(lab, lab, new Size(5, 5), 0);
            stop.check();
            Quad best = null;
            for (int threshold : new int[] {20, 45, 80}) {
                Quad candidate = largest(edges(lab, threshold), lab.cols(), lab.rows());
                if (candidate != null && (best == null || candidate.area() > best.area()) && isPhoto(candidate, lab)) {
                    best = candidate;
                }
                stop.check();
            }
            return best == null
                    ? Optional.empty()
                    : Optional.of(refined(best, lab).scaled(1 / scale));
        }
    }

    private static Mat edges(Mat lab, int threshold) {
        Mat all = new Mat();
        MatVector channels = new MatVector();
        org.bytedeco.opencv.global.opencv_core.split(lab, channels);
        for (int channel = 0; channel < 3; channel++) {
            Mat edges = new Mat();
            Canny(channels.get(channel), edges, threshold, 2.5 * threshold);
            if (channel == 0) {
                all = edges;
            } else {
                org.bytedeco.opencv.global.opencv_core.bitwise_or(all, edges, all);
            }
        }
        dilate(all, all, getStructuringElement(MORPH_RECT, new Size(3, 3)));
        return all;
    }

    private static @org.jspecify.annotations.Nullable Quad largest(Mat edges, int width, int height) {
        MatVector contours = new MatVector();
        findContours(edges, contours, RETR_EXTERNAL, CHAIN_APPROX_SIMPLE);
        Quad best = null;
        for (long i = 0; i < contours.size(); i++) {
            Mat hull = new Mat();
            convexHull(contours.get(i), hull);
            Mat corners = new Mat();
            approxPolyDP(hull, corners, 0.02 * arcLength(hull, true), true);
            if (corners.rows() != 4) {
                continue;
            }
            Quad quad = ordered(corners);
            double share = quad.area() / ((double) width * height);
            boolean fits = share >= AREA_SHARE_MIN && share <= AREA_SHARE_MAX && quad.isConvex() && isRectangular(quad);
            if (fits && (best == null || quad.area() > best.area())) {
                best = quad;
            }
        }
        return best;
    }

    /** Clockwise from the corner nearest the top left. */
    private static Quad ordered(Mat corners) {
        IntIndexer points = corners.createIndexer();
        double[] xs = new double[4];
        double[] ys = new double[4];
        int first = 0;
        for (int i = 0; i < 4; i++) {
            xs[i] = points.get(i, 0, 0);
            ys[i] = points.get(i, 0, 1);
            first = xs[i] + ys[i] < xs[first] + ys[first] ? i : first;
        }
        Quad quad = new Quad(new double[4], new double[4]);
        double turn = (xs[1] - xs[0]) * (ys[2] - ys[1]) - (ys[1] - ys[0]) * (xs[2] - xs[1]);
        for (int i = 0; i < 4; i++) {
            int from = Math.floorMod(turn > 0 ? first + i : first - i, 4);
            quad.xs()[i] = xs[from];
            quad.ys()[i] = ys[from];
        }
        return quad;
    }

    private static boolean isRectangular(Quad quad) {
        for (int i = 0; i < 4; i++) {
            int next = (i + 1) % 4;
            int before = (i + 3) % 4;
            double one = Math.atan2(quad.ys()[next] - quad.ys()[i], quad.xs()[next] - quad.xs()[i]);
            double other = Math.atan2(quad.ys()[before] - quad.ys()[i], quad.xs()[before] - quad.xs()[i]);
            double corner = Math.toDegrees(Math.abs(Math.IEEEremainder(one - other, 2 * Math.PI)));
            if (Math.abs(corner - 90) > CORNER_DEGREES_MAX) {
                return false;
            }
        }
        return true;
    }

    /** Nowhere at the rim of the picture, bordered all around, on plain ground. */
    private static boolean isPhoto(Quad quad, Mat lab) {
        double rim = RIM_SHARE * Math.max(lab.cols(), lab.rows());
        for (int i = 0; i < 4; i++) {
            boolean inside = quad.xs()[i] > rim
                    && quad.xs()[i] < lab.cols() - 1 - rim
                    && quad.ys()[i] > rim
                    && quad.ys()[i] < lab.rows() - 1 - rim;
            if (!inside) {
                return false;
            }
        }
        UByteIndexer pixels = lab.createIndexer();
        for (int side = 0; side < 4; side++) {
            if (QuadSides.borderedShare(quad, side, pixels, BORDER_CONTRAST_MIN) < BORDERED_SHARE_MIN) {
                return false;
            }
        }
        return QuadSides.groundDeviation(quad, pixels) < GROUND_DEVIATION_MAX;
    }

    private static Quad refined(Quad quad, Mat lab) {
        return QuadSides.refined(quad, lab.createIndexer());
    }
}
