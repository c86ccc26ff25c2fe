package dev.rekindle.processing.engine.onnx;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.engine.LabColours;
import dev.rekindle.processing.engine.Luminance;
import dev.rekindle.processing.engine.onnx.Manifest.Answered;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.jspecify.annotations.Nullable;

/** What becomes of a picture by what a model answers. */
final class Answers {
    private static final float BLACK = 0;
    private static final float WHITE = 255;

    private Answers() {}

    /**
     * The picture as the model makes it, {@code output.scale} times as large.
     *
     * @param mask of its damage, for models that are shown one: only what it marks is changed
     * @param share of the model's picture in the result; the rest stays as it was
     */
    static Picture picture(Model model, Mat bgr, @Nullable Mat mask, double share, Progress progress, Stop stop) {
        Manifest.Output output = model.manifest().output();
        int scale = output.scale();
        Mat result = new Mat(bgr.rows() * scale, bgr.cols() * scale, CV_8UC3);
        boolean added = output.channels() == Answered.RESIDUAL;
        byte[] row = new byte[3 * result.cols()];
        byte[] before = new byte[3 * bgr.cols()];
        byte[] marks = new byte[bgr.cols()];
        try {
            new RunModel(model)
                    .over(
                            bgr,
                            mask,
                            (y, planes, at) -> {
                                if (scale == 1) {
                                    read(bgr, y, before);
                                }
                                if (mask != null) {
                                    read(mask, y, marks);
                                }
                                for (int i = 0; i < row.length; i++) {
                                    float level = planes[planes.length == 1 ? 0 : i % 3][at + i / 3];
                                    level += added ? before[i] & 255 : 0;
                                    boolean kept = mask != null && marks[i / 3] == 0;
                                    row[i] = kept ? before[i] : (byte) Math.round(Math.clamp(level, BLACK, WHITE));
                                }
                                write(row, result, y);
                            },
                            progress,
                            stop);
            if (scale == 1 && share < 1) {
                addWeighted(result, share, bgr, 1 - share, 0, result);
            }
            return Picture.of(result);
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    /** Damage as the model sees it: 255 where there is some, of the picture's size. The caller closes it. */
    static Mat mask(Model model, Mat bgr, Progress progress, Stop stop) {
        double threshold = model.manifest().output().threshold();
        return shrunk(
                model,
                bgr,
                (small, told) -> {
                    Mat mask = new Mat(small.rows(), small.cols(), CV_8UC1);
                    byte[] row = new byte[mask.cols()];
                    new RunModel(model)
                            .over(
                                    small,
                                    null,
                                    (y, planes, at) -> {
                                        for (int x = 0; x < row.length; x++) {
                                            row[x] = (byte) (planes[0][at + x] >= threshold ? 255 : 0);
                                        }
                                        write(row, mask, y);
                                    },
                                    told,
                                    stop);
                    return new Mat[] {mask};
                },
                progress)[0];
    }

    /** Paints the picture with the model's colours, in place; its brightness stays the photo's own. */
    static void paint(Model model, Mat bgr, Progress progress, Stop stop) {
        boolean chromaOnly = model.manifest().output().channels() == Answered.AB;
        try (PointerScope _ = new PointerScope()) {
            Mat[] chroma;
            if (chromaOnly) {
                chroma = shrunk(model, bgr, (small, told) -> chroma(model, small, told, stop), progress);
            } else {
                Mat[] painted = shrunk(
                        model,
                        bgr,
                        (small, told) -> new Mat[] {
                            picture(model, small, null, 1, told, stop).mat()
                        },
                        progress);
                chroma = LabColours.chroma(painted[0]);
            }
            Mat luminance = Luminance.of(bgr);
            LabColours.paint(luminance, chroma, bgr, stop);
        }
    }

    private static Mat[] chroma(Model model, Mat bgr, Progress progress, Stop stop) {
        Mat[] planes = {new Mat(bgr.rows(), bgr.cols(), CV_32FC1), new Mat(bgr.rows(), bgr.cols(), CV_32FC1)};
        float[] row = new float[bgr.cols()];
        new RunModel(model)
                .over(
                        bgr,
                        null,
                        (y, answer, at) -> {
                            for (int c = 0; c < 2; c++) {
                                System.arraycopy(answer[c], at, row, 0, row.length);
                                try (BytePointer pointer = planes[c].ptr(y);
                                        FloatPointer floats = new FloatPointer(pointer)) {
                                    floats.put(row);
                                }
                            }
                        },
                        progress,
                        stop);
        return planes;
    }

    /** Work on a picture that fits the model. */
    @FunctionalInterface
    private interface Fitting {
        Mat[] work(Mat small, Progress progress);
    }

    /** Where a model takes the whole picture: has it work on a reduced copy, and brings what comes of it to full size. */
    private static Mat[] shrunk(Model model, Mat bgr, Fitting fitting, Progress progress) {
        Manifest manifest = model.manifest();
        if (manifest.tile() != null) {
            return fitting.work(bgr, progress);
        }
        int width = manifest.size().width();
        int height = manifest.size().height();
        if (!manifest.size().isFixed()) {
            double factor = Math.min(1, Math.sqrt((double) manifest.limits().pixelsMax() / bgr.total()));
            width = Math.max(1, (int) (bgr.cols() * factor));
            height = Math.max(1, (int) (bgr.rows() * factor));
        }
        try (Mat small = new Mat();
                Size reduced = new Size(width, height)) {
            resize(bgr, small, reduced, 0, 0, width * (long) height < bgr.total() ? INTER_AREA : INTER_LINEAR);
            Mat[] made = fitting.work(small, progress);
            for (int i = 0; i < made.length; i++) {
                try (Mat one = made[i]) {
                    made[i] = new Mat();
                    resize(one, made[i], bgr.size(), 0, 0, INTER_LINEAR);
                }
            }
            return made;
        }
    }

    private static void read(Mat mat, int y, byte[] row) {
        try (BytePointer pointer = mat.ptr(y)) {
            pointer.get(row);
        }
    }

    private static void write(byte[] row, Mat mat, int y) {
        try (BytePointer pointer = mat.ptr(y)) {
            pointer.put(row);
        }
    }
}
