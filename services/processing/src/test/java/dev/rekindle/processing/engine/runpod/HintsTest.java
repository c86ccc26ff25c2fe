package dev.rekindle.processing.engine.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.processing.pipeline.Stop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits of ten minutes that end because somebody tells. */
@Tag("AI-01")
@Timeout(60)
class HintsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Hints hints = new Hints(new SecureRandom());
    private final Stop stop = new Stop();

    @Test
    void every_token_is_new_and_long() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            try (Hints.Hint hint = hints.expect()) {
                assertThat(hint.token()).matches("[A-Za-z0-9_-]{43}");
                assertThat(tokens.add(hint.token())).isTrue();
            }
        }
        assertThat(hints.none().token()).isEmpty();
    }

    @Test
    void a_hint_ends_the_wait_whether_it_comes_before_or_meanwhile() {
        try (Hints.Hint hint = hints.expect()) {
            hints.tell(hint.token());
            assertThat(hint.await(LONG, stop)).isTrue();
            Thread.ofVirtual().start(() -> hints.tell(hint.token()));
            assertThat(hint.await(LONG, stop)).isTrue();
        }
    }

    @Test
    void many_hints_count_as_one() {
        try (Hints.Hint hint = hints.expect()) {
            for (int i = 0; i < 100; i++) {
                hints.tell(hint.token());
            }
            assertThat(hint.await(LONG, stop)).isTrue();
            assertThat(hint.await(Duration.ofMillis(1), stop)).isFalse();
        }
    }

    @Test
    void hints_for_others_for_nobody_and_for_what_is_over_wake_nobody() {
        Hints.Hint over = hints.expect();
        over.close();
        try (Hints.Hint hint = hints.expect();
                Hints.Hint other = hints.expect();
                Hints.Hint none = hints.none()) {
            hints.tell(other.token());
            hints.tell(over.token());
            hints.tell("");
            hints.tell("no token at all");
            assertThat(hint.await(Duration.ofMillis(1), stop)).isFalse();
            assertThat(none.await(Duration.ofMillis(1), stop)).isFalse();
            assertThat(over.await(Duration.ofMillis(1), stop)).isFalse();
            assertThat(other.await(LONG, stop)).isTrue();
        }
    }

    @Test
    void work_that_is_to_end_does_not_wait() {
        try (Hints.Hint hint = hints.expect();
                Hints.Hint none = hints.none()) {
            Thread.ofVirtual().start(() -> stop.request(Stop.Cause.CANCELLED));
            assertThatThrownBy(() -> hint.await(LONG, stop)).isInstanceOf(Stop.Stopped.class);
            assertThatThrownBy(() -> none.await(LONG, stop)).isInstanceOf(Stop.Stopped.class);
        }
    }
}
