package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("AI-03")
class OwnModelsTest {
    @Test
    void the_folder_among_the_data_is_used_where_it_is_there_and_the_environment_names_no_other(@TempDir Path data) {
        assertThat(OwnModels.settings(Map.of(), data)).containsExactly(Map.entry("onnx.folder", data.toString()));
        assertThat(OwnModels.settings(Map.of(), data.resolve("models"))).isEmpty();
        Map<String, String> environment = Map.of("REKINDLE_ONNX_FOLDER", "/models", "REKINDLE_RUNPOD_KEY", "secret");
        assertThat(OwnModels.settings(environment, data)).containsExactly(Map.entry("onnx_folder", "/models"));
    }
}
