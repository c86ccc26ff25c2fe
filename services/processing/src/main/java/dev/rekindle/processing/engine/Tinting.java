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
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Colour as hand-painters of old photos gave it: a warm tone over all, skin and lips where a face is sure, and what the
 * owner marked, spread to its borders. It guesses no colour of things, because a wrong colour is worse than none.
 */
final class Tinting {
    private static final int GRID_SIDE = 360;
    private static final float KNOWN = 100;
    private static final float SKIN = 0.05f;
    private static final float GUESSED = 0.00006f;
    /** How much of a colour must come from a mark to show, and from where on there is nothing but the mark. */
    private static final double LITTLE = 0.4;

    private static final double MUCH = 0.7;
    private static final float OWN = 0.0001f;
    private static final double SKIN_A = 13;
    private static final double SKIN_B = 16.5;
    private static final double LIPS_A = 11;
    private static final double LIPS_B = -1;

    private Tinting() {}

    /** Tints in place; answers what it did, in words. */
    static List<String> apply(Picture picture, List<Face> faces, List<ColourHint> hints, Progress progress, Stop stop) {
        Mat bgr = picture.mat();
        List<String> report = new ArrayList<>();
        Toning toning = Toning.of(bgr);
        if (toning == Toning.COLOUR && hints.isEmpty()) {
            report.add("The photo has its colours already; they were kept.");
            return report;
        }
        List<Face> sure = faces.stream().filter(Face::sure).toList();
        try (PointerScope _ = new PointerScope()) {
            Mat luminance = Luminance.of(bgr);
            Mat skin = new Mat(bgr.rows(), bgr.cols(), CV_32FC1, Scalar.all(0));
            Mat lips = new Mat(bgr.rows(), bgr.cols(), CV_32FC1, Scalar.all(0));
            if (toning != Toning.COLOUR) {
                for (Face face : sure) {
                    stop.check();
                    SkinTint.mark(luminance, face, skin, lips);
                }
            }
            progress.at(0.2);
            Mat[] chroma = toning == Toning.COLOUR
                    ? LabColours.chroma(bgr)
                    : new Mat[] {LabColours.plane(bgr), LabColours.plane(bgr)};
            if (toning != Toning.COLOUR) {
                tone(luminance, skin, lips, chroma);
            }
            if (toning == Toning.COLOUR) {
                Mat before = bgr.clone();
                Mat own = lay(luminance, hints, chroma, progress.part(0.2, 0.9), stop);
                LabColours.paint(luminance, chroma, bgr, stop);
                keep(before, own, bgr, stop);
            } else {
                if (!hints.isEmpty()) {
                    spread(luminance, skin, hints, chroma, progress.part(0.2, 0.9), stop);
                }
                stop.check();
                LabColours.paint(luminance, chroma, bgr, stop);
            }
        }
        if (!hints.isEmpty()) {
            report.add("Spread the " + hints.size() + (hints.size() == 1 ? " colour" : " colours") + " you marked.");
        }
        if (toning == Toning.COLOUR) {
            report.add("Elsewhere the photo keeps its own colours.");
        } else {
            report.add(
                    sure.isEmpty()
                            ? "Tinted gently with warm tones; no face was sure enough to tint its skin."
                            : "Tinted gently with warm tones, and the skin of "
                                    + (sure.size() == 1 ? "one face." : sure.size() + " faces."));
            report.add("This server's own engine paints no colours it cannot know; mark colours to add them.");
        }
        return report;
    }

    /** Warm shadows and cream lights over all; skin and lips by their weights. */
    private static void tone(Mat luminance, Mat skin, Mat lips, Mat[] chroma) {
        var light = luminance.<org.bytedeco.javacpp.indexer.UByteIndexer>createIndexer();
        FloatIndexer skins = skin.createIndexer();
        FloatIndexer mouths = lips.createIndexer();
        FloatIndexer a = chroma[0].createIndexer();
        FloatIndexer b = chroma[1].createIndexer();
        for (int y = 0; y < luminance.rows(); y++) {
            for (int x = 0; x < luminance.cols(); x++) {
                double value = light.get(y, x) / 255.0;
                // Nothing at pure black and white, most in the middle.
                double body = 4 * value * (1 - value);
                double onSkin = skins.get(y, x) * (0.45 + 0.55 * body);
                double onLips = mouths.get(y, x);
                a.put(y, x, (float) (1.2 * body * (1 - onSkin) + SKIN_A * onSkin + LIPS_A * onLips));
                b.put(y, x, (float) (5.0 * body * (1 - onSkin) + SKIN_B * onSkin + LIPS_B * onLips));
            }
        }
    }

    private static void spread(
            Mat luminance, Mat skin, List<ColourHint> hints, Mat[] chroma, Progress progress, Stop stop) {
        Mat small = reduced(luminance, luminance);
        ColourSpread grid = new ColourSpread(small.cols(), small.rows(), floats(small));
        float[] skins = floats(reduced(skin, luminance));
        HintStrokes strokes = HintStrokes.draw(hints, small.cols(), small.rows());
        for (int channel = 0; channel < 2; channel++) {
            float[] wanted = floats(reduced(chroma[channel], luminance));
            float[] pull = new float[wanted.length];
            for (int i = 0; i < pull.length; i++) {
                boolean known = strokes.marks(i);
                wanted[i] = known ? strokes.chroma(i)[channel] : wanted[i];
                pull[i] = known ? KNOWN : GUESSED + SKIN * skins[i];
            }
            float[] solved = grid.solve(wanted, pull, progress.part(0.5 * channel, 0.5 * channel + 0.5), stop);
            enlarge(plane(solved, small), luminance, chroma[channel]);
        }
    }

    /**
     * Lays marked colours over a picture's own. What is spread is how much of each colour comes from a mark: all of it where
     * a stroke is and in what looks alike around it, nothing where little comes through. Answers how much of each pixel stays its own.
     */
    private static Mat lay(Mat luminance, List<ColourHint> hints, Mat[] chroma, Progress progress, Stop stop) {
        Mat small = reduced(luminance, luminance);
        float[] a = floats(reduced(chroma[0], luminance));
        float[] b = floats(reduced(chroma[1], luminance));
        ColourSpread grid = new ColourSpread(small.cols(), small.rows(), floats(small), a, b);
        HintStrokes strokes = HintStrokes.draw(hints, small.cols(), small.rows());
        float[] pull = new float[a.length];
        float[] marked = new float[a.length];
        for (int i = 0; i < pull.length; i++) {
            marked[i] = strokes.marks(i) ? 1 : 0;
            pull[i] = strokes.marks(i) ? KNOWN : OWN;
        }
        float[] reach = grid.solve(marked, pull, progress.part(0, 0.33), stop);
        float[] share = new float[a.length];
        for (int i = 0; i < share.length; i++) {
            double part = Math.clamp((reach[i] - LITTLE) / (MUCH - LITTLE), 0, 1);
            share[i] = (float) (part * part * (3 - 2 * part));
        }
        Mat own = LabColours.plane(luminance);
        enlarge(plane(share, small), luminance, own);
        subtract(new Mat(own.size(), CV_32FC1, Scalar.all(1)), own, own);
        for (int channel = 0; channel < 2; channel++) {
            for (int i = 0; i < marked.length; i++) {
                marked[i] = strokes.marks(i) ? strokes.chroma(i)[channel] : 0;
            }
            Progress part = progress.part(0.33 * (channel + 1), 0.33 * (channel + 2));
            float[] laid = grid.solve(marked, pull, part, stop);
            for (int i = 0; i < laid.length; i++) {
                laid[i] = share[i] > 0 ? laid[i] / reach[i] * share[i] : 0;
            }
            Mat over = LabColours.plane(luminance);
            enlarge(plane(laid, small), luminance, over);
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
        double scale = Math.min(1, (double) GRID_SIDE / Math.max(picture.cols(), picture.rows()));
        Mat small = new Mat();
        resize(plane, small, Scaled.of(picture, scale), 0, 0, INTER_AREA);
        return small;
    }

    private static Mat plane(float[] values, Mat grid) {
        Mat plane = new Mat(grid.rows(), grid.cols(), CV_32FC1);
        plane.<FloatBuffer>createBuffer().put(values);
        return plane;
    }

    /** Brings chroma to full size along the edges of brightness. */
    private static void enlarge(Mat small, Mat luminance, Mat full) {
        Mat large = new Mat();
        resize(small, large, luminance.size(), 0, 0, INTER_LINEAR);
        Mat guide = new Mat();
        luminance.convertTo(guide, CV_32F, 1 / 255.0, 0);
        int radius = Math.max(2, Math.max(luminance.cols(), luminance.rows()) / GRID_SIDE * 2);
        guidedFilter(guide, large, full, radius, 0.0005);
    }

    private static float[] floats(Mat plane) {
        Mat converted = new Mat();
        plane.convertTo(converted, CV_32F);
        float[] values = new float[(int) converted.total()];
        converted.<FloatBuffer>createBuffer().get(values);
        return values;
    }
}
