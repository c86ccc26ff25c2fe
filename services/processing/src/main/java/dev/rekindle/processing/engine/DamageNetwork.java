package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_dnn.blobFromImage;

import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * Runs the networks that tell damage from a photo's own pixels, tile by tile. Tiles overlap by more than the network sees
 * of its surroundings that matters, so no seam shows, and the memory of a picture is that of one tile. Each tile is looked at
 * in four ways, as it is, mirrored twice and turned over its diagonal, by two networks in turn, of which one learned from cracks,
 * too: damage looks like damage in all of them, while what only resembles it seldom does.
 */
final class DamageNetwork {
    private static final int TILE = 320;
    private static final int HALO = 32;
    private static final int SIDE = TILE + 2 * HALO;
    private static final double HALF = 127.5;
    /** Where nothing looks like damage by that much at the first look, no second is taken. */
    private static final double SUSPECT = 0.3;

    private static final int LEFT_RIGHT = 1;
    private static final int UPSIDE_DOWN = 0;

    private final List<ShippedModel> models;

    private DamageNetwork(List<ShippedModel> models) {
        this.models = models;
    }

    /** Reads the models. */
    static DamageNetwork load() {
        return new DamageNetwork(List.of(ShippedModel.read("damage-mask"), ShippedModel.read("damage-mask-cracks")));
    }

    /**
     * How sure the networks are that a pixel is damage: 0 to 255, of the picture's size.
     *
     * @param luminance brightness of the picture, 8 bits
     * @return the caller's to close
     */
    Mat probabilities(Mat luminance, Stop stop) {
        Mat sure = new Mat(luminance.rows(), luminance.cols(), CV_8UC1);
        try (Net scratches = models.getFirst().open();
                Net cracks = models.getLast().open()) {
            List<Look> looks = List.of(
                    new Look(scratches, Mat::copyTo),
                    new Look(cracks, (from, to) -> flip(from, to, UPSIDE_DOWN)),
                    new Look(scratches, (from, to) -> flip(from, to, LEFT_RIGHT)),
                    new Look(cracks, opencv_core::transpose));
            for (int top = 0; top < luminance.rows(); top += TILE) {
                for (int left = 0; left < luminance.cols(); left += TILE) {
                    stop.check();
                    try (PointerScope _ = new PointerScope()) {
                        tile(looks, luminance, top, left, sure, stop);
                    }
                }
            }
        } catch (RuntimeException e) {
            sure.close();
            throw e;
        }
        return sure;
    }

    private static void tile(List<Look> looks, Mat luminance, int top, int left, Mat sure, Stop stop) {
        int height = Math.min(TILE, luminance.rows() - top);
        int width = Math.min(TILE, luminance.cols() - left);
        int above = Math.min(HALO, top);
        int before = Math.min(HALO, left);
        int below = Math.min(HALO, luminance.rows() - top - height);
        int after = Math.min(HALO, luminance.cols() - left - width);
        Mat seen = new Mat(
                luminance, new Rect(left - before, top - above, before + width + after, above + height + below));
        Mat square = new Mat();
        copyMakeBorder(
                seen,
                square,
                HALO - above,
                SIDE - (HALO + height + below),
                HALO - before,
                SIDE - (HALO + width + after),
                BORDER_REPLICATE);
        Mat inner = new Mat(mean(looks, square, stop), new Rect(HALO, HALO, width, height));
        inner.convertTo(new Mat(sure, new Rect(left, top, width, height)), CV_8U, 255, 0);
    }

    /** How to look at a square; what is seen is turned back the same way. */
    @FunctionalInterface
    private interface View {
        void turn(Mat from, Mat to);
    }

    /** Who looks at a square, and how. */
    private record Look(Net net, View view) {

        Mat seen(Mat square) {
            Mat turned = new Mat();
            view.turn(square, turned);
            Mat input = blobFromImage(turned, 1 / HALF, new Size(SIDE, SIDE), Scalar.all(HALF), false, false, CV_32F);
            net.setInput(input);
            Mat seen = new Mat();
            view.turn(new Mat(SIDE, SIDE, CV_32F, net.forward().data()), seen);
            return seen;
        }
    }

    private static Mat mean(List<Look> looks, Mat square, Stop stop) {
        Mat mean = looks.getFirst().seen(square);
        if (norm(mean, NORM_INF, new Mat()) < SUSPECT) {
            return mean;
        }
        for (Look look : looks.subList(1, looks.size())) {
            stop.check();
            add(mean, look.seen(square), mean);
        }
        mean.convertTo(mean, CV_32F, 1.0 / looks.size(), 0);
        return mean;
    }
}
