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
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-07")
class BudgetsIT {
    private final CreditsRoom room = new CreditsRoom(Map.of("budgets.freshness", "0s"));
    private final UUID account = room.give("anna", 1000).accountId();
    private int jobs;

    @AfterEach
    void close() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    private void spend(Tier tier, long microUsd) {
        room.recordCost.run(new CostStore.Cost(
                new UUID(7, ++jobs),
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
    void the_same_cost_again_is_spent_once() {
        spend(Tier.TIER_FREE, 30_000_000);
        jobs--;
        spend(Tier.TIER_FREE, 30_000_000);
        assertThat(room.budgets.get("free").getSpentMicroUsd()).isEqualTo(30_000_000);
    }
}
