package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_photo.INPAINT_TELEA;
import static org.bytedeco.opencv.global.opencv_photo.inpaint;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.opencv.opencv_core.Mat;

/** Paints over damage from its surroundings (Telea, 2004), band by band with enough surroundings that no seam shows. */
final class Mending {
    private static final double RADIUS = 3;
    private static final int HALO = 24;

    private Mending() {}

    /** Mends in place what the mask marks. */
    static void apply(Mat bgr, Mat mask, Progress progress, Stop stop) {
        try (Mat source = bgr.clone()) {
            Strips.each(source, progress, stop, (from, to) -> {
                int top = Math.max(0, from - HALO);
                int bottom = Math.min(source.rows(), to + HALO);
                Mat mended = new Mat();
                Mat marks = mask.rowRange(top, bottom);
                if (org.bytedeco.opencv.global.opencv_core.countNonZero(marks) == 0) {
                    return;
                }
                inpaint(source.rowRange(top, bottom), marks, mended, RADIUS, INPAINT_TELEA);
                mended.rowRange(from - top, to - top).copyTo(bgr.rowRange(from, to));
            });
        }
    }
}
