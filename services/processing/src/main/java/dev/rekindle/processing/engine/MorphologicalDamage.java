package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32S;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.DIST_L2;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_BLACKHAT;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_TOPHAT;
import static org.bytedeco.opencv.global.opencv_imgproc.blur;
import static org.bytedeco.opencv.global.opencv_imgproc.connectedComponentsWithStats;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.distanceTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.morphologyEx;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds scratches and dust by their shape alone: thin or tiny, much brighter or darker than both sides, standing out from
 * whatever texture is around. It knows nothing of what a photo shows, so it asks for all of these at once.
 */
final class MorphologicalDamage implements DamageDetector {
    private static final int SIDE_MAX = 1600;
    private static final double CONTRAST_MIN = 24;
    private static final double NOISE_FACTOR = 5;
    private static final double ACTIVITY_FACTOR = 3.2;
    private static final double WEAK_SHARE = 0.5;
    private static final double MARKED_SHARE_MAX = 0.06;
    private static final int TRIES = 3;
    private static final double STRICTER = 1.5;
    private static final int COMPONENTS_MAX = 60_000;

    @Override
    public Mat find(Mat luminance, List<Face> faces, double noise, Stop stop) {
        double scale = Math.min(1, (double) SIDE_MAX / Math.max(luminance.cols(), luminance.rows()));
        Mat mask = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
        try (PointerScope _ = new PointerScope()) {
            Mat small = luminance;
            if (scale < 1) {
                small = new Mat();
                resize(luminance, small, new Size(), scale, scale, INTER_AREA);
            }
            Mat found = search(small, scaled(faces, scale), noise, stop);
            if (found == null) {
                return mask;
            }
            Mat grown = new Mat();
            dilate(found, grown, getStructuringElement(MORPH_ELLIPSE, new Size(3, 3)));
            resize(grown, mask, new Size(mask.cols(), mask.rows()), 0, 0, INTER_NEAREST);
            return mask;
        }
    }

    private static List<Face> scaled(List<Face> faces, double scale) {
        return faces.stream()
                .map(face -> new Face(
                        (int) (face.x() * scale), (int) (face.y() * scale), (int) (face.size() * scale), face.sure()))
                .toList();
    }

    /** The mask, or null where too much would be marked for it to be damage. */
    private static @org.jspecify.annotations.Nullable Mat search(
            Mat luminance, List<Face> faces, double noise, Stop stop) {
        int widest = Math.clamp(Math.round(0.009 * Math.max(luminance.cols(), luminance.rows())), 5, 13);
        Mat smooth = new Mat();
        GaussianBlur(luminance, smooth, new Size(3, 3), 0.7, 0, BORDER_REPLICATE, 0);
        Mat element = getStructuringElement(MORPH_ELLIPSE, new Size(2 * widest + 1, 2 * widest + 1));
        Mat bright = new Mat();
        morphologyEx(smooth, bright, MORPH_TOPHAT, element);
        Mat dark = new Mat();
        morphologyEx(smooth, dark, MORPH_BLACKHAT, element);
        stop.check();
        Mat activity = new Mat();
        add(bright, dark, activity);
        int around = Math.max(15, Math.max(luminance.cols(), luminance.rows()) / 20);
        blur(activity, activity, new Size(around, around));
        double factor = 1;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Mat mask = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
            mark(new Candidates(smooth, bright, activity, true, widest), faces, noise, factor, mask);
            stop.check();
            mark(new Candidates(smooth, dark, activity, false, widest), faces, noise, factor, mask);
            stop.check();
            if (countNonZero(mask) <= MARKED_SHARE_MAX * mask.total()) {
                return mask;
            }
            factor *= STRICTER;
        }
        return null;
    }

    /** What one polarity's search works on. */
    private record Candidates(Mat picture, Mat response, Mat activity, boolean bright, int widest) {}

    private static void mark(Candidates candidates, List<Face> faces, double noise, double factor, Mat mask) {
        Mat weak = new Mat(mask.rows(), mask.cols(), CV_8U);
        threshold(candidates, noise, factor, weak);
        Mat labels = new Mat();
        Mat stats = new Mat();
        Mat centres = new Mat();
        int count = connectedComponentsWithStats(weak, labels, stats, centres, 8, CV_32S);
        if (count > COMPONENTS_MAX) {
            return;
        }
        Mat depth = new Mat();
        distanceTransform(weak, depth, DIST_L2, 3);
        DamageShapes shapes = DamageShapes.measure(
                candidates.picture(), candidates.response(), depth, labels, count, candidates.bright());
        boolean[] damaged = new boolean[count];
        List<DamageShapes.Shape> dust = new ArrayList<>();
        for (int label = 1; label < count; label++) {
            DamageShapes.Shape shape = shapes.get(label);
            double needed = needed(candidates, noise, factor, shape);
            if (shape.peak() < needed) {
                continue;
            }
            if (shape.isScratch(candidates.widest()) && DamageShapes.safeInFaces(shape, faces)) {
                damaged[label] = true;
            } else if (shape.isDust(candidates.widest()) && shape.peak() > 1.5 * needed) {
                dust.add(shape);
            }
        }
        DamageShapes.isolated(dust, shapes, mask.cols() / 25).stream()
                .filter(shape -> faces.stream().noneMatch(face -> face.contains(shape.x(), shape.y())))
                .forEach(shape -> damaged[shape.label()] = true);
        IntIndexer label = labels.createIndexer();
        UByteIndexer marks = mask.createIndexer();
        for (int y = 0; y < mask.rows(); y++) {
            for (int x = 0; x < mask.cols(); x++) {
                if (damaged[label.get(y, x)]) {
                    marks.put(y, x, 255);
                }
            }
        }
    }

    private static double needed(Candidates candidates, double noise, double factor, DamageShapes.Shape shape) {
        UByteIndexer activity = candidates.activity().createIndexer();
        double texture = ACTIVITY_FACTOR * activity.get(shape.y(), shape.x());
        return factor * Math.max(CONTRAST_MIN, Math.max(NOISE_FACTOR * noise, texture));
    }

    private static void threshold(Candidates candidates, double noise, double factor, Mat weak) {
        UByteIndexer response = candidates.response().createIndexer();
        UByteIndexer activity = candidates.activity().createIndexer();
        UByteIndexer marks = weak.createIndexer();
        double floor = WEAK_SHARE * factor * Math.max(CONTRAST_MIN, NOISE_FACTOR * noise);
        double texture = WEAK_SHARE * factor * ACTIVITY_FACTOR;
        for (int y = 0; y < weak.rows(); y++) {
            for (int x = 0; x < weak.cols(); x++) {
                double needed = Math.max(floor, texture * activity.get(y, x));
                marks.put(y, x, response.get(y, x) >= needed ? 255 : 0);
            }
        }
    }
}
