package dev.rekindle.processing.engine.onnx;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an operator's own models lie and how far they are trusted.
 *
 * @param folder with a manifest and a file for each model; empty: there are none
 * @param libraries below which ONNX Runtime's native libraries are unpacked, once for all workers of this user
 * @param modelBytesMax of one model's file
 * @param memoryShare of a worker's memory that all its models may take together
 * @param circuit when work goes elsewhere
 */
public record OnnxConfig(Path folder, Path libraries, long modelBytesMax, double memoryShare, CircuitRule circuit) {

    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(3, 600, 300, 900);

    public static OnnxConfig from(Settings settings) {
        Settings onnx = settings.under("onnx");
        Path folder = onnx.path("folder", Path.of(""));
        if (!folder.toString().isEmpty() && !Files.isDirectory(folder)) {
            onnx.problem("folder", "is \"" + folder + "\"; expected a folder with models.");
        }
        return new OnnxConfig(
                folder,
                onnx.path("libraries", Path.of(System.getProperty("user.home"), ".cache", "rekindle")),
                onnx.number("model_bytes_max", 4L << 30, 1, 1L << 36),
                onnx.fraction("memory_share", 0.5, 0.01, 0.9),
                CircuitRule.from(onnx, CIRCUIT));
    }

    /** True if there is a folder to look for models in. */
    boolean isConfigured() {
        return !folder.toString().isEmpty();
    }
}
