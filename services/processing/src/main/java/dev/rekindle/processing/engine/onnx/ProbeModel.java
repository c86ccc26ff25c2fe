package dev.rekindle.processing.engine.onnx;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.processing.engine.onnx.Manifest.Answered;
import dev.rekindle.processing.engine.onnx.Manifest.Shown;
import dev.rekindle.processing.engine.onnx.Manifest.Task;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.jspecify.annotations.Nullable;

/**
 * Tries a model on a drawn picture before it is let near a photo: it must answer finite numbers of the right shape in the
 * range its manifest says, and cut into pieces the same as in one.
 */
final class ProbeModel {
    private static final int WHOLE_SIDE = 256;
    /** Levels of 255 by which a picture in pieces may differ from one in one go, at its worst pixel and on average. */
    private static final double SEAM_MAX = 16;

    private static final double SEAM_MEAN_MAX = 2;
    /** Levels outside the range that a model may answer: many overshoot a little at edges. */
    private static final double OVERSHOOT_MAX = 64;

    private static final double CHROMA_MAX = 160;
    private static final double CHANGE_MEAN_MAX = 64;

    private final Model model;
    private final Manifest manifest;

    private ProbeModel(Model model) {
        this.model = model;
        this.manifest = model.manifest();
    }

    /**
     * Tries it.
     *
     * @throws ModelProblem saying what is wrong with the answer
     */
    static void check(Model model) {
        new ProbeModel(model).check();
    }

    private void check() {
        Manifest.Tile tile = manifest.tile();
        int width;
        int height;
        if (tile != null) {
            width = tile.size() * 3 / 2;
            height = width;
        } else if (manifest.size().isFixed()) {
            width = manifest.size().width();
            height = manifest.size().height();
        } else {
            width = (int)
                    Math.min(WHOLE_SIDE, Math.sqrt((double) manifest.limits().pixelsMax()));
            height = width;
        }
        try (Mat picture = drawn(width, height);
                Mat mask = manifest.input().channels() == Shown.RGB_MASK ? marked(width, height) : new Mat()) {
            Mat marks = mask.empty() ? null : mask;
            Planes answer = answer(new RunModel(model), picture, marks);
            checkRange(answer);
            checkChange(answer, picture);
            if (tile != null && manifest.size().isFixed()) {
                checkShifted(answer, picture, marks, tile);
            } else if (tile != null) {
                Planes whole = answer(new RunModel(model, null), picture, marks);
                checkSame(answer, whole, 0, 0, whole.width(), whole.height());
            }
        }
    }

    /** The model takes one size only, so that it is shown a piece that lies over the borders of the others. */
    private void checkShifted(Planes answer, Mat picture, @Nullable Mat mask, Manifest.Tile tile) {
        int scale = manifest.output().scale();
        int shift = tile.size() / 4;
        Rect over = new Rect(shift, shift, tile.size(), tile.size());
        try (Mat part = new Mat(picture, over).clone();
                Mat marks = mask == null ? new Mat() : new Mat(mask, over).clone()) {
            Planes shifted = answer(new RunModel(model), part, marks.empty() ? null : marks);
            int from = (shift + tile.halo()) * scale;
            int to = (shift + tile.size() - tile.halo()) * scale;
            Planes moved = new Planes(answer.channels(), answer.height(), answer.width());
            for (int c = 0; c < moved.channels(); c++) {
                for (int y = 0; y < shifted.height(); y++) {
                    System.arraycopy(
                            shifted.values(),
                            c * shifted.area() + y * shifted.width(),
                            moved.values(),
                            c * moved.area() + (y + shift * scale) * moved.width() + shift * scale,
                            shifted.width());
                }
            }
            checkSame(answer, moved, from, from, to, to);
        }
    }

    private void checkSame(Planes answer, Planes other, int left, int top, int right, int bottom) {
        double worst = 0;
        double sum = 0;
        for (int c = 0; c < answer.channels(); c++) {
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    int at = c * answer.area() + y * answer.width() + x;
                    double difference = Math.abs(answer.values()[at] - other.values()[at]) * levels();
                    worst = Math.max(worst, difference);
                    sum += difference;
                }
            }
        }
        double mean = sum / ((double) answer.channels() * (right - left) * (bottom - top));
        if (worst > SEAM_MAX || mean > SEAM_MEAN_MAX) {
            throw new ModelProblem(String.format(
                    Locale.ROOT,
                    "Cut into tiles the answer differs from that in one by up to %.0f levels of 255, %.1f on average;"
                            + " expected at most %.0f and %.0f. A larger tile.halo may help, or the model sees the whole"
                            + " picture and cannot be tiled.",
                    worst,
                    mean,
                    SEAM_MAX,
                    SEAM_MEAN_MAX));
        }
    }

    private double levels() {
        return manifest.output().channels() == Answered.MASK ? 255 : 1;
    }

    private void checkRange(Planes answer) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (float value : answer.values()) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        boolean outside = switch (manifest.output().channels()) {
            case RGB, BGR -> least < -OVERSHOOT_MAX || most > 255 + OVERSHOOT_MAX;
            case AB -> Math.max(-least, most) > CHROMA_MAX;
            case RESIDUAL -> Math.max(-least, most) > 255 + OVERSHOOT_MAX;
            // Numbers that were not squeezed between 0 and 1 are as good.
            case MASK -> false;
        };
        if (outside) {
            Manifest.Range range = manifest.output().range();
            throw new ModelProblem("output.range is [" + range.least() + ", " + range.most()
                    + "], but the model's numbers reach far beyond it: from "
                    + (float) range.of(fraction(least)) + " to " + (float) range.of(fraction(most)) + ".");
        }
    }

    private double fraction(double meant) {
        return switch (manifest.output().channels()) {
            case RGB, BGR -> meant / 255;
            case AB -> (meant + 128) / 256;
            case MASK -> meant;
            case RESIDUAL -> (meant + 255) / 510;
        };
    }

    /** What restores or enlarges a picture leaves most of it as it was. */
    private void checkChange(Planes answer, Mat picture) {
        if (manifest.task() != Task.RESTORATION && manifest.task() != Task.UPSCALING) {
            return;
        }
        boolean added = manifest.output().channels() == Answered.RESIDUAL;
        int scale = manifest.output().scale();
        byte[] row = new byte[3 * picture.cols()];
        double sum = 0;
        for (int y = 0; y < answer.height(); y++) {
            try (BytePointer pointer = picture.ptr(y / scale)) {
                pointer.get(row);
            }
            for (int x = 0; x < answer.width(); x++) {
                for (int c = 0; c < answer.channels(); c++) {
                    double level = answer.values()[c * answer.area() + y * answer.width() + x];
                    sum += Math.abs(level - (added ? 0 : row[x / scale * 3 + c] & 255));
                }
            }
        }
        double mean = sum / answer.values().length;
        if (mean > CHANGE_MEAN_MAX) {
            throw new ModelProblem(String.format(
                    Locale.ROOT,
                    "The model changes a picture by %.0f levels of 255 on average; expected at most %.0f. Are"
                            + " input.range, input.channels and output.range right?",
                    mean,
                    CHANGE_MEAN_MAX));
        }
    }

    private Planes answer(RunModel run, Mat picture, @Nullable Mat mask) {
        Manifest.Output output = manifest.output();
        Planes answer = new Planes(
                output.planes(manifest.input().channels()),
                picture.rows() * output.scale(),
                picture.cols() * output.scale());
        run.over(
                picture,
                mask,
                (y, planes, at) -> {
                    for (int c = 0; c < planes.length; c++) {
                        int to = c * answer.area() + y * answer.width();
                        System.arraycopy(planes[c], at, answer.values(), to, answer.width());
                    }
                },
                Progress.unheard(),
                new Stop());
        return answer;
    }

    /** Slopes, edges and grain, neither black nor white. */
    private static Mat drawn(int width, int height) {
        Mat picture = new Mat(height, width, CV_8UC3);
        byte[] row = new byte[3 * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int grain = (x * 7 + y * 13 + x * y) % 17;
                int edge = (x / 24 + y / 40) % 2 * 60;
                row[3 * x] = (byte) (20 + 120 * x / width + edge + grain);
                row[3 * x + 1] = (byte) (30 + 100 * y / height + edge + grain);
                row[3 * x + 2] = (byte) (40 + 60 * (x + y) / (width + height) + edge + grain);
            }
            try (BytePointer pointer = picture.ptr(y)) {
                pointer.put(row);
            }
        }
        return picture;
    }

    /** A few strokes of damage. */
    private static Mat marked(int width, int height) {
        Mat mask = new Mat(height, width, CV_8UC1);
        byte[] row = new byte[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                row[x] = (byte) ((x + 2 * y) % 61 < 3 ? 255 : 0);
            }
            try (BytePointer pointer = mask.ptr(y)) {
                pointer.put(row);
            }
        }
        return mask;
    }
}
