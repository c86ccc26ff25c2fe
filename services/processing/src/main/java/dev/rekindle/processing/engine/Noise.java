package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_16S;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_imgproc.filter2D;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.ShortIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/** How noisy a picture is: the standard deviation of its noise in levels of 255, measured where it is flat. */
final class Noise {
    private static final int BLOCK = 16;
    /** The flattest share of the blocks, by which the noise is told: in a meadow or on water there are not many more. */
    private static final double FLAT_SHARE = 0.02;
    /** By how much the noise of all is stronger than that of its flattest blocks. */
    private static final double OF_ALL = 1.15;

    private static final double CLIPPED_MAX = 0.1;

    private Noise() {}

    /**
     * Estimates by the response to the difference of two Laplacians, which is blind to smooth shading and straight edges
     * (Immerkær, 1996). Texture answers too, so only the blocks that answer least are believed.
     */
    static double of(Mat luminance) {
        try (PointerScope _ = new PointerScope()) {
            Mat kernel = new Mat(3, 3, CV_32F);
            FloatIndexer weights = kernel.createIndexer();
            weights.put(0, 0, 1, -2, 1).put(1, 0, -2, 4, -2).put(2, 0, 1, -2, 1);
            Mat response = new Mat();
            filter2D(luminance, response, CV_16S, kernel);
            ShortIndexer responses = response.createIndexer();
            UByteIndexer pixels = luminance.createIndexer();
            int down = luminance.rows() / BLOCK;
            int across = luminance.cols() / BLOCK;
            double[] blocks = new double[down * across];
            int count = 0;
            for (int i = 0; i < down; i++) {
                for (int j = 0; j < across; j++) {
                    double deviation = ofBlock(responses, pixels, i * BLOCK, j * BLOCK);
                    if (deviation >= 0) {
                        blocks[count++] = deviation;
                    }
                }
            }
            if (count == 0) {
                return 0;
            }
            double[] sorted = Arrays.copyOf(blocks, count);
            Arrays.sort(sorted);
            return OF_ALL * sorted[(int) (FLAT_SHARE * (count - 1))];
        }
    }

    /** The deviation told by one block; -1 where too much of it is pure black or white, which hides noise. */
    private static double ofBlock(ShortIndexer responses, UByteIndexer pixels, int top, int left) {
        double sum = 0;
        int clipped = 0;
        for (int y = top; y < top + BLOCK; y++) {
            for (int x = left; x < left + BLOCK; x++) {
                sum += Math.abs(responses.get(y, x));
                int value = pixels.get(y, x);
                clipped += value <= 2 || value >= 253 ? 1 : 0;
            }
        }
        int size = BLOCK * BLOCK;
        return clipped > CLIPPED_MAX * size ? -1 : Math.sqrt(Math.PI / 2) / 6 * sum / size;
    }
}
