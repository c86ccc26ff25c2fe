package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-07")
class BudgetsIT {
    private final CreditsRoom room = new CreditsRoom(Map.of("budgets.freshness", "0s"));
    private final UUID account = room.give("anna", 1000).accountId();
    private final AtomicInteger jobs = new AtomicInteger();

    @AfterEach
    void close() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    private void spend(Tier tier, long microUsd) {
        room.recordCost.run(new CostStore.Cost(
                new UUID(7, jobs.incrementAndGet()),
                1,
                account,
                "runpod",
                JobType.JOB_TYPE_RESTORATION,
                tier,
                microUsd,
                room.clock.instant(),
                null));
    }

    private JobPayments.Booked pay(UUID job) {
        return room.deduct("anna", job, 1, JobType.JOB_TYPE_RESTORATION);
    }

    private long told(String type) {
        return room.events("").stream().map(Event::getType).filter(type::equals).count();
    }

    @Test
    void there_are_fifty_dollars_a_day_for_free_tiers_and_five_hundred_for_paid_ones() {
        assertThat(room.budgets.list())
                .extracting(Budget::getName, Budget::getLimitMicroUsd, Budget::getExhausted)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("free", 50_000_000L, false),
                        org.assertj.core.groups.Tuple.tuple("paid", 500_000_000L, false));
        assertThat(room.budgets.get("free").getAlertShare()).isEqualTo(0.8);
    }

    @Test
    void at_the_limit_no_new_job_is_let_in_and_those_paid_before_stay_paid() {
        UUID before = new UUID(1, 1);
        pay(before);
        spend(Tier.TIER_FREE, 49_999_999);
        pay(new UUID(1, 2));
        spend(Tier.TIER_FREE, 1);
        Failure failure = failureOf(() -> pay(new UUID(1, 3)));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
        assertThat(failure.message()).contains("2026-02-01T00:00:00Z");
        assertThat(failure.retryDelay()).isEqualTo(Duration.ofHours(14));
        assertThat(pay(before).entry()).isNotNull();
        assertThat(told("credits.budget.exhausted")).isEqualTo(1);
        room.tier("anna", Tier.TIER_REMEMBER);
        pay(new UUID(1, 3));
    }

    @Test
    void paid_tiers_have_their_own_budget() {
        spend(Tier.TIER_FOREVER, 500_000_000);
        pay(new UUID(1, 1));
        room.tier("anna", Tier.TIER_CHERISH);
        assertThat(reasonOf(() -> pay(new UUID(1, 2)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
    }

    @Test
    void operators_are_told_once_near_the_limit() {
        spend(Tier.TIER_FREE, 39_999_999);
        assertThat(told("queue.budget.alerted")).isZero();
        spend(Tier.TIER_FREE, 1);
        spend(Tier.TIER_FREE, 1);
        assertThat(told("queue.budget.alerted")).isEqualTo(1);
    }

    @Test
    void an_operator_lets_it_spend_on_for_the_rest_of_the_day() {
        spend(Tier.TIER_FREE, 60_000_000);
        Budget resumed = room.budgets.resume("free", "operator-1");
        assertThat(resumed.getResumed()).isTrue();
        assertThat(resumed.getExhausted()).isFalse();
        assertThat(resumed.getSpentMicroUsd()).isEqualTo(60_000_000);
        pay(new UUID(1, 1));
        assertThat(told("credits.budget.resumed")).isEqualTo(1);
        room.clock.advance(Duration.ofDays(1));
        assertThat(room.budgets.get("free").getResumed()).isFalse();
        spend(Tier.TIER_FREE, 50_000_000);
        assertThat(reasonOf(() -> pay(new UUID(1, 2)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
    }

    @Test
    void the_next_day_begins_anew() {
        spend(Tier.TIER_FREE, 50_000_000);
        assertThat(reasonOf(() -> pay(new UUID(1, 1)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
        room.clock.advance(Duration.between(room.clock.instant(), Instant.parse("2026-02-01T00:00:00Z")));
        pay(new UUID(1, 1));
        assertThat(room.budgets.get("free").getSpentMicroUsd()).isZero();
    }

    @Test
    void a_limit_an_operator_sets_holds_at_once_and_none_is_an_emergency_stop() {
        spend(Tier.TIER_FREE, 10);
        assertThat(room.budgets.update("free", 10, "operator-1").getExhausted()).isTrue();
        assertThat(reasonOf(() -> pay(new UUID(1, 1)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
        assertThat(room.budgets.update("free", 11, "operator-1").getExhausted()).isFalse();
        pay(new UUID(1, 1));
        assertThat(room.budgets.update("paid", 0, "operator-1").getExhausted()).isTrue();
    }

    @Test
    void a_stop_holds_whatever_was_resumed_before_and_only_a_limit_ends_it() {
        spend(Tier.TIER_FREE, 50_000_000);
        room.budgets.resume("free", "operator-1");
        pay(new UUID(1, 1));
        assertThat(room.budgets.update("free", 0, "operator-2").getExhausted()).isTrue();
        Failure refusal = failureOf(() -> pay(new UUID(1, 2)));
        assertThat(refusal.reason()).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
        assertThat(refusal.message()).contains("stopped").doesNotContain("begins anew");
        Failure resumed = failureOf(() -> room.budgets.resume("free", "operator-1"));
        assertThat(resumed.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(resumed.message()).contains("set its limit");
        room.clock.advance(Duration.ofDays(1));
        assertThat(reasonOf(() -> pay(new UUID(1, 2)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
        room.budgets.update("free", 50_000_000, "operator-1");
        pay(new UUID(1, 2));
    }

    @Test
    void what_is_not_used_up_cannot_be_resumed_so_that_no_limit_is_lifted_unseen() {
        spend(Tier.TIER_FREE, 50_000_000);
        room.clock.advance(Duration.ofDays(1));
        Failure early = failureOf(() -> room.budgets.resume("free", "operator-1"));
        assertThat(early.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(early.message()).contains("0 of 50000000");
        spend(Tier.TIER_FREE, 50_000_000);
        assertThat(reasonOf(() -> pay(new UUID(1, 1)))).isEqualTo(Reason.REASON_BUDGET_EXHAUSTED);
    }

    @Test
    void users_and_operators_are_told_again_when_a_raised_limit_is_reached_too() {
        spend(Tier.TIER_FREE, 50_000_000);
        room.budgets.update("free", 100_000_000, "operator-1");
        assertThat(told("credits.budget.resumed")).isEqualTo(1);
        spend(Tier.TIER_FREE, 30_000_000);
        assertThat(told("queue.budget.alerted")).isEqualTo(2);
        spend(Tier.TIER_FREE, 20_000_000);
        assertThat(told("credits.budget.exhausted")).isEqualTo(2);
    }

    @Test
    void a_limit_set_below_what_is_spent_is_told_at_once_and_so_is_a_stop() {
        spend(Tier.TIER_FREE, 10_000_000);
        room.budgets.update("free", 5_000_000, "operator-1");
        assertThat(told("credits.budget.exhausted")).isEqualTo(1);
        room.budgets.update("paid", 0, "operator-1");
        assertThat(told("credits.budget.exhausted")).isEqualTo(2);
        assertThat(told("queue.budget.alerted")).isEqualTo(1);
    }

    @Test
    void operators_hear_of_each_further_limit_that_is_spent_after_they_resumed() {
        spend(Tier.TIER_FREE, 50_000_000);
        room.budgets.resume("free", "operator-1");
        spend(Tier.TIER_FREE, 49_999_999);
        assertThat(told("queue.budget.alerted")).isEqualTo(1);
        spend(Tier.TIER_FREE, 1);
        assertThat(told("queue.budget.alerted")).isEqualTo(2);
        spend(Tier.TIER_FREE, 120_000_000);
        assertThat(told("queue.budget.alerted")).isEqualTo(3);
    }

    @Test
    void operators_costs_and_two_processes_at_once_tell_each_change_once() throws Exception {
        CreditsRoom other = room.with(Map.of("budgets.freshness", "0s"));
        spend(Tier.TIER_FREE, 49_999_990);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(threads.submit(() -> spend(Tier.TIER_FREE, 1)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            assertThat(told("credits.budget.exhausted")).isEqualTo(1);
            assertThat(threads.invokeAll(List.<Callable<Budget>>of(
                            () -> room.budgets.resume("free", "operator-1"),
                            () -> other.budgets.resume("free", "operator-2"))))
                    .allSatisfy(
                            resumed -> assertThat(resumed.get().getResumed()).isTrue());
        }
        assertThat(told("credits.budget.resumed")).isEqualTo(1);
        assertThat(told("credits.budget.exhausted")).isEqualTo(1);
        assertThat(room.budgets.get("free").getSpentMicroUsd()).isEqualTo(50_000_010);
    }

    @Test
    void the_same_cost_again_is_spent_once() {
        spend(Tier.TIER_FREE, 30_000_000);
        jobs.decrementAndGet();
        spend(Tier.TIER_FREE, 30_000_000);
        assertThat(room.budgets.get("free").getSpentMicroUsd()).isEqualTo(30_000_000);
    }
}
