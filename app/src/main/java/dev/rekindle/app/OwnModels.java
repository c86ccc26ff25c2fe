package dev.rekindle.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the workers of one machine are told of an operator's own models: the environment's settings, and where it names no
 * folder, that among the data.
 */
final class OwnModels {
    private OwnModels() {}

    /** The settings of workers. */
    static Map<String, String> settings(Map<String, String> environment, Path folder) {
        Map<String, String> settings = Environment.settings(environment, "ONNX_");
        if (!settings.containsKey("onnx_folder") && Files.isDirectory(folder)) {
            settings.put("onnx.folder", folder.toString());
        }
        return settings;
    }
}
