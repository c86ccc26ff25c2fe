package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-07")
class RetryPolicyTest {
    private static final Priority NORMAL = Priority.PRIORITY_NORMAL;

    private static final RetryPauses PAUSES = RetryPauses.from(Settings.of(Map.of()));

    /** Takes nothing off. */
    private static final RandomGenerator FULL = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble() {
            return 0;
        }
    };

    private final RetryPolicy policy = new RetryPolicy(PAUSES, () -> FULL);

    private Duration delay(FailureClass failureClass, int failures) {
        return policy.delay(failureClass, failures, 10, NORMAL, Duration.ZERO).orElseThrow();
    }

    @Test
    void engines_are_waited_for_thirty_then_a_hundred_and_twenty_then_three_hundred_seconds() {
        assertThat(delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 1)).hasSeconds(30);
        assertThat(delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 2)).hasSeconds(120);
        assertThat(delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 3)).hasSeconds(300);
        assertThat(delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 9)).hasSeconds(300);
    }

    @Test
    void passing_trouble_and_short_resources_double_up_to_five_minutes() {
        assertThat(delay(FailureClass.FAILURE_CLASS_TEMPORARY, 1)).hasSeconds(5);
        assertThat(delay(FailureClass.FAILURE_CLASS_TEMPORARY, 3)).hasSeconds(20);
        assertThat(delay(FailureClass.FAILURE_CLASS_RESOURCE, 2)).hasSeconds(20);
        assertThat(delay(FailureClass.FAILURE_CLASS_RESOURCE, 9)).hasSeconds(300);
    }

    @Test
    void what_would_fail_again_is_not_tried_again_and_nothing_beyond_its_attempts() {
        for (FailureClass hopeless : new FailureClass[] {
            FailureClass.FAILURE_CLASS_DATA,
            FailureClass.FAILURE_CLASS_LOGIC,
            FailureClass.FAILURE_CLASS_SECURITY,
            FailureClass.FAILURE_CLASS_CONFIGURATION
        }) {
            assertThat(policy.delay(hopeless, 1, 3, NORMAL, Duration.ZERO)).isEmpty();
        }
        assertThat(policy.delay(FailureClass.FAILURE_CLASS_TEMPORARY, 3, 3, NORMAL, Duration.ZERO))
                .isEmpty();
    }

    @Test
    void higher_priorities_wait_less_and_a_wish_is_never_undercut() {
        assertThat(policy.delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 1, 3, Priority.PRIORITY_HIGH, Duration.ZERO))
                .contains(Duration.ofSeconds(15));
        assertThat(policy.delay(
                        FailureClass.FAILURE_CLASS_DEPENDENCY, 1, 3, Priority.PRIORITY_URGENT, Duration.ofSeconds(60)))
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void chance_takes_off_at_most_a_fifth() {
        Random random = new Random(11);
        RetryPolicy jittery = new RetryPolicy(PAUSES, () -> random);
        for (int i = 0; i < 1000; i++) {
            Duration delay = jittery.delay(FailureClass.FAILURE_CLASS_DEPENDENCY, 1, 3, NORMAL, Duration.ZERO)
                    .orElseThrow();
            assertThat(delay).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        }
    }
}
