package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REFLECT;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_ximgproc.guidedFilter;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Where the skin and the lips of a face are, as weights from 0 to 1. Told from the place inside the face and from
 * brightness near that of the cheeks; edges are followed, so that hair and collars stay untinted.
 */
final class SkinTint {
    /** Skin reaches beyond the finder's square: forehead above, chin and throat below. */
    private static final double MARGIN = 0.35;

    private static final double DARKER_MAX = 0.34;
    private static final double BRIGHTER_MAX = 0.30;
    private static final double LIPS_DARKER_MIN = 0.045;

    private SkinTint() {}

    /** Adds the skin and lips of one face to weights of the picture's size. */
    static void mark(Mat luminance, Face face, Mat skin, Mat lips) {
        try (PointerScope _ = new PointerScope()) {
            Rect area = area(face, luminance);
            int left = area.x();
            int top = area.y();
            Mat light = new Mat();
            new Mat(luminance, area).convertTo(light, CV_32F, 1 / 255.0, 0);
            Mat smooth = new Mat();
            GaussianBlur(light, smooth, new Size(), face.size() / 60.0, 0, BORDER_REFLECT, 0);
            double cheeks = cheeks(smooth, face, left, top);
            Mat skinHere = new Mat(area.height(), area.width(), CV_32FC1, Scalar.all(0));
            Mat lipsHere = new Mat(area.height(), area.width(), CV_32FC1, Scalar.all(0));
            weigh(smooth, face, left, top, cheeks, skinHere, lipsHere);
            int radius = Math.max(2, face.size() / 20);
            guidedFilter(light, skinHere, skinHere, radius, 0.0012);
            guidedFilter(light, lipsHere, lipsHere, Math.max(1, radius / 3), 0.0008);
            raise(new Mat(skin, area), skinHere);
            raise(new Mat(lips, area), lipsHere);
        }
    }

    /** Where skin of that face is looked for. */
    static Rect area(Face face, Mat luminance) {
        int margin = (int) (MARGIN * face.size());
        int left = Math.max(0, face.x() - margin / 2);
        int top = Math.max(0, face.y() - margin / 2);
        int right = Math.min(luminance.cols(), face.x() + face.size() + margin / 2);
        int bottom = Math.min(luminance.rows(), face.y() + face.size() + margin);
        return new Rect(left, top, right - left, bottom - top);
    }

    /** The median brightness below the eyes, left and right of the nose. */
    private static double cheeks(Mat light, Face face, int left, int top) {
        FloatIndexer values = light.createIndexer();
        float[] found = new float[400];
        int count = 0;
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 20; j++) {
                double side = j < 10 ? 0.22 + 0.015 * j : 0.63 + 0.015 * (j - 10);
                int x = (int) (face.x() + side * face.size()) - left;
                int y = (int) (face.y() + (0.52 + 0.008 * i) * face.size()) - top;
                found[count++] = values.get(Math.min(y, light.rows() - 1), Math.min(x, light.cols() - 1));
            }
        }
        Arrays.sort(found, 0, count);
        return found[count / 2];
    }

    private static void weigh(Mat light, Face face, int left, int top, double cheeks, Mat skin, Mat lips) {
        FloatIndexer values = light.createIndexer();
        FloatIndexer skinWeights = skin.createIndexer();
        FloatIndexer lipWeights = lips.createIndexer();
        for (int y = 0; y < light.rows(); y++) {
            for (int x = 0; x < light.cols(); x++) {
                double across = (x + left - face.x()) / (double) face.size() - 0.5;
                double down = (y + top - face.y()) / (double) face.size();
                double value = values.get(y, x);
                double oval = Math.hypot(across / 0.43, (down - 0.52) / 0.62);
                double inside = ramp(1.12 - oval, 0.24);
                double throat =
                        down > 0.9 && down < 1.25 ? ramp(0.26 - Math.abs(across), 0.08) * ramp(1.25 - down, 0.12) : 0;
                double difference = value - cheeks;
                double alike = difference < 0
                        ? ramp(DARKER_MAX * Math.max(0.3, cheeks / 0.6) + difference, 0.12)
                        : ramp(BRIGHTER_MAX - difference, 0.1);
                skinWeights.put(y, x, (float) (Math.max(inside, throat) * alike));
                double mouth = Math.hypot(across / 0.20, (down - 0.80) / 0.085);
                double darker = ramp(-difference - LIPS_DARKER_MIN, 0.05) * ramp(DARKER_MAX + 0.1 + difference, 0.1);
                lipWeights.put(y, x, (float) (ramp(1.1 - mouth, 0.3) * darker));
            }
        }
    }

    /** 0 below zero, 1 above the width, a line between. */
    private static double ramp(double value, double width) {
        return Math.clamp(value / width, 0, 1);
    }

    private static void raise(Mat weights, Mat more) {
        FloatIndexer all = weights.createIndexer();
        FloatIndexer here = more.createIndexer();
        for (int y = 0; y < more.rows(); y++) {
            for (int x = 0; x < more.cols(); x++) {
                all.put(y, x, Math.max(all.get(y, x), Math.clamp(here.get(y, x), 0, 1)));
            }
        }
    }
}
