package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-04")
class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final CircuitBreaker breaker = new CircuitBreaker(3, Duration.ofSeconds(10), now::get);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.enter()).isTrue();
            breaker.failed();
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void failures_in_a_row_open_it_and_a_success_between_starts_the_count_anew() {
        fail(2);
        assertThat(breaker.enter()).isTrue();
        breaker.succeeded();
        fail(2);
        assertThat(breaker.lets()).isTrue();
        fail(1);
        assertThat(breaker.lets()).isFalse();
        assertThat(breaker.enter()).isFalse();
    }

    @Test
    void after_a_while_one_trial_is_let_in_and_its_success_closes_it() {
        fail(3);
        pass(Duration.ofSeconds(9));
        assertThat(breaker.enter()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.enter()).as("a second trial beside the first").isFalse();
        breaker.succeeded();
        assertThat(breaker.enter()).isTrue();
        assertThat(breaker.enter()).isTrue();
    }

    @Test
    void a_trial_that_fails_opens_it_for_as_long_again() {
        fail(3);
        pass(Duration.ofSeconds(10));
        fail(1);
        assertThat(breaker.lets()).isFalse();
        pass(Duration.ofSeconds(10));
        assertThat(breaker.lets()).isTrue();
    }

    @Test
    void a_trial_that_tells_nothing_makes_room_for_the_next() {
        fail(3);
        pass(Duration.ofSeconds(10));
        assertThat(breaker.enter()).isTrue();
        breaker.left();
        assertThat(breaker.enter()).isTrue();
    }

    @Test
    void what_will_fail_again_opens_it_at_once() {
        assertThat(breaker.enter()).isTrue();
        breaker.trip();
        assertThat(breaker.lets()).isFalse();
    }
}
