package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-01")
class WorkerConfigTest {
    private static WorkerConfig read(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "redis.url", "redis://127.0.0.1:6379",
                "blobs.endpoint", "http://127.0.0.1:9000",
                "blobs.bucket", "b",
                "blobs.access_key", "a",
                "blobs.secret_key", "s"));
        all.putAll(settings);
        Settings from = Settings.of(all);
        WorkerConfig config = WorkerConfig.from(from);
        from.check();
        return config;
    }

    @Test
    void a_job_in_the_cloud_is_looked_at_before_it_seems_to_stand_still() {
        Map<String, String> cloud = Map.of("runpod.key", "k", "runpod.endpoint", "ep");
        assertThat(read(cloud).times().stalledAfter()).isEqualTo(Duration.ofMinutes(1));
        Map<String, String> rare = new HashMap<>(cloud);
        rare.put("runpod.poll_max", "31s");
        assertThatThrownBy(() -> read(rare))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("runpod.poll_max")
                .hasMessageContaining("30000ms");
        rare.put("worker.stalled_after", "2m");
        assertThat(read(rare).engines().clouds().getFirst().times().pollMax()).isEqualTo(Duration.ofSeconds(31));
        assertThat(read(Map.of("runpod.poll_max", "10m")).engines().clouds())
                .as("nothing is done there")
                .noneMatch(one -> one.isConfigured());
    }
}
