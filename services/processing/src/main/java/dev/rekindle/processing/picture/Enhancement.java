package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.LUT;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A gentle lift for pictures that use little of the range, as phones take of prints in dim rooms. The prepared picture is
 * what restoration is compared with, so it must stay the photo: one curve for all channels, and never more than a third
 * of the way.
 */
public final class Enhancement {
    private static final int MEASURED_SIDE = 256;
    private static final double TAIL = 0.005;
    private static final int RANGE_ENOUGH = 190;
    private static final double SHARE = 0.33;
    private static final double GAIN_MAX = 1.3;

    private Enhancement() {}

    /** Lifts in place; false if the picture needs nothing. */
    public static boolean apply(Picture picture) {
        try (PointerScope _ = new PointerScope()) {
            Mat grey = new Mat();
            double scale = Math.min(1, (double) MEASURED_SIDE / picture.longerSide());
            resize(picture.mat(), grey, Scaled.of(picture.mat(), scale), 0, 0, INTER_AREA);
            cvtColor(grey, grey, COLOR_BGR2GRAY);
            int[] counts = new int[256];
            UByteIndexer pixels = grey.createIndexer();
            for (int y = 0; y < grey.rows(); y++) {
                for (int x = 0; x < grey.cols(); x++) {
                    counts[pixels.get(y, x)]++;
                }
            }
            int black = below(counts, TAIL * grey.total());
            int white = below(counts, (1 - TAIL) * grey.total());
            if (white - black >= RANGE_ENOUGH || white <= black) {
                return false;
            }
            double gain = Math.min(GAIN_MAX, 1 + SHARE * (255.0 / (white - black) - 1));
            double from = black - SHARE * black;
            Mat table = new Mat(1, 256, CV_8UC1);
            UByteIndexer entries = table.createIndexer();
            for (int value = 0; value < 256; value++) {
                entries.put(0, value, Math.clamp(Math.round(from + (value - black) * gain), 0, 255));
            }
            LUT(picture.mat(), table, picture.mat());
            return true;
        }
    }

    private static int below(int[] counts, double wanted) {
        double seen = 0;
        for (int value = 0; value < 256; value++) {
            seen += counts[value];
            if (seen > wanted) {
                return value;
            }
        }
        return 255;
    }
}
