package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * Runs the network that tells damage from a photo's own pixels, tile by tile. Tiles overlap by more than the network sees
 * of its surroundings that matters, so no seam shows, and the memory of a picture is that of one tile.
 */
final class DamageNetwork {
    private static final String MODEL = "/models/damage-mask.onnx";
    private static final int TILE = 320;
    private static final int HALO = 32;
    private static final int SIDE = TILE + 2 * HALO;
    private static final int THREADS_MAX = 2;
    private static final double HALF = 127.5;

    private final OrtEnvironment environment;
    private final OrtSession session;

    private DamageNetwork(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    /**
     * Loads the model, once a process; it is never closed.
     *
     * @throws LinkageError where ONNX Runtime has no library for this machine
     */
    static DamageNetwork load() {
        Natives.load();
        Natives.loadOnnx();
        try (InputStream in = Objects.requireNonNull(DamageNetwork.class.getResourceAsStream(MODEL), MODEL);
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(
                    Math.clamp(org.bytedeco.opencv.global.opencv_core.getNumThreads(), 1, THREADS_MAX));
            options.setInterOpNumThreads(1);
            // An arena would keep the memory of the largest picture until the process ends.
            options.setCPUArenaAllocator(false);
            // Threads that wait busily would take their core from the other jobs of the worker.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            return new DamageNetwork(environment, environment.createSession(in.readAllBytes(), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException("the model " + MODEL + " does not load", e);
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
        FloatBuffer input = ByteBuffer.allocateDirect(Float.BYTES * SIDE * SIDE)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int top = 0; top < luminance.rows(); top += TILE) {
            for (int left = 0; left < luminance.cols(); left += TILE) {
                stop.check();
                try (PointerScope _ = new PointerScope()) {
                    tile(luminance, top, left, input, sure);
                }
            }
        }
        return sure;
    }

    private void tile(Mat luminance, int top, int left, FloatBuffer input, Mat sure) {
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
        square.convertTo(new Mat(SIDE, SIDE, CV_32F, new FloatPointer(input)), CV_32F, 1 / HALF, -1);
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, new long[] {1, 1, SIDE, SIDE});
                OrtSession.Result result = session.run(Map.of("picture", tensor))) {
            FloatBuffer damage = ((OnnxTensor) result.get(0)).getFloatBuffer();
            Mat answer = new Mat(SIDE, SIDE, CV_32F, new FloatPointer(damage));
            Mat inner = new Mat(answer, new Rect(HALO, HALO, width, height));
            inner.convertTo(new Mat(sure, new Rect(left, top, width, height)), CV_8U, 255, 0);
        } catch (OrtException e) {
            throw new IllegalStateException("the network for damage failed", e);
        }
    }
}
