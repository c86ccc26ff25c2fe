package dev.rekindle.events.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("OPS-05")
@Tag("EV-06")
class NotificationsConfigTest {
    private final VapidKeys.Pair keys = VapidKeys.generate();

    private static NotificationsConfig read(Map<String, String> values) {
        Settings settings = Settings.of(values);
        NotificationsConfig config = NotificationsConfig.from(settings);
        settings.check();
        return config;
    }

    private Map<String, String> push(String... more) {
        Map<String, String> values = new HashMap<>(Map.of(
                "push.public_key", keys.publicKey(),
                "push.private_key", keys.privateKey(),
                "push.subject", "mailto:ops@example.com"));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return values;
    }

    @Test
    void without_keys_and_without_a_server_both_ways_are_off() {
        NotificationsConfig config = read(Map.of());
        assertThat(config.push().isOn()).isFalse();
        assertThat(config.email().isOn()).isFalse();
        assertThat(config.page("/jobs/1")).isEqualTo(URI.create("http://localhost:8080/jobs/1"));
    }

    @Test
    void each_setting_reaches_its_place_and_secrets_do_not_show() {
        NotificationsConfig config = read(push(
                "push.life", "2h",
                "push.per_user_max", "3",
                "public_url", "https://photos.example.com",
                "email.host", "mail.example.com",
                "email.port", "465",
                "email.security", "tls",
                "email.user", "rekindle",
                "email.password", "open sesame",
                "email.from", "Rekindle <photos@example.com>",
                "email.connect_max", "2s",
                "email.answer_max", "3s",
                "email.connections_max", "7",
                "email.confirmations_max", "9"));
        assertThat(config.push().life()).isEqualTo(Duration.ofHours(2));
        assertThat(config.push().perUserMax()).isEqualTo(3);
        assertThat(config.email().server().port()).isEqualTo(465);
        assertThat(config.email().server().security()).isEqualTo(NotificationsConfig.Security.TLS);
        assertThat(config.email().server().connectMax()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.email().server().answerMax()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.email().connectionsMax()).isEqualTo(7);
        assertThat(config.email().confirmationsMax()).isEqualTo(9);
        assertThat(config.toString()).doesNotContain("open sesame").doesNotContain(keys.privateKey());
    }

    @Test
    void keys_that_are_no_pair_end_the_start() {
        assertThatThrownBy(
                        () -> read(push("push.private_key", VapidKeys.generate().privateKey())))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("push.private_key")
                .hasMessageContaining("does not belong to push.public_key");
        assertThatThrownBy(() -> read(push("push.private_key", "short"))).hasMessageContaining("no keys of P-256");
        assertThatThrownBy(() -> read(push("push.subject", "ops@example.com"))).hasMessageContaining("push.subject");
    }

    @Test
    void a_password_is_never_sent_in_the_clear_and_a_sender_is_an_address() {
        assertThatThrownBy(() -> read(Map.of(
                        "email.host", "localhost",
                        "email.from", "nobody",
                        "email.security", "none",
                        "email.user", "me",
                        "email.password", "x")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("email.security")
                .hasMessageContaining("email.from");
        assertThatThrownBy(() -> read(Map.of("public_url", "photos"))).hasMessageContaining("public_url");
    }
}
