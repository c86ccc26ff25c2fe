package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_dnn.blobFromImage;
import static org.bytedeco.opencv.global.opencv_dnn.readNetFromONNX;

import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * Runs the network that tells damage from a photo's own pixels, tile by tile. Tiles overlap by more than the network sees
 * of its surroundings that matters, so no seam shows, and the memory of a picture is that of one tile.
 */
final class DamageNetwork {
    private static final String MODEL = "/models/damage-mask.onnx";
    private static final int TILE = 320;
    private static final int HALO = 32;
    private static final int SIDE = TILE + 2 * HALO;
    private static final double HALF = 127.5;

    private final byte[] model;

    private DamageNetwork(byte[] model) {
        this.model = model;
    }

    /** Reads the model; it is parsed anew for each picture, in milliseconds, because OpenCV's networks keep state. */
    static DamageNetwork load() {
        Natives.load();
        try (InputStream in = Objects.requireNonNull(DamageNetwork.class.getResourceAsStream(MODEL), MODEL)) {
            return new DamageNetwork(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * How sure the network is that a pixel is damage: 0 to 255, of the picture's size.
     *
     * @param luminance brightness of the picture, 8 bits
     * @return the caller's to close
     */
    Mat probabilities(Mat luminance, Stop stop) {
        Mat sure = new Mat(luminance.rows(), luminance.cols(), CV_8UC1);
        try (Net net = readNetFromONNX(model)) {
            for (int top = 0; top < luminance.rows(); top += TILE) {
                for (int left = 0; left < luminance.cols(); left += TILE) {
                    stop.check();
                    try (PointerScope _ = new PointerScope()) {
                        tile(net, luminance, top, left, sure);
                    }
                }
            }
        } catch (RuntimeException e) {
            sure.close();
            throw e;
        }
        return sure;
    }

    private static void tile(Net net, Mat luminance, int top, int left, Mat sure) {
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
        Mat input = blobFromImage(square, 1 / HALF, new Size(SIDE, SIDE), Scalar.all(HALF), false, false, CV_32F);
        net.setInput(input);
        Mat answer = new Mat(SIDE, SIDE, CV_32F, net.forward().data());
        Mat inner = new Mat(answer, new Rect(HALO, HALO, width, height));
        inner.convertTo(new Mat(sure, new Rect(left, top, width, height)), CV_8U, 255, 0);
    }
}
