package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.merge;
import static org.bytedeco.opencv.global.opencv_core.split;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_Lab2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Chroma of CIE Lab, D65, as two planes of floats beside a picture's brightness. */
public final class LabColours {
    private LabColours() {}

    /** A plane of that picture's size, all zero. */
    static Mat plane(Mat bgr) {
        return new Mat(bgr.rows(), bgr.cols(), CV_32FC1, Scalar.all(0));
    }

    /** The a and b of every pixel. */
    public static Mat[] chroma(Mat bgr) {
        Mat[] planes = {plane(bgr), plane(bgr)};
        Strips.each(bgr, Progress.unheard(), new Stop(), (from, to) -> {
            Mat lab = new Mat();
            bgr.rowRange(from, to).convertTo(lab, CV_32F, 1 / 255.0, 0);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            MatVector parts = new MatVector();
            split(lab, parts);
            parts.get(1).copyTo(planes[0].rowRange(from, to));
            parts.get(2).copyTo(planes[1].rowRange(from, to));
        });
        return planes;
    }

    /** Paints a picture anew from brightness and chroma; what is nearly white or black is paler than that, and of the same hue. */
    public static void paint(Mat luminance, Mat[] chroma, Mat bgr, Stop stop) {
        Strips.each(bgr, Progress.unheard(), stop, (from, to) -> {
            Mat grey = new Mat();
            cvtColor(luminance.rowRange(from, to), grey, COLOR_GRAY2BGR);
            Mat lab = new Mat();
            grey.convertTo(lab, CV_32F, 1 / 255.0, 0);
            cvtColor(lab, lab, COLOR_BGR2Lab);
            MatVector parts = new MatVector();
            split(lab, parts);
            chroma[0].rowRange(from, to).copyTo(parts.get(1));
            chroma[1].rowRange(from, to).copyTo(parts.get(2));
            fit(parts.get(0), parts.get(1), parts.get(2));
            merge(parts, lab);
            cvtColor(lab, lab, COLOR_Lab2BGR);
            lab.convertTo(bgr.rowRange(from, to), CV_8U, 255, 0);
        });
    }

    private static void fit(Mat lightness, Mat a, Mat b) {
        FloatIndexer light = lightness.createIndexer();
        FloatIndexer red = a.createIndexer();
        FloatIndexer yellow = b.createIndexer();
        for (int y = 0; y < lightness.rows(); y++) {
            for (int x = 0; x < lightness.cols(); x++) {
                float ofRed = red.get(y, x);
                float ofYellow = yellow.get(y, x);
                double share = Gamut.share(light.get(y, x), ofRed, ofYellow);
                if (share < 1) {
                    red.put(y, x, (float) (share * ofRed));
                    yellow.put(y, x, (float) (share * ofYellow));
                }
            }
        }
    }

    /** The a and b of one sRGB colour, 0xRRGGBB. */
    static float[] chromaOf(int rgb) {
        try (Mat pixel = new Mat(1, 1, org.bytedeco.opencv.global.opencv_core.CV_32FC3);
                FloatIndexer values = pixel.createIndexer()) {
            values.put(0, 0, (rgb & 255) / 255f, (rgb >> 8 & 255) / 255f, (rgb >> 16 & 255) / 255f);
            cvtColor(pixel, pixel, COLOR_BGR2Lab);
            return new float[] {values.get(0, 0, 1), values.get(0, 0, 2)};
        }
    }
}
