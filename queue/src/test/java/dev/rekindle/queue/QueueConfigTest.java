package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class QueueConfigTest {

    private static QueueConfig read(Map<String, String> values) {
        Settings settings = Settings.of(values);
        QueueConfig config = QueueConfig.from(settings);
        settings.check();
        return config;
    }

    @Test
    @Tag("Q-01")
    @Tag("Q-11")
    void the_defaults_are_those_of_the_requirements() {
        QueueConfig config = read(Map.of());
        assertThat(config.namespace()).isEmpty();
        assertThat(config.shards()).isEqualTo(1);
        assertThat(config.lanes())
                .containsExactly(
                        new QueueConfig.Lane("forever_tier", new LaneLimits(4, 10, Duration.ofMinutes(2), 5, 100_000)),
                        new QueueConfig.Lane("paid_priority", new LaneLimits(8, 10, Duration.ofMinutes(3), 3, 100_000)),
                        new QueueConfig.Lane("free_tier", new LaneLimits(2, 10, Duration.ofMinutes(5), 3, 100_000)));
        assertThat(config.kinds().keySet()).containsExactly("ai", "image", "video");
        assertThat(config.headStarts())
                .isEqualTo(new QueueConfig.HeadStarts(
                        Duration.ofMinutes(1), Duration.ofMinutes(15), Duration.ofDays(1), Duration.ofDays(1)));
        assertThat(config.leases()).isEqualTo(new QueueConfig.Leases(Duration.ofSeconds(15), Duration.ofSeconds(30)));
        assertThat(config.claims()).isEqualTo(new QueueConfig.Claims(10, 32));
        assertThat(config.sizes()).isEqualTo(new QueueConfig.Sizes(256, 1 << 20, 1 << 20, 1 << 14));
        assertThat(config.results())
                .isEqualTo(new QueueConfig.ResultsLimits(1_000_000, Duration.ofSeconds(20), Duration.ofMillis(5)));
        assertThat(config.workers())
                .isEqualTo(new QueueConfig.WorkerLimits(Duration.ofSeconds(15), Duration.ofMinutes(5)));
        assertThat(config.poll()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.unsafeRedis()).isEqualTo(QueueConfig.UnsafeRedis.REFUSE);
    }

    @Test
    void every_number_has_its_setting() {
        Map<String, String> values = new HashMap<>();
        values.put("queue.namespace", "n");
        values.put("queue.shards", "2");
        values.put("queue.lanes", "gold");
        values.put("queue.lane.gold.active_max", "3");
        values.put("queue.lane.gold.claims_per_second_max", "2");
        values.put("queue.lane.gold.attempt_timeout", "3s");
        values.put("queue.lane.gold.attempts_max", "4");
        values.put("queue.lane.gold.waiting_max", "5");
        values.put("queue.kinds", "sound");
        values.put("queue.expected_run.sound.low", "250ms");
        values.put("queue.expected_run.sound.high", "3s");
        values.put("queue.head_start.normal", "1s");
        values.put("queue.head_start.high", "2s");
        values.put("queue.head_start.urgent", "3s");
        values.put("queue.head_start.retry", "4s");
        values.put("queue.lease", "5s");
        values.put("queue.lease_grace", "6s");
        values.put("queue.lower_lane_every", "7");
        values.put("queue.look_ahead_max", "8");
        values.put("queue.batch_max", "9");
        values.put("queue.payload_bytes_max", "10");
        values.put("queue.report_bytes_max", "11");
        values.put("queue.progress_bytes_max", "12");
        values.put("queue.results_backlog_max", "13");
        values.put("queue.results_redeliver_after", "14s");
        values.put("queue.results_gather", "15ms");
        values.put("queue.worker_failed_after", "16s");
        values.put("queue.worker_forgotten_after", "17s");
        values.put("queue.poll", "18ms");
        values.put("queue.unsafe_redis", "warn");
        assertThat(read(values))
                .isEqualTo(new QueueConfig(
                        "n",
                        2,
                        List.of(new QueueConfig.Lane("gold", new LaneLimits(3, 2, Duration.ofSeconds(3), 4, 5))),
                        Map.of("sound", new QueueConfig.ExpectedRun(Duration.ofMillis(250), Duration.ofSeconds(3))),
                        new QueueConfig.HeadStarts(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4)),
                        new QueueConfig.Leases(Duration.ofSeconds(5), Duration.ofSeconds(6)),
                        new QueueConfig.Claims(7, 8),
                        new QueueConfig.Sizes(9, 10, 11, 12),
                        new QueueConfig.ResultsLimits(13, Duration.ofSeconds(14), Duration.ofMillis(15)),
                        new QueueConfig.WorkerLimits(Duration.ofSeconds(16), Duration.ofSeconds(17)),
                        Duration.ofMillis(18),
                        QueueConfig.UnsafeRedis.WARN));
    }

    @Test
    void caps_too_small_for_the_shards_are_told_by_name() {
        assertThatThrownBy(
                        () -> read(Map.of("queue.shards", "3", "queue.lane.paid_priority.claims_per_second_max", "1")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining(
                        "queue.lane.free_tier.active_max (REKINDLE_QUEUE_LANE_FREE_TIER_ACTIVE_MAX) is 2; expected 0 or at"
                                + " least 3, one for each shard (queue.shards).")
                .hasMessageContaining("queue.lane.paid_priority.claims_per_second_max")
                .hasMessageContaining("is 1; expected 0 or at least 3");
        assertThatThrownBy(() -> read(Map.of("queue.shards", "17"))).hasMessageContaining("queue.shards");
    }

    @Test
    void bad_names_are_told_by_name() {
        assertThatThrownBy(
                        () -> read(Map.of("queue.lanes", "Gold,paid", "queue.namespace", "a b", "queue.kinds", "a,a")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("has \"Gold\"; expected a small letter")
                .hasMessageContaining("is \"a b\"; expected at most 64 letters")
                .hasMessageContaining("is [a, a]; expected 1 to 16 different names");
    }

    @Test
    void what_a_run_is_expected_to_take_is_told_for_each_kind_and_begins_no_later_than_it_ends() {
        QueueConfig config = read(Map.of());
        assertThat(config.expectedRun("image"))
                .isEqualTo(new QueueConfig.ExpectedRun(Duration.ofMillis(200), Duration.ofSeconds(2)));
        assertThat(config.expectedRun("ai").low()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(config.expectedRun("none").high()).isEqualTo(Duration.ofMinutes(1));
        assertThatThrownBy(() -> read(Map.of("queue.expected_run.image.low", "3s")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("queue.expected_run.image.low")
                .hasMessageContaining("is 3s; expected no more than high, which is 2s");
    }
}
