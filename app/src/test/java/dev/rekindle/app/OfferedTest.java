package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-06")
class OfferedTest {
    @Test
    void what_the_environment_switches_on_reaches_the_service_and_nothing_else_does() {
        assertThat(Offered.settings(Map.of())).isEmpty();
        assertThat(Offered.settings(Map.of("REKINDLE_ANIMATION_ENABLED", "true", "REKINDLE_RPC_PORT", "1")))
                .containsExactly(Map.entry("animation.enabled", "true"));
    }
}
