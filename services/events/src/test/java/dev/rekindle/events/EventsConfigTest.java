package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("OPS-05")
class EventsConfigTest {
    private static final Map<String, String> NEEDED =
            Map.of("database.url", "jdbc:postgresql://db/rekindle", "redis.url", "redis://redis:6379");

    @Test
    void defaults() {
        Settings settings = Settings.of(NEEDED);
        EventsConfig config = EventsConfig.from(settings);
        settings.check();
        assertThat(config.database().schema()).isEqualTo("events");
        assertThat(config.history()).isEqualTo(new EventsConfig.History(Duration.ofDays(30), 3));
        assertThat(config.tail()).isEqualTo(new EventsConfig.Tail(Duration.ofSeconds(1), 500, "rekindle.events"));
        assertThat(config.subscriptions())
                .isEqualTo(new EventsConfig.Subscriptions(
                        20_000, 50, 256, Duration.ofSeconds(15), Duration.ofSeconds(30)));
    }

    @Test
    void each_setting_reaches_its_place() {
        Settings settings = Settings.of(Map.ofEntries(
                Map.entry("database.url", "jdbc:postgresql://db/rekindle"),
                Map.entry("redis.url", "redis://redis:6379"),
                Map.entry("history.retention", "7d"),
                Map.entry("history.days_ahead", "5"),
                Map.entry("tail.poll", "250ms"),
                Map.entry("tail.batch_max", "50"),
                Map.entry("tail.channel_prefix", "mine"),
                Map.entry("subscriptions.count_max", "11"),
                Map.entry("subscriptions.per_user_max", "12"),
                Map.entry("subscriptions.buffer_max", "13"),
                Map.entry("subscriptions.keep_alive", "14s"),
                Map.entry("subscriptions.stall_max", "15s")));
        EventsConfig config = EventsConfig.from(settings);
        settings.check();
        assertThat(config.history()).isEqualTo(new EventsConfig.History(Duration.ofDays(7), 5));
        assertThat(config.tail()).isEqualTo(new EventsConfig.Tail(Duration.ofMillis(250), 50, "mine"));
        assertThat(config.subscriptions())
                .isEqualTo(new EventsConfig.Subscriptions(11, 12, 13, Duration.ofSeconds(14), Duration.ofSeconds(15)));
    }

    @Test
    void bad_values_are_told_together() {
        Settings settings = Settings.of(
                Map.of("redis.url", "redis://redis:6379", "history.retention", "1h", "subscriptions.buffer_max", "0"));
        EventsConfig.from(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("database.url")
                .hasMessageContaining("history.retention")
                .hasMessageContaining("subscriptions.buffer_max");
    }
}
