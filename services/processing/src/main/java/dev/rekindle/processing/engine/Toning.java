package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.medianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Scaled;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Whether a photo has colours or one tone only: grey, sepia, cyanotype. */
public enum Toning {
    GREY,
    /** One hue over the whole picture, stronger or weaker with brightness. */
    TONED,
    COLOUR;

    private static final int SIDE = 160;
    private static final int LEVELS = 16;
    private static final double GREY_CHROMA_MAX = 3;
    private static final double TONED_SPREAD_MAX = 5;
    private static final double OUTLIERS_SHARE = 0.03;

    /**
     * Tells by the chroma that brightness does not explain: for each level of brightness the mean chroma is taken away;
     * in a toned photo next to nothing is left.
     */
    public static Toning of(Mat bgr) {
        try (PointerScope _ = new PointerScope()) {
            Mat lab = new Mat();
            double scale = Math.min(1, (double) SIDE / Math.max(bgr.cols(), bgr.rows()));
            resize(bgr, lab, Scaled.of(bgr, scale), 0, 0, INTER_AREA);
            // Scratches and dust on a toned photo are of another colour; this small, a median takes them away.
            medianBlur(lab, lab, 5);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            UByteIndexer pixels = lab.createIndexer();
            double[][] means = means(pixels, lab.rows(), lab.cols());
            long coloured = 0;
            long toned = 0;
            for (int y = 0; y < lab.rows(); y++) {
                for (int x = 0; x < lab.cols(); x++) {
                    double a = pixels.get(y, x, 1) - 128.0;
                    double b = pixels.get(y, x, 2) - 128.0;
                    double[] mean = means[pixels.get(y, x, 0) * LEVELS / 256];
                    coloured += Math.hypot(a - mean[0], b - mean[1]) > TONED_SPREAD_MAX ? 1 : 0;
                    toned += Math.hypot(a, b) > GREY_CHROMA_MAX ? 1 : 0;
                }
            }
            double outliers = OUTLIERS_SHARE * lab.total();
            if (coloured > outliers) {
                return COLOUR;
            }
            return toned > outliers ? TONED : GREY;
        }
    }

    /** Mean a and b of each level of brightness. */
    private static double[][] means(UByteIndexer pixels, int rows, int columns) {
        double[][] sums = new double[LEVELS][3];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                double[] sum = sums[pixels.get(y, x, 0) * LEVELS / 256];
                sum[0] += pixels.get(y, x, 1) - 128.0;
                sum[1] += pixels.get(y, x, 2) - 128.0;
                sum[2]++;
            }
        }
        for (double[] sum : sums) {
            sum[0] /= Math.max(1, sum[2]);
            sum[1] /= Math.max(1, sum[2]);
        }
        return sums;
    }
}
