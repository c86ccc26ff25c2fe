package dev.rekindle.processing.engine;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Work on a picture in bands of rows: bounds the memory of a step and lets it be stopped between two bands, each of which
 * takes a fraction of a second.
 */
final class Strips {
    private static final int PIXELS = 1 << 17;
    private static final int ROWS_MIN = 16;

    /** Work on the rows {@code from} to {@code to}; matrices made in it are closed after it. */
    @FunctionalInterface
    interface Band {
        void work(int from, int to);
    }

    private Strips() {}

    /** Works through all rows of a matrix. */
    static void each(Mat mat, Progress progress, Stop stop, Band band) {
        int rows = Math.max(ROWS_MIN, PIXELS / Math.max(1, mat.cols()));
        for (int from = 0; from < mat.rows(); from += rows) {
            stop.check();
            try (PointerScope _ = new PointerScope()) {
                band.work(from, Math.min(mat.rows(), from + rows));
            }
            progress.at((double) Math.min(mat.rows(), from + rows) / mat.rows());
        }
    }
}
