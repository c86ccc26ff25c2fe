package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.LUT;
import static org.bytedeco.opencv.global.opencv_core.divide;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_core.split;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.blur;
import static org.bytedeco.opencv.global.opencv_imgproc.medianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Yellow and brown stains on a photo of one tone: tea, water, glue, foxing. A stain is a dye that lies over the print: it takes
 * most from blue, less from green, least from red. As the photo itself has one tone, how far blue lies below what red lets
 * expect says how much of it lies on each pixel. That is given back to red, and green and blue are made from red by the tone.
 */
final class Stains {
    private static final int SIDE_MAX = 480;
    private static final int MEDIAN = 3;
    /** A density that can be seen, as the logarithm of red over blue; where pixels of the photo's tone vary much, more. */
    private static final double SEEN = 0.06;

    private static final double TIMES_SPREAD = 4;
    /** Where they vary more than for that, the photo has colours. */
    private static final double SEEN_MOST = 0.16;
    /** Darker pixels are too dark to tell, in levels of red. */
    private static final int CLEAR = 32;
    /** How much of a photo has to be of its tone, and how much of it stained. */
    private static final double PLAIN_MIN = 0.5;

    private static final double STAINED_MIN = 0.002;
    /** Of all that is of another colour so much is yellow or brown: green loses more than the first of what blue loses, and less than the second. */
    private static final double BROWN_MIN = 0.85;

    private static final double GREEN_LEAST = 0.05;
    private static final double GREEN_MOST = 0.9;
    /** The density is a mean over the longer side divided by this, to each side: chroma of JPEGs is coarse. */
    private static final int REACH = 600;

    private static final double[] LOGARITHMS = logarithms();

    private final ToneCurve tone;
    private final double seen;
    private final double red;
    private final double share;

    private Stains(ToneCurve tone, double seen, double red, double share) {
        this.tone = tone;
        this.seen = seen;
        this.red = red;
        this.share = share;
    }

    private static double[] logarithms() {
        double[] logs = new double[256];
        Arrays.setAll(logs, value -> Math.log(Math.max(1, value)));
        return logs;
    }

    /** Looks for stains in a picture. */
    static Stains in(Mat bgr) {
        try (PointerScope _ = new PointerScope()) {
            Mat small = new Mat();
            double scale = Math.min(1, (double) SIDE_MAX / Math.max(bgr.cols(), bgr.rows()));
            resize(bgr, small, Scaled.of(bgr, scale), 0, 0, INTER_AREA);
            medianBlur(small, small, MEDIAN);
            return of(small);
        }
    }

    private static Stains of(Mat small) {
        int count = (int) small.total();
        int[][] values = new int[3][count];
        UByteIndexer pixels = small.createIndexer();
        for (int i = 0; i < count; i++) {
            for (int channel = 0; channel < 3; channel++) {
                values[channel][i] = pixels.get(i / small.cols(), i % small.cols(), channel);
            }
        }
        int[] reds = values[2];
        float[] lessGreen = below(reds, values[1]);
        float[] lessBlue = below(reds, values[0]);
        ToneCurve tone = ToneCurve.of(reds, lessGreen, lessBlue);
        float[] light = new float[count];
        for (int i = 0; i < count; i++) {
            light[i] = (float) LOGARITHMS[reds[i]];
            boolean dark = reds[i] < ToneCurve.DARK;
            lessGreen[i] = dark ? 0 : lessGreen[i] - tone.green(reds[i]);
            lessBlue[i] = dark ? 0 : lessBlue[i] - tone.blue(reds[i]);
        }
        double seen = Math.max(SEEN, TIMES_SPREAD * spread(lessBlue));
        double share = seen > SEEN_MOST ? 0 : share(reds, lessGreen, lessBlue, seen);
        if (share < STAINED_MIN) {
            return new Stains(tone, seen, 0, 0);
        }
        StainBorders borders = StainBorders.of(lessBlue, light, small.cols(), seen);
        return new Stains(tone, seen, borders.red(), borders.areOfStains() ? share : 0);
    }

    /** By how much logarithms of one channel lie below those of another. */
    private static float[] below(int[] channel, int[] other) {
        float[] less = new float[channel.length];
        for (int i = 0; i < less.length; i++) {
            less[i] = (float) (LOGARITHMS[channel[i]] - LOGARITHMS[other[i]]);
        }
        return less;
    }

    /** What pixels differ from the tone by: the median, as a standard deviation. */
    private static double spread(float[] density) {
        float[] sorted = new float[density.length];
        for (int i = 0; i < density.length; i++) {
            sorted[i] = Math.abs(density[i]);
        }
        Arrays.sort(sorted);
        return 1.48 * sorted[sorted.length / 2];
    }

    /** The share of pixels that are yellow or brown; 0 where too few are of the photo's tone, or too many of other colours. */
    private static double share(int[] reds, float[] lessGreen, float[] lessBlue, double seen) {
        int clear = 0;
        int plain = 0;
        int coloured = 0;
        int brown = 0;
        for (int i = 0; i < reds.length; i++) {
            if (reds[i] >= CLEAR) {
                double most = Math.max(Math.abs(lessBlue[i]), Math.abs(lessGreen[i]));
                double green = lessGreen[i] / Math.max(1e-6, lessBlue[i]);
                clear++;
                plain += most < seen ? 1 : 0;
                coloured += most > 2 * seen ? 1 : 0;
                brown += most > 2 * seen && lessBlue[i] > 0 && green >= GREEN_LEAST && green <= GREEN_MOST ? 1 : 0;
            }
        }
        return plain < PLAIN_MIN * clear || brown < BROWN_MIN * coloured ? 0 : (double) brown / reds.length;
    }

    /** The share of the picture that is stained; 0 where nothing is to be done. */
    double share() {
        return share;
    }

    /**
     * Takes them away, in place. What lies beside them stays as it is to the last bit.
     *
     * @param share how much of them, from 0 to 1
     */
    void takeAway(Mat bgr, double share, Progress progress, Stop stop) {
        int reach = Math.max(1, Math.max(bgr.cols(), bgr.rows()) / REACH);
        try (Mat logs = table(value -> LOGARITHMS[value]);
                Mat tones = table(tone::blue);
                // Of the dark little can be told: its logarithms are coarse.
                Mat weights = table(value -> Math.max(1e-4, value * value / 65025.0));
                Size window = new Size(2 * reach + 1, 2 * reach + 1);
                Mat source = bgr.clone()) {
            Strips.each(source, progress, stop, (from, to) -> {
                int top = Math.max(0, from - reach);
                int bottom = Math.min(source.rows(), to + reach);
                MatVector parts = new MatVector();
                split(source.rowRange(top, bottom), parts);
                Mat density = seenBy(logs, parts.get(2));
                subtract(density, seenBy(logs, parts.get(0)), density);
                subtract(density, seenBy(tones, parts.get(2)), density);
                Mat weight = seenBy(weights, parts.get(2));
                multiply(density, weight, density);
                blur(density, density, window);
                blur(weight, weight, window);
                divide(density, weight, density);
                free(bgr.rowRange(from, to), density.rowRange(from - top, to - top), share);
            });
        }
    }

    private static Mat table(IntToDoubleFunction value) {
        Mat table = new Mat(1, 256, CV_32FC1);
        try (FloatIndexer entries = table.createIndexer()) {
            for (int i = 0; i < 256; i++) {
                entries.put(0, i, (float) value.applyAsDouble(i));
            }
        }
        return table;
    }

    private static Mat seenBy(Mat table, Mat plane) {
        Mat seen = new Mat();
        LUT(plane, table, seen);
        return seen;
    }

    private void free(Mat bgr, Mat density, double most) {
        UByteIndexer pixels = bgr.createIndexer();
        FloatIndexer densities = density.createIndexer();
        for (int y = 0; y < bgr.rows(); y++) {
            for (int x = 0; x < bgr.cols(); x++) {
                double here = densities.get(y, x);
                double sure = most * Math.clamp(2 * here / seen - 1, 0, 1);
                if (sure > 0) {
                    double freed = Math.min(255, pixels.get(y, x, 2) * Math.exp(red * here));
                    int value = (int) Math.round(freed);
                    mix(pixels, y, x, 2, sure, freed);
                    mix(pixels, y, x, 1, sure, freed * Math.exp(-tone.green(value)));
                    mix(pixels, y, x, 0, sure, freed * Math.exp(-tone.blue(value)));
                }
            }
        }
    }

    private static void mix(UByteIndexer pixels, int y, int x, int channel, double share, double to) {
        double was = pixels.get(y, x, channel);
        pixels.put(y, x, channel, Math.clamp(Math.round(was + share * (to - was)), 0, 255));
    }
}
