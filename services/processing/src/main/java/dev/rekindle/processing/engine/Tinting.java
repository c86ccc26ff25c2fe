package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.blendLinear;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_ximgproc.guidedFilter;

import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.engine.MarkedColours.Spreading;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Colour as hand-painters of old photos gave it: a warm tone over all, skin and lips where a face is sure, and what the
 * owner marked, spread to its borders. It guesses no colour of things, because a wrong colour is worse than none.
 */
final class Tinting {
    private static final int GRID_SIDE = 360;
    private static final float SKIN = 0.05f;
    private static final float GUESSED = 0.00006f;
    /** How much of a colour must come from a mark to show, and from where on there is nothing but the mark. */
    private static final double LITTLE = 0.4;

    private static final double MUCH = 0.7;
    /** The same over a tint, which is worth less than a photo's own colours. */
    private static final double LITTLE_TINTED = 0.1;

    private static final double MUCH_TINTED = 0.6;
    private static final float OWN = 0.0001f;
    private static final double SKIN_A = 13;
    private static final double SKIN_B = 16.5;
    private static final double LIPS_A = 11;
    private static final double LIPS_B = -1;

    private Tinting() {}

    /** Tints in place; answers what it did, in words. */
    static List<String> apply(Picture picture, List<Face> faces, List<ColourHint> hints, Progress progress, Stop stop) {
        if (Toning.of(picture.mat()) == Toning.COLOUR) {
            if (hints.isEmpty()) {
                return List.of("The photo has its colours already; they were kept.");
            }
            layOver(picture, hints, progress, stop);
            return List.of(told(hints), "Elsewhere the photo keeps its own colours.");
        }
        List<Face> sure = faces.stream().filter(Face::sure).toList();
        tint(picture.mat(), sure, hints, progress, stop);
        List<String> report = new ArrayList<>();
        if (!hints.isEmpty()) {
            report.add(told(hints));
        }
        report.add(
                sure.isEmpty()
                        ? "Tinted gently with warm tones; no face was sure enough to tint its skin."
                        : "Tinted gently with warm tones, and the skin of "
                                + (sure.size() == 1 ? "one face." : sure.size() + " faces."));
        report.add("This server's own engine paints no colours it cannot know; mark colours to add them.");
        return report;
    }

    /** What is said of colours that were spread. */
    static String told(List<ColourHint> hints) {
        return "Spread the " + hints.size() + (hints.size() == 1 ? " colour" : " colours") + " you marked.";
    }

    /** Lays marked colours over those a picture has, however few they are, in place; what no mark reaches stays to the last bit. */
    static void layOver(Picture picture, List<ColourHint> hints, Progress progress, Stop stop) {
        Mat bgr = picture.mat();
        try (PointerScope _ = new PointerScope()) {
            Mat luminance = Luminance.of(bgr);
            Mat[] chroma = LabColours.chroma(bgr);
            Mat before = bgr.clone();
            Mat own = layOverOwn(luminance, strokes(bgr, hints), chroma, new Spreading(progress.part(0, 0.9), stop));
            LabColours.paint(luminance, chroma, bgr, stop);
            keep(before, own, bgr, stop);
        }
    }

    private static void tint(Mat bgr, List<Face> sure, List<ColourHint> hints, Progress progress, Stop stop) {
        try (PointerScope _ = new PointerScope()) {
            Mat luminance = Luminance.of(bgr);
            Mat skin = new Mat(bgr.rows(), bgr.cols(), CV_32FC1, Scalar.all(0));
            Mat lips = new Mat(bgr.rows(), bgr.cols(), CV_32FC1, Scalar.all(0));
            for (Face face : sure) {
                stop.check();
                SkinTint.mark(luminance, face, skin, lips);
            }
            progress.at(0.2);
            Mat[] chroma = {LabColours.plane(bgr), LabColours.plane(bgr)};
            tone(luminance, skin, lips, chroma);
            if (!hints.isEmpty()) {
                HintStrokes strokes = strokes(bgr, hints);
                for (Face face : sure) {
                    toneAsMarked(luminance, face, skin, lips, strokes, chroma);
                }
                layOverTint(luminance, skin, strokes, chroma, new Spreading(progress.part(0.2, 0.9), stop));
            }
            stop.check();
            LabColours.paint(luminance, chroma, bgr, stop);
        }
    }

    private static HintStrokes strokes(Mat bgr, List<ColourHint> hints) {
        try (Size grid = Scaled.of(bgr, gridScale(bgr))) {
            return HintStrokes.draw(hints, grid.width(), grid.height());
        }
    }

    /** Warm shadows and cream lights over all; skin and lips by their weights. */
    private static void tone(Mat luminance, Mat skin, Mat lips, Mat[] chroma) {
        UByteIndexer light = luminance.createIndexer();
        FloatIndexer skins = skin.createIndexer();
        FloatIndexer mouths = lips.createIndexer();
        FloatIndexer a = chroma[0].createIndexer();
        FloatIndexer b = chroma[1].createIndexer();
        for (int y = 0; y < luminance.rows(); y++) {
            for (int x = 0; x < luminance.cols(); x++) {
                double value = light.get(y, x) / 255.0;
                double body = body(value);
                double onSkin = skins.get(y, x) * onSkin(value);
                double onLips = mouths.get(y, x);
                a.put(y, x, (float) (1.2 * body * (1 - onSkin) + SKIN_A * onSkin + LIPS_A * onLips));
                b.put(y, x, (float) (5.0 * body * (1 - onSkin) + SKIN_B * onSkin + LIPS_B * onLips));
            }
        }
    }

    /** Nothing at pure black and white, most in the middle. */
    private static double body(double value) {
        return 4 * value * (1 - value);
    }

    /** How much of its colour skin of that brightness has. */
    private static double onSkin(double value) {
        return 0.45 + 0.55 * body(value);
    }

    /** Gives all skin of a face the colour that was marked on it: spread from the stroke alone, it would be a blotch on a cheek. */
    private static void toneAsMarked(Mat luminance, Face face, Mat skin, Mat lips, HintStrokes strokes, Mat[] chroma) {
        Mat bare = new Mat();
        subtract(skin, lips, bare);
        Rect area = SkinTint.area(face, luminance);
        float[] marked = strokes.mostOn(floats(reduced(bare, luminance)), area, luminance.cols(), luminance.rows());
        if (marked == null) {
            return;
        }
        UByteIndexer light = luminance.createIndexer();
        FloatIndexer skins = skin.createIndexer();
        FloatIndexer a = chroma[0].createIndexer();
        FloatIndexer b = chroma[1].createIndexer();
        for (int y = area.y(); y < area.y() + area.height(); y++) {
            for (int x = area.x(); x < area.x() + area.width(); x++) {
                double onSkin = skins.get(y, x) * onSkin(light.get(y, x) / 255.0);
                a.put(y, x, (float) (a.get(y, x) + (marked[0] - SKIN_A) * onSkin));
                b.put(y, x, (float) (b.get(y, x) + (marked[1] - SKIN_B) * onSkin));
            }
        }
    }

    /**
     * Lays marked colours over the tint, as strong far from a stroke as on it: drawn little by little to the tint, a dress was red
     * at its hem and pale at its shoulders, and with a first stroke the tint of a face ran into the wall behind it.
     */
    private static void layOverTint(Mat luminance, Mat skin, HintStrokes strokes, Mat[] chroma, Spreading by) {
        Mat small = reduced(luminance, luminance);
        ColourSpread grid = new ColourSpread(small.cols(), small.rows(), floats(small));
        float[] pull = floats(reduced(skin, luminance));
        for (int i = 0; i < pull.length; i++) {
            pull[i] = GUESSED + SKIN * pull[i];
        }
        lay(MarkedColours.spread(grid, strokes, pull, LITTLE_TINTED, MUCH_TINTED, by), small, luminance, chroma);
    }

    /** Lays marked colours over a picture's own. Answers how much of each pixel stays its own. */
    private static Mat layOverOwn(Mat luminance, HintStrokes strokes, Mat[] chroma, Spreading by) {
        Mat small = reduced(luminance, luminance);
        float[] a = floats(reduced(chroma[0], luminance));
        float[] b = floats(reduced(chroma[1], luminance));
        ColourSpread grid = new ColourSpread(small.cols(), small.rows(), floats(small), a, b);
        float[] pull = new float[a.length];
        Arrays.fill(pull, OWN);
        return lay(MarkedColours.spread(grid, strokes, pull, LITTLE, MUCH, by), small, luminance, chroma);
    }

    /** Lays them over the chroma of a whole picture. Answers how much of each pixel's stays. */
    private static Mat lay(MarkedColours marked, Mat small, Mat luminance, Mat[] chroma) {
        Mat own = LabColours.plane(luminance);
        enlarge(plane(marked.share(), small), luminance, own);
        subtract(new Mat(own.size(), CV_32FC1, Scalar.all(1)), own, own);
        for (int channel = 0; channel < 2; channel++) {
            Mat over = LabColours.plane(luminance);
            enlarge(plane(marked.chroma(channel), small), luminance, over);
            multiply(chroma[channel], own, chroma[channel]);
            add(chroma[channel], over, chroma[channel]);
        }
        return own;
    }

    /** Brings back what was there before, as far as it is to stay. */
    private static void keep(Mat before, Mat own, Mat bgr, Stop stop) {
        Strips.each(bgr, Progress.unheard(), stop, (from, to) -> {
            Mat stays = own.rowRange(from, to);
            Mat goes = subtract(Scalar.all(1), stays).asMat();
            Mat kept = new Mat();
            blendLinear(before.rowRange(from, to), bgr.rowRange(from, to), stays, goes, kept);
            kept.copyTo(bgr.rowRange(from, to));
        });
    }

    /** A plane of a picture on the grid that colours are spread on. */
    private static Mat reduced(Mat plane, Mat picture) {
        Mat small = new Mat();
        resize(plane, small, Scaled.of(picture, gridScale(picture)), 0, 0, INTER_AREA);
        return small;
    }

    private static double gridScale(Mat picture) {
        return Math.min(1, (double) GRID_SIDE / Math.max(picture.cols(), picture.rows()));
    }

    private static Mat plane(float[] values, Mat grid) {
        Mat plane = new Mat(grid.rows(), grid.cols(), CV_32FC1);
        plane.<FloatBuffer>createBuffer().put(values);
        return plane;
    }

    /** Brings chroma to full size along the edges of brightness. */
    private static void enlarge(Mat small, Mat luminance, Mat full) {
        try (PointerScope _ = new PointerScope()) {
            Mat large = new Mat();
            resize(small, large, luminance.size(), 0, 0, INTER_LINEAR);
            Mat guide = new Mat();
            luminance.convertTo(guide, CV_32F, 1 / 255.0, 0);
            int radius = Math.max(2, Math.max(luminance.cols(), luminance.rows()) / GRID_SIDE * 2);
            guidedFilter(guide, large, full, radius, 0.0005);
        }
    }

    private static float[] floats(Mat plane) {
        Mat converted = new Mat();
        plane.convertTo(converted, CV_32F);
        float[] values = new float[(int) converted.total()];
        converted.<FloatBuffer>createBuffer().get(values);
        return values;
    }
}
