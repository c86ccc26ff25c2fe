package dev.rekindle.platform.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitBreaker.State;
import dev.rekindle.platform.circuit.CircuitBreaker.Verdict;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("OPS-08")
class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final CircuitBreaker breaker = of(CircuitRule.ofSeconds(3, 30, 60, 15));

    private CircuitBreaker of(CircuitRule rule) {
        return new CircuitBreaker("store", rule, now::get);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.enter().tell(Verdict.FAILS);
        }
    }

    private void succeed(int times) {
        for (int i = 0; i < times; i++) {
            breaker.enter().tell(Verdict.WORKS);
        }
    }

    private void pass(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void so_many_failures_within_the_time_open_it_and_calls_are_told_when_to_come_back() {
        fail(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        pass(20);
        assertThat(breaker.lets()).isFalse();
        assertThatThrownBy(breaker::enter)
                .isInstanceOfSatisfying(
                        CircuitOpen.class, open -> assertThat(open.retryAfter()).isEqualTo(Duration.ofSeconds(40)));
    }

    @Test
    void failures_further_apart_than_the_time_do_not_open_it() {
        for (int i = 0; i < 10; i++) {
            fail(1);
            pass(16);
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(1);
        pass(14);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void a_few_failures_among_many_successes_do_not_open_it_and_half_of_the_newest_calls_do() {
        for (int i = 0; i < 10; i++) {
            fail(1);
            succeed(2);
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        succeed(1_000);
        fail(1);
        succeed(1);
        fail(1);
        succeed(1);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void after_its_rest_one_trial_at_a_time_is_let_in_and_its_success_closes_it() {
        fail(3);
        pass(60);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        CircuitBreaker.Pass trial = breaker.enter();
        assertThat(breaker.lets()).as("a second trial beside the first").isFalse();
        trial.tell(Verdict.WORKS);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(2);
        assertThat(breaker.state())
                .as("failures of before do not count any more")
                .isEqualTo(State.CLOSED);
    }

    @Test
    void a_trial_that_fails_opens_it_for_as_long_again() {
        fail(3);
        pass(60);
        fail(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        pass(59);
        assertThat(breaker.lets()).isFalse();
        pass(1);
        assertThat(breaker.lets()).isTrue();
    }

    @Test
    void a_trial_that_tells_nothing_makes_room_for_the_next_at_once_or_after_a_while() {
        fail(3);
        pass(60);
        breaker.enter().tell(Verdict.SAYS_NOTHING);
        CircuitBreaker.Pass lost = breaker.enter();
        pass(14);
        assertThat(breaker.lets()).isFalse();
        pass(1);
        breaker.enter().tell(Verdict.WORKS);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        lost.tell(Verdict.FAILS);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void a_call_of_before_it_opened_does_not_close_it() {
        CircuitBreaker.Pass slow = breaker.enter();
        fail(3);
        slow.tell(Verdict.WORKS);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        pass(60);
        CircuitBreaker.Pass trial = breaker.enter();
        slow.tell(Verdict.SAYS_NOTHING);
        assertThat(breaker.lets()).as("the trial is still under way").isFalse();
        trial.tell(Verdict.FAILS);
    }

    @Test
    void what_will_fail_again_opens_it_at_once() {
        breaker.enter().trip();
        assertThat(breaker.lets()).isFalse();
    }

    @Test
    void one_of_no_failures_never_opens() {
        CircuitBreaker never = of(CircuitRule.ofSeconds(3, 30, 60, 15).neverOpen());
        for (int i = 0; i < 100; i++) {
            never.enter().tell(Verdict.FAILS);
        }
        assertThat(never.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void a_question_beside_the_callers_finds_that_it_is_back_long_before_its_rest_is_over() throws Exception {
        CircuitBreaker fast = of(new CircuitRule(1, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofMillis(5)));
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch back = new CountDownLatch(3);
        HealthCheck.Check question = () -> {
            asked.incrementAndGet();
            back.countDown();
            if (back.getCount() > 0) {
                throw new IllegalStateException("still away");
            }
        };
        try (Loop loop = fast.testing(question)) {
            assertThat(asked).as("nobody is asked while all is well").hasValue(0);
            fast.enter().tell(Verdict.FAILS);
            assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
            while (fast.state() == State.OPEN) {
                loop.wake();
                Thread.onSpinWait();
            }
        }
        assertThat(fast.state()).isEqualTo(State.HALF_OPEN);
        assertThat(fast.lets()).isTrue();
    }

    @Test
    void its_state_is_a_metric_and_part_of_health() throws Exception {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        breaker.bindTo(metrics);
        AtomicInteger asked = new AtomicInteger();
        HealthCheck check = breaker.over(HealthCheck.of("store", asked::incrementAndGet));
        Health service = new Health(List.of(HealthCheck.of("rest", () -> {}), check.optional()));
        assertThat(service.report())
                .satisfies(report -> assertThat(report.degraded()).isFalse());
        fail(3);
        assertThatThrownBy(breaker::requireLets).isInstanceOf(CircuitOpen.class);
        assertThat(metrics.get("circuit_breaker_state")
                        .tag("dependency", "store")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(metrics.get("circuit_breaker_opened_total").functionCounter().count())
                .isEqualTo(1);
        assertThat(metrics.get("circuit_breaker_refused_total")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        Health.Report report = service.report();
        assertThat(report.ready()).isTrue();
        assertThat(report.degraded()).isTrue();
        assertThat(report.checks()).containsEntry("rest", "ok").containsEntry("store", "circuit open");
        assertThat(asked).as("what is left alone is not asked").hasValue(1);
        assertThat(new Health(List.of(check)).report().ready()).isFalse();
    }
}
