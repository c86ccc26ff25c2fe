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
    @CsvSource({"1,5", "5,5", "5.5,10", "10,10", "12,10"})
    void the_shortest_length_that_is_long_enough_is_asked_for(double wanted, int asked) {
        RunPodConfig.Film film = new RunPodConfig.Film(List.of(10, 5), "");
        assertThat(film.secondsFor(wanted)).isEqualTo(asked);
    }
}
