package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.REDUCE_SUM;
import static org.bytedeco.opencv.global.opencv_core.reduce;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.Laplacian;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Where in a picture people look: at faces first, else where it is busiest. */
public final class Interest {
    private static final int SIDE = 256;
    /** A face counts as much as everything else in the picture. */
    private static final double FACE_WEIGHT = 1;

    private final FaceFinder faces = new FaceFinder();

    /**
     * The left or top edge of the most interesting stretch of a picture.
     *
     * @param across true to move from left to right, false from top to bottom
     * @param length of the stretch in pixels
     */
    public int start(Picture picture, boolean across, int length, Stop stop) {
        int whole = across ? picture.width() : picture.height();
        if (length >= whole) {
            return 0;
        }
        double[] interest = busyness(picture, across);
        for (Face face : faces.find(picture, stop)) {
            add(interest, face, across, whole);
        }
        double scale = (double) whole / interest.length;
        int window = Math.clamp(Math.round(length / scale), 1, interest.length);
        double sum = 0;
        double best = -1;
        double bestStart = 0;
        int equal = 0;
        for (int at = 0; at < interest.length; at++) {
            sum += interest[at] - (at >= window ? interest[at - window] : 0);
            int start = at - window + 1;
            if (start >= 0 && sum > best + 1e-9) {
                best = sum;
                bestStart = start;
                equal = 0;
            } else if (start >= 0 && sum > best - 1e-9) {
                // Of stretches as good as each other the middle one.
                equal++;
            }
        }
        return Math.clamp(Math.round((bestStart + equal / 2.0) * scale), 0, whole - length);
    }

    /** How much there is to see in each column or row of a reduced copy; sums to 1. */
    private static double[] busyness(Picture picture, boolean across) {
        try (PointerScope _ = new PointerScope()) {
            double scale = Math.min(1, (double) SIDE / picture.longerSide());
            Mat small = new Mat();
            resize(Luminance.of(picture.mat()), small, Scaled.of(picture.mat(), scale), 0, 0, INTER_AREA);
            Mat edges = new Mat();
            Laplacian(small, edges, CV_32F);
            Mat sums = new Mat();
            reduce(org.bytedeco.opencv.global.opencv_core.abs(edges).asMat(), sums, across ? 0 : 1, REDUCE_SUM, CV_32F);
            FloatIndexer values = sums.createIndexer();
            double[] busy = new double[(int) sums.total()];
            double all = 1e-9;
            for (int i = 0; i < busy.length; i++) {
                busy[i] = across ? values.get(0, i) : values.get(i, 0);
                all += busy[i];
            }
            for (int i = 0; i < busy.length; i++) {
                busy[i] /= all;
            }
            return busy;
        }
    }

    private static void add(double[] interest, Face face, boolean across, int whole) {
        double scale = (double) interest.length / whole;
        int from = (int) Math.max(0, (across ? face.x() : face.y()) * scale);
        int to = (int) Math.min(interest.length, ((across ? face.x() : face.y()) + face.size()) * scale + 1);
        for (int at = from; at < to; at++) {
            interest[at] += FACE_WEIGHT / (to - from);
        }
    }
}
