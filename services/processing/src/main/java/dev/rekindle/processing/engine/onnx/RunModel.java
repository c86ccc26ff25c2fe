package dev.rekindle.processing.engine.onnx;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REFLECT_101;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;

import dev.rekindle.processing.engine.onnx.TileAxis.Piece;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model over a picture of any size: in overlapping pieces that are faded into each other, so that no seam shows.
 * Only the rows that a row of pieces covers are held.
 */
final class RunModel {
    private final Model model;
    private final Manifest manifest;
    private final Manifest.@Nullable Tile tile;

    /** Hears the rows of the answer from the top down. */
    @FunctionalInterface
    interface Rows {
        /**
         * One row.
         *
         * @param planes of the band that has the row
         * @param at where the row begins in each plane
         */
        void row(int y, float[][] planes, int at);
    }

    RunModel(Model model) {
        this(model, model.manifest().tile());
    }

    /** Cuts otherwise than the manifest says; null: not at all. */
    RunModel(Model model, Manifest.@Nullable Tile tile) {
        this.model = model;
        this.manifest = model.manifest();
        this.tile = tile;
    }

    /**
     * Runs.
     *
     * @param bgr the picture
     * @param mask of its damage, for models that are shown one
     * @throws ModelProblem if the model fails
     */
    void over(Mat bgr, @Nullable Mat mask, Rows rows, Progress progress, Stop stop) {
        Allowance allowance = model.allowance();
        Manifest.Size size = manifest.size();
        int scale = manifest.output().scale();
        List<Piece> across = TileAxis.cut(bgr.cols(), tile, size.width(), size.multipleOf());
        List<Piece> down = TileAxis.cut(bgr.rows(), tile, size.height(), size.multipleOf());
        Band band = new Band(
                manifest.output().planes(manifest.input().channels()),
                down.stream().mapToInt(piece -> piece.to() - piece.from()).max().orElse(0) * scale,
                bgr.cols() * scale);
        int done = 0;
        for (Piece vertical : down) {
            for (Piece horizontal : across) {
                stop.check();
                allowance.check();
                Planes shown;
                try (PointerScope _ = new PointerScope()) {
                    Mat part = part(bgr, horizontal, vertical);
                    shown = Pixels.shown(manifest, part, mask == null ? null : part(mask, horizontal, vertical));
                }
                Planes answer = Pixels.meant(manifest, model.run(shown, allowance, stop));
                band.add(answer, horizontal, vertical, scale);
                done++;
                progress.at((double) done / (across.size() * down.size()));
            }
            band.tell((vertical.to() - vertical.fadeOut()) * scale, rows);
        }
    }

    /** What the model is shown for a piece; what lies beyond the picture is mirrored. */
    private static Mat part(Mat whole, Piece horizontal, Piece vertical) {
        int right = Math.min(whole.cols(), horizontal.begin() + horizontal.length());
        int bottom = Math.min(whole.rows(), vertical.begin() + vertical.length());
        Mat inside = new Mat(
                whole,
                new Rect(horizontal.begin(), vertical.begin(), right - horizontal.begin(), bottom - vertical.begin()));
        Mat part = new Mat();
        copyMakeBorder(
                inside,
                part,
                0,
                vertical.length() - inside.rows(),
                0,
                horizontal.length() - inside.cols(),
                BORDER_REFLECT_101);
        return part;
    }

    /** The rows of the answer that are being put together. */
    private static final class Band {
        private final float[][] planes;
        private final int width;
        private int top;

        Band(int channels, int height, int width) {
            planes = new float[channels][height * width];
            this.width = width;
        }

        void add(Planes answer, Piece horizontal, Piece vertical, int scale) {
            int left = horizontal.begin() * scale;
            int above = vertical.begin() * scale;
            for (int y = vertical.from() * scale; y < vertical.to() * scale; y++) {
                float down = vertical.weight(y, scale);
                int source = (y - above) * answer.width() - left;
                int target = (y - top) * width;
                for (int x = horizontal.from() * scale; x < horizontal.to() * scale; x++) {
                    float weight = down * horizontal.weight(x, scale);
                    for (int c = 0; c < planes.length; c++) {
                        planes[c][target + x] += weight * answer.values()[c * answer.area() + source + x];
                    }
                }
            }
        }

        /** Tells the rows up to that one, which no other piece adds to, and moves up what is left. */
        void tell(int end, Rows rows) {
            for (int y = top; y < end; y++) {
                rows.row(y, planes, (y - top) * width);
            }
            for (float[] plane : planes) {
                int told = (end - top) * width;
                System.arraycopy(plane, told, plane, 0, plane.length - told);
                Arrays.fill(plane, plane.length - told, plane.length, 0);
            }
            top = end;
        }
    }
}
