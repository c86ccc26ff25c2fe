package dev.rekindle.processing.engine.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-06")
class RunPodConfigTest {
    private static List<RunPodConfig> read(Map<String, String> settings) {
        Settings from = Settings.of(settings);
        List<RunPodConfig> all = RunPodConfig.all(from);
        from.check();
        return all;
    }

    private static List<RunPodConfig.Work> configured(Map<String, String> settings) {
        return read(settings).stream()
                .filter(RunPodConfig::isConfigured)
                .map(RunPodConfig::work)
                .toList();
    }

    @Test
    void each_kind_of_work_is_done_over_there_only_where_it_has_an_endpoint() {
        assertThat(configured(Map.of())).isEmpty();
        assertThat(configured(Map.of("runpod.key", "k", "runpod.endpoint", "ep")))
                .containsExactly(RunPodConfig.Work.PHOTOS);
        assertThat(configured(Map.of("runpod.key", "k", "runpod.composition.endpoint", "ep")))
                .containsExactly(RunPodConfig.Work.COMPOSITION);
        assertThat(configured(
                        Map.of("runpod.key", "k", "runpod.endpoint", "ep", "runpod.animation.endpoint", "wan-2-6-i2v")))
                .containsExactly(RunPodConfig.Work.PHOTOS, RunPodConfig.Work.ANIMATION);
    }

    @Test
    void a_key_without_any_endpoint_and_an_endpoint_without_a_key_are_mistakes() {
        assertThatThrownBy(() -> read(Map.of("runpod.key", "k")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("go together");
        assertThatThrownBy(() -> read(Map.of("runpod.animation.endpoint", "ep")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("go together");
        assertThatThrownBy(() -> read(Map.of("runpod.animation.seconds", "5,long")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://photos.example.org/v1/webhooks/runpod",
                "https://photos.example.org/v1/webhooks/runpod/",
                "http://127.0.0.1:8080/v1/webhooks/runpod"
            })
    @Tag("AI-01")
    void ends_are_told_where_nobody_listens_in(String address) {
        RunPodConfig photos = read(Map.of("runpod.key", "k", "runpod.endpoint", "ep", "runpod.webhook_url", address))
                .getFirst();
        assertThat(photos.wantsHints()).isTrue();
        assertThat(photos.webhook()).endsWith("/v1/webhooks/runpod");
        assertThat(read(Map.of("runpod.key", "k", "runpod.endpoint", "ep"))).noneMatch(RunPodConfig::wantsHints);
        assertThat(read(Map.of("runpod.webhook_url", address))).noneMatch(RunPodConfig::wantsHints);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://photos.example.org/v1/webhooks/runpod",
                "http://localhost:8080/v1/webhooks/runpod",
                "ftp://photos.example.org/",
                "/v1/webhooks/runpod",
                "https://photos.example.org/?to=",
                "https://photos.example.org/#",
                "https://me:secret@photos.example.org/v1",
                "not an address"
            })
    @Tag("AI-01")
    void any_other_address_is_a_mistake(String address) {
        assertThatThrownBy(() -> read(Map.of("runpod.webhook_url", address)))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("runpod.webhook_url");
    }

    @ParameterizedTest
    @CsvSource({"1,5", "5,5", "5.5,10", "10,10", "12,10"})
    void the_shortest_length_that_is_long_enough_is_asked_for(double wanted, int asked) {
        RunPodConfig.Film film = new RunPodConfig.Film(List.of(10, 5), "");
        assertThat(film.secondsFor(wanted)).isEqualTo(asked);
    }
}
