package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The blocks that strong JPEG compression leaves in a picture: where their corners lie, and how coarsely they were
 * rounded.
 *
 * @param left column of a corner, 0 to 7
 * @param top row of a corner, 0 to 7
 * @param step by how much the slowest wave of a block was rounded, in levels; 0 where nothing tells of rounding
 */
record JpegBlocks(int left, int top, int step) {
    private static final int SIDE = 8;
    /** Finer rounding than this is not seen. */
    private static final int STEP_MIN = 6;

    private static final int STEP_MAX = 80;
    /** Steps across the edges of blocks are larger than elsewhere by so much, at least. */
    private static final double EDGE_MIN = 1.03;
    /** What rounding to a step leaves of values that were rounded to it before; a quarter would be chance. */
    private static final double REST_SHARE = 0.13;

    private static final double REST_LEVELS = 0.3;
    private static final int WAVES_MIN = 150;
    /** Of the table all encoders begin with, for the wave that is looked at, at quality 50. */
    private static final int STEP_AT_50 = 11;

    private static final JpegBlocks NONE = new JpegBlocks(0, 0, 0);
    private static final double[] WAVE = wave();

    private static double[] wave() {
        double[] wave = new double[SIDE];
        for (int x = 0; x < SIDE; x++) {
            wave[x] = Math.cos((2 * x + 1) * Math.PI / 16) / (4 * Math.sqrt(2));
        }
        return wave;
    }

    /** True if they are seen. */
    boolean visible() {
        return step >= STEP_MIN;
    }

    /** Looks for blocks in the brightness of a picture. */
    static JpegBlocks of(Mat luminance) {
        if (luminance.rows() < 8 * SIDE || luminance.cols() < 8 * SIDE) {
            return NONE;
        }
        try (UByteIndexer pixels = luminance.createIndexer()) {
            int rows = luminance.rows();
            int columns = luminance.cols();
            int left = corner((x, y) -> pixels.get(y, x) - pixels.get(y, x - 1), columns, rows);
            int top = corner((y, x) -> pixels.get(y, x) - pixels.get(y - 1, x), rows, columns);
            return left < 0 || top < 0 ? NONE : new JpegBlocks(left, top, step(pixels, rows, columns, left, top));
        }
    }

    @FunctionalInterface
    private interface Difference {
        int at(int along, int across);
    }

    /** Which of eight lines the edges of blocks lie on; -1 where none stands out. */
    private static int corner(Difference difference, int length, int breadth) {
        long[] sums = new long[SIDE];
        int skip = Math.max(1, breadth / 400);
        int whole = length / SIDE * SIDE;
        for (int along = SIDE; along < whole; along++) {
            for (int across = 0; across < breadth; across += skip) {
                sums[along % SIDE] += Math.abs(difference.at(along, across));
            }
        }
        int best = 0;
        long all = 0;
        for (int i = 0; i < SIDE; i++) {
            all += sums[i];
            best = sums[i] > sums[best] ? i : best;
        }
        double others = (all - sums[best]) / (SIDE - 1.0);
        return sums[best] > EDGE_MIN * others ? best : -1;
    }

    /** The step to whose multiples the blocks' slowest wave from side to side keeps best. */
    private static int step(UByteIndexer pixels, int rows, int columns, int left, int top) {
        int down = (rows - top) / SIDE;
        int across = (columns - left) / SIDE;
        int skip = Math.max(1, (int) Math.sqrt(down * across / 20_000.0));
        double[] waves = new double[(down / skip + 1) * (across / skip + 1)];
        int count = 0;
        for (int i = 0; i < down; i += skip) {
            for (int j = 0; j < across; j += skip) {
                waves[count++] = Math.abs(waveOf(pixels, top + i * SIDE, left + j * SIDE));
            }
        }
        int best = 0;
        double least = 1;
        for (int step = STEP_MIN; step <= STEP_MAX; step++) {
            double rest = rest(waves, count, step);
            if (rest < REST_SHARE * step + REST_LEVELS && rest / step < least) {
                best = step;
                least = rest / step;
            }
        }
        return best;
    }

    /** What rounding to a step leaves of the waves that are not nothing, on average; all of it where they are few. */
    private static double rest(double[] waves, int count, int step) {
        double rest = 0;
        int told = 0;
        for (int i = 0; i < count; i++) {
            if (waves[i] > step / 2.0) {
                rest += Math.abs(waves[i] - step * Math.rint(waves[i] / step));
                told++;
            }
        }
        return told < WAVES_MIN ? step : rest / told;
    }

    private static double waveOf(UByteIndexer pixels, int top, int left) {
        double sum = 0;
        for (int y = top; y < top + SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                sum += WAVE[x] * pixels.get(y, left + x);
            }
        }
        return sum;
    }

    /**
     * Smooths them away in place: the picture is compressed again as strongly with the blocks elsewhere, and the mean of
     * all these has edges nowhere (Nosratinia, 1999). Only brightness, where eyes see them.
     */
    void smooth(Mat bgr, Progress progress, Stop stop) {
        try (Mat before = Luminance.of(bgr);
                Mat after = new Mat()) {
            after.create(before.rows(), before.cols(), CV_8U);
            Strips.each(before, progress, stop, (from, to) -> {
                int first = Math.max(0, from - SIDE);
                int last = Math.min(before.rows(), to + SIDE);
                Mat mean = mean(before.rowRange(first, last), top - first);
                mean.rowRange(from - first, to - first).copyTo(after.rowRange(from, to));
            });
            Luminance.replace(bgr, before, after, 1, stop);
        }
    }

    /** The mean of a band and of what it becomes with blocks at every second place; its own begin at that row. */
    private Mat mean(Mat band, int ownTop) {
        Mat sum = new Mat();
        band.convertTo(sum, CV_32F);
        int count = 1;
        for (int down = 0; down < SIDE; down += 2) {
            for (int right = down % 4 / 2; right < SIDE; right += 2) {
                if (down > 0 || right > 0) {
                    add(
                            sum,
                            compressed(band, Math.floorMod(-left - right, SIDE), Math.floorMod(-ownTop - down, SIDE)),
                            sum);
                    count++;
                }
            }
        }
        Mat mean = new Mat();
        sum.convertTo(mean, CV_8U, 1.0 / count, 0);
        return mean;
    }

    /** The band compressed as strongly, moved by that many columns and rows. */
    private Mat compressed(Mat band, int right, int down) {
        Mat moved = new Mat();
        copyMakeBorder(band, moved, down, 0, right, 0, BORDER_REPLICATE);
        BytePointer file = new BytePointer();
        imencode(".jpg", moved, file, new IntPointer(IMWRITE_JPEG_QUALITY, quality()));
        Mat again = imdecode(new Mat(file), IMREAD_GRAYSCALE);
        Mat floats = new Mat();
        again.colRange(right, again.cols()).rowRange(down, again.rows()).convertTo(floats, CV_32F);
        return floats;
    }

    /** The quality whose table has that step. */
    private int quality() {
        double scale = 100.0 * step / STEP_AT_50;
        return Math.clamp(Math.round(scale <= 100 ? (200 - scale) / 2 : 5000 / scale), 5, 95);
    }
}
