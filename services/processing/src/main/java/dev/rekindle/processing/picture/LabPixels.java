package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A reduced and slightly blurred copy of a picture in Lab, to measure in: brightness counts for little more than half, since
 * light falls unevenly on tables.
 *
 * @param values brightness, a and b of each pixel, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
record LabPixels(int width, int height, float[] values) {
    private static final float BRIGHTNESS = 0.6f;

    /** A picture reduced by that factor. */
    static LabPixels of(Mat bgr, double scale) {
        try (PointerScope _ = new PointerScope()) {
            Mat lab = new Mat();
            resize(bgr, lab, Scaled.of(bgr, scale), 0, 0, INTER_AREA);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            GaussianBlur(lab, lab, new Size(3, 3), 0);
            float[] values = new float[3 * lab.rows() * lab.cols()];
            UByteIndexer pixels = lab.createIndexer();
            int at = 0;
            for (int y = 0; y < lab.rows(); y++) {
                for (int x = 0; x < lab.cols(); x++) {
                    values[at++] = BRIGHTNESS * pixels.get(y, x, 0);
                    values[at++] = pixels.get(y, x, 1);
                    values[at++] = pixels.get(y, x, 2);
                }
            }
            return new LabPixels(lab.cols(), lab.rows(), values);
        }
    }

    boolean holds(double x, double y) {
        return x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1;
    }

    float value(int x, int y, int channel) {
        return values[3 * (y * width + x) + channel];
    }

    /** Adds the colour at a place between pixels, times a weight; places outside count as the nearest inside. */
    void add(double x, double y, double weight, double[] sum) {
        double column = Math.clamp(x, 0, width - 1.001);
        double row = Math.clamp(y, 0, height - 1.001);
        int left = (int) column;
        int top = (int) row;
        double right = column - left;
        double down = row - top;
        int at = 3 * (top * width + left);
        int below = height > 1 ? 3 * width : 0;
        int beside = width > 1 ? 3 : 0;
        for (int channel = 0; channel < 3; channel++) {
            double upper = values[at + channel] * (1 - right) + values[at + beside + channel] * right;
            double lower = values[at + below + channel] * (1 - right) + values[at + below + beside + channel] * right;
            sum[channel] += weight * (upper * (1 - down) + lower * down);
        }
    }
}
