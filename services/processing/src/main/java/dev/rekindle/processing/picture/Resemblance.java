package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * How much a result resembles the picture it was made of.
 *
 * @param structure correlation of their brightness, both reduced: 1 for the same scene in whatever contrast, 0 for others
 * @param detailKept contrast of the result as a share of the original's; 1 and more is good, 0 is blank
 * @param identical true if no pixel differs by more than coding does
 */
public record Resemblance(double structure, double detailKept, boolean identical) {
    private static final int SIDE = 96;
    private static final double FLAT = 2;
    private static final double CODING_DIFFERENCE_MAX = 6;

    /** Compares two pictures of one size. */
    public static Resemblance of(Picture original, Picture result) {
        try (PointerScope _ = new PointerScope()) {
            Mat one = reduced(original);
            Mat other = reduced(result);
            double[] first = moments(one);
            double[] second = moments(other);
            boolean identical = norm(original.mat(), result.mat(), NORM_INF, new Mat()) <= CODING_DIFFERENCE_MAX;
            if (first[1] < FLAT) {
                // A picture of nothing: its restoration may be nothing too.
                return new Resemblance(1, 1, identical);
            }
            double covariance = one.dot(other) / one.total() - first[0] * second[0];
            double structure = covariance / Math.max(1e-6, first[1] * second[1]);
            return new Resemblance(structure, second[1] / first[1], identical);
        }
    }

    private static Mat reduced(Picture picture) {
        Mat grey = new Mat();
        resize(picture.mat(), grey, new Size(SIDE, SIDE), 0, 0, INTER_AREA);
        cvtColor(grey, grey, COLOR_BGR2GRAY);
        grey.convertTo(grey, CV_32F);
        return grey;
    }

    private static double[] moments(Mat grey) {
        Mat mean = new Mat();
        Mat deviation = new Mat();
        meanStdDev(grey, mean, deviation);
        return new double[] {
            mean.createIndexer().getDouble(0), deviation.createIndexer().getDouble(0)
        };
    }
}
