package dev.rekindle.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("OPS-05")
class SettingsTest {
    private enum Colour {
        GREY,
        SEPIA
    }

    @TempDir
    Path folder;

    @Test
    void the_environment_wins_over_the_file_and_the_file_over_the_default() throws Exception {
        Path file = Files.writeString(folder.resolve("rekindle.conf"), "jobs { port = 1, host = file, tone = sepia }");
        Settings settings = Settings.load(Map.of("REKINDLE_JOBS_PORT", "2", "PATH", "/bin"), file);
        assertThat(settings.under("jobs").number("port", 3, 0, 9)).isEqualTo(2);
        assertThat(settings.under("jobs").text("host", "default")).isEqualTo("file");
        assertThat(settings.under("jobs").choice("tone", Colour.GREY)).isEqualTo(Colour.SEPIA);
        assertThat(settings.under("jobs").duration("wait", Duration.ofSeconds(5), Duration.ZERO, Duration.ofDays(1)))
                .isEqualTo(Duration.ofSeconds(5));
        settings.check();
    }

    @Test
    void every_bad_value_is_told_at_once_with_what_was_expected() {
        Settings settings = Settings.load(Map.of(
                "REKINDLE_PORT", "high",
                "REKINDLE_WAIT", "5 minutes",
                "REKINDLE_TONE", "green",
                "REKINDLE_SHARE", "NaN",
                "REKINDLE_ON", "yes"));
        settings.number("port", 1, 0, 65535);
        settings.duration("wait", Duration.ofSeconds(1), Duration.ZERO, Duration.ofHours(1));
        settings.choice("tone", Colour.GREY);
        settings.fraction("share", 0.5, 0, 1);
        settings.flag("on", true);
        settings.text("url");
        assertThatThrownBy(settings::check)
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("port (REKINDLE_PORT) is \"high\"; expected a whole number from 0 to 65535.")
                .hasMessageContaining("wait (REKINDLE_WAIT) is \"5 minutes\"; expected a duration from 0s to 1h.")
                .hasMessageContaining("expected one of grey, sepia.")
                .hasMessageContaining("share (REKINDLE_SHARE) is \"NaN\"; expected a number from 0.0 to 1.0.")
                .hasMessageContaining("on (REKINDLE_ON) is \"yes\"; expected true or false.")
                .hasMessageContaining("url (REKINDLE_URL) is missing");
    }

    @Test
    void a_setting_nobody_asked_for_is_a_mistake_in_spelling() {
        Settings settings = Settings.load(Map.of("REKINDLE_PROT", "8080"));
        settings.number("port", 1, 0, 65535);
        assertThatThrownBy(settings::check).hasMessage("The variable REKINDLE_PROT is not a setting of this process.");
    }

    @Test
    void secrets_do_not_show_themselves() {
        Settings settings = Settings.load(Map.of("REKINDLE_KEY", "swordfish"));
        Secret secret = settings.secret("key", "");
        assertThat(secret).hasToString("***");
        assertThat(secret.reveal()).isEqualTo("swordfish");
    }

    @Test
    void a_file_that_is_not_there_or_not_readable_is_told() throws Exception {
        assertThatThrownBy(() -> Settings.load(Map.of("REKINDLE_CONFIG", "/nowhere.conf")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("/nowhere.conf cannot be read");
        Path broken = Files.writeString(folder.resolve("broken.conf"), "jobs { port = ");
        assertThatThrownBy(() -> Settings.load(Map.of(), broken)).hasMessageContaining("is not valid");
    }

    @Test
    void durations_are_read_back_as_they_are_shown() {
        for (String text : new String[] {"0s", "250ms", "30s", "5m", "12h", "7d", "90s"}) {
            assertThat(Durations.show(Durations.parse(text))).isEqualTo(text);
        }
    }
}
