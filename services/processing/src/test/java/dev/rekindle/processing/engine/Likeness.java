package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.NORM_L2;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.divide;
import static org.bytedeco.opencv.global.opencv_core.magnitude;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_core.split;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_quality.QualityGMSD;

/** How like one picture is to another. */
public final class Likeness {
    private static final double C1 = 6.5025;
    private static final double C2 = 58.5225;

    private Likeness() {}

    /** Peak signal to noise in decibels, over all channels; 99 for equal pictures. */
    public static double psnr(Mat one, Mat other) {
        double distance = norm(one, other, NORM_L2, new Mat());
        double meanSquare = distance * distance / (one.total() * one.channels());
        return meanSquare == 0 ? 99 : 10 * Math.log10(255 * 255 / meanSquare);
    }

    /** Structural similarity of brightness (Wang et al., 2004; 11 × 11 Gaussian of 1.5): 1 for equal pictures. */
    public static double ssim(Mat one, Mat other) {
        try (PointerScope _ = new PointerScope()) {
            Mat x = floats(one);
            Mat y = floats(other);
            Mat meanX = blurred(x);
            Mat meanY = blurred(y);
            Mat both = product(meanX, meanY);
            Mat squareX = product(meanX, meanX);
            Mat squareY = product(meanY, meanY);
            Mat varianceX = minus(blurred(product(x, x)), squareX);
            Mat varianceY = minus(blurred(product(y, y)), squareY);
            Mat covariance = minus(blurred(product(x, y)), both);
            Mat above = product(scaled(both, 2, C1), scaled(covariance, 2, C2));
            Mat below = product(scaled(plus(squareX, squareY), 1, C1), scaled(plus(varianceX, varianceY), 1, C2));
            Mat similar = new Mat();
            divide(above, below, similar);
            return mean(similar).get(0);
        }
    }

    /** Deviation of the likeness of edges (GMSD; Xue et al., 2014) in brightness: 0 for equal pictures, 0.3 for hardly alike ones. */
    public static double edges(Mat one, Mat other) {
        try (PointerScope _ = new PointerScope()) {
            return QualityGMSD.compute(Luminance.of(one), Luminance.of(other), new Mat())
                    .get(0);
        }
    }

    /**
     * How far colours are from the true ones, brightness aside: the mean distance of a and b of CIE Lab.
     *
     * @param where pixels that count, not 0
     */
    static double chromaError(Mat one, Mat other, Mat where) {
        try (PointerScope _ = new PointerScope()) {
            Mat[] is = LabColours.chroma(one);
            Mat[] truth = LabColours.chroma(other);
            Mat distance = new Mat();
            magnitude(minus(is[0], truth[0]), minus(is[1], truth[1]), distance);
            return mean(distance, where).get(0);
        }
    }

    /** Colourfulness after Hasler and Süsstrunk (2003): 0 for grey, about 15 slightly, 33 fairly, 45 plainly colourful. */
    static double colourfulness(Mat bgr) {
        try (PointerScope _ = new PointerScope()) {
            Mat floats = new Mat();
            bgr.convertTo(floats, CV_32F);
            MatVector channels = new MatVector();
            split(floats, channels);
            Mat redGreen = minus(channels.get(2), channels.get(1));
            Mat yellowBlue = minus(scaled(plus(channels.get(2), channels.get(1)), 0.5, 0), channels.get(0));
            double spread = 0;
            double distance = 0;
            for (Mat opponents : List.of(redGreen, yellowBlue)) {
                Mat means = new Mat();
                Mat deviations = new Mat();
                meanStdDev(opponents, means, deviations);
                spread += Math.pow(deviations.createIndexer().getDouble(0), 2);
                distance += Math.pow(means.createIndexer().getDouble(0), 2);
            }
            return Math.sqrt(spread) + 0.3 * Math.sqrt(distance);
        }
    }

    private static Mat floats(Mat bgr) {
        Mat floats = new Mat();
        Luminance.of(bgr).convertTo(floats, CV_32F);
        return floats;
    }

    private static Mat blurred(Mat from) {
        Mat to = new Mat();
        GaussianBlur(from, to, new Size(11, 11), 1.5);
        return to;
    }

    private static Mat product(Mat one, Mat other) {
        Mat to = new Mat();
        multiply(one, other, to);
        return to;
    }

    private static Mat minus(Mat one, Mat other) {
        Mat to = new Mat();
        subtract(one, other, to);
        return to;
    }

    private static Mat plus(Mat one, Mat other) {
        Mat to = new Mat();
        add(one, other, to);
        return to;
    }

    private static Mat scaled(Mat from, double factor, double shift) {
        Mat to = new Mat();
        from.convertTo(to, CV_32F, factor, shift);
        return to;
    }
}
