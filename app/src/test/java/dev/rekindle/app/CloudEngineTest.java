package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.processing.engine.runpod.RunPodConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-01")
class CloudEngineTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, true",
        "http://192.0.2.7:8080, false",
        "http://localhost:8080, false",
        "http://photos.example.org:8080, false"
    })
    void the_stand_in_tells_a_gateway_on_this_machine_and_workers_take_their_settings(String gateway, boolean tells)
            throws Exception {
        try (Closer closer = new Closer()) {
            Map<String, String> given = CloudEngine.start(
                    Map.of(), true, URI.create(gateway), Secrets.open(folder.resolve("secrets")), closer);
            Settings settings = Settings.of(given);
            RunPodConfig photos = RunPodConfig.all(settings).getFirst();
            settings.check();
            assertThat(photos.isConfigured()).isTrue();
            assertThat(photos.wantsHints()).isEqualTo(tells);
            assertThat(photos.webhook()).isEqualTo(tells ? gateway + "/v1/webhooks/runpod" : "");
        }
    }

    @Test
    void without_a_stand_in_the_environment_decides() throws Exception {
        Map<String, String> environment = Map.of(
                "REKINDLE_RUNPOD_KEY", "k",
                "REKINDLE_RUNPOD_ENDPOINT", "ep",
                "REKINDLE_RUNPOD_WEBHOOK_URL", "https://photos.example.org/v1/webhooks/runpod");
        try (Closer closer = new Closer()) {
            assertThat(CloudEngine.start(
                            environment,
                            false,
                            URI.create("http://127.0.0.1:8080"),
                            Secrets.open(folder.resolve("secrets")),
                            closer))
                    .containsEntry("runpod_webhook_url", "https://photos.example.org/v1/webhooks/runpod");
        }
    }
}
