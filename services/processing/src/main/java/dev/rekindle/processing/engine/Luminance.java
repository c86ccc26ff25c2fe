package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.scaleAdd;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The brightness of a picture, apart from its colour: 8 bits, weighted as eyes do. */
public final class Luminance {
    private Luminance() {}

    /** The brightness of each pixel. The caller closes it. */
    public static Mat of(Mat bgr) {
        Mat luminance = new Mat();
        cvtColor(bgr, luminance, COLOR_BGR2GRAY);
        return luminance;
    }

    /**
     * Gives a picture another brightness, in place. Each channel keeps its distance from the brightness, times {@code
     * chroma}: grey stays exactly grey and no hue is made.
     */
    static void replace(Mat bgr, Mat before, Mat after, double chroma, Stop stop) {
        Strips.each(bgr, Progress.unheard(), stop, (from, to) -> {
            Mat old = new Mat();
            before.rowRange(from, to).convertTo(old, CV_32F);
            Mat shift = new Mat();
            after.rowRange(from, to).convertTo(shift, CV_32F);
            scaleAdd(old, -chroma, shift, shift);
            cvtColor(shift, shift, COLOR_GRAY2BGR);
            Mat band = bgr.rowRange(from, to);
            Mat colours = new Mat();
            band.convertTo(colours, CV_32F);
            scaleAdd(colours, chroma, shift, colours);
            colours.convertTo(band, CV_8U);
        });
    }

    /** How many pixels have each of the 256 values of one channel of a picture. */
    static long[] histogram(Mat picture, int channel) {
        long[] counts = new long[256];
        try (UByteIndexer pixels = picture.createIndexer()) {
            int step = Math.max(1, (int) Math.sqrt(picture.total() / 1_000_000.0));
            for (int y = 0; y < picture.rows(); y += step) {
                for (int x = 0; x < picture.cols(); x += step) {
                    counts[pixels.get(y, x, channel)]++;
                }
            }
        }
        return counts;
    }

    /** The value below which that share of the counted pixels lies. */
    static int percentile(long[] counts, double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        long wanted = (long) (all * share);
        long seen = 0;
        for (int value = 0; value < counts.length; value++) {
            seen += counts[value];
            if (seen > wanted) {
                return value;
            }
        }
        return counts.length - 1;
    }
}
