package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class RedisSafetyTest {

    @Test
    void each_danger_is_named_with_what_was_expected() {
        assertThat(RedisSafety.dangers(Map.of("maxmemory_policy", "noeviction"), Map.of("aof_enabled", "1")))
                .isEmpty();
        assertThat(RedisSafety.dangers(Map.of("maxmemory_policy", "volatile-ttl"), Map.of("aof_enabled", "0")))
                .containsExactly(
                        "maxmemory-policy is volatile-ttl; expected noeviction.", "appendonly is no; expected yes.");
        assertThat(RedisSafety.dangers(Map.of(), Map.of())).isEmpty();
    }
}
