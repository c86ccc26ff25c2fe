package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.absdiff;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Scaled;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * How much smaller a photo could be and show as much: one that was enlarged, or scanned finer than it is. What looks at
 * photos through a window of so many pixels sees there what it knows only once they are as small as that.
 */
final class Spare {
    private static final double[] FACTORS = {2, 3, 4, 6};
    /**
     * What a photo may lose where it loses most, as a share of the levels it uses: enlarged ones lose 0.03 to 0.09 by the factor
     * they were enlarged by, photos in focus 0.2 and more by two. What is merely soft has up to 0.1, and is looked at as it is.
     */
    private static final double LOSS_MAX = 0.055;

    private static final double MOST = 0.998;
    /** Levels that all but so much of a photo uses. */
    private static final double TAIL = 0.01;

    private static final int SIDE_MIN = 200;

    private Spare() {}

    /**
     * The largest factor by which a photo can be reduced.
     *
     * @param sideMax the longer side it is reduced to first, in pixels
     * @return 1 to 6
     */
    static double of(Mat luminance, int sideMax) {
        try (PointerScope _ = new PointerScope()) {
            Mat photo = new Mat();
            Scaled.reduce(
                    luminance, photo, Math.min(1, (double) sideMax / Math.max(luminance.cols(), luminance.rows())));
            long[] levels = Luminance.histogram(photo, 0);
            int range = Luminance.percentile(levels, 1 - TAIL) - Luminance.percentile(levels, TAIL);
            double factor = 1;
            for (double next : FACTORS) {
                if (Math.min(photo.cols(), photo.rows()) < SIDE_MIN * next || loss(photo, next) > LOSS_MAX * range) {
                    break;
                }
                factor = next;
            }
            return factor;
        }
    }

    /** By how many levels a photo differs from itself reduced and enlarged again, where it differs most. */
    private static int loss(Mat photo, double factor) {
        Mat reduced = new Mat();
        resize(photo, reduced, Scaled.of(photo, 1 / factor), 0, 0, INTER_AREA);
        Mat again = new Mat();
        resize(reduced, again, photo.size(), 0, 0, INTER_CUBIC);
        absdiff(photo, again, again);
        return Luminance.percentile(Luminance.histogram(again, 0), MOST);
    }
}
