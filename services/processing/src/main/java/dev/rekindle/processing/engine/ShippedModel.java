package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_dnn.readNetFromONNX;

import dev.rekindle.processing.picture.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.bytedeco.opencv.opencv_dnn.Net;

/** A network of ours that ships with the program; {@code training/} makes them. */
final class ShippedModel {
    private final byte[] bytes;

    private ShippedModel(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads a model by its name. Loads OpenCV. */
    static ShippedModel read(String name) {
        Natives.load();
        String resource = "/models/" + name + ".onnx";
        try (InputStream in = Objects.requireNonNull(ShippedModel.class.getResourceAsStream(resource), resource)) {
            return new ShippedModel(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The network, parsed anew in milliseconds, because OpenCV's networks keep state. The caller closes it. */
    Net open() {
        return readNetFromONNX(bytes);
    }
}
