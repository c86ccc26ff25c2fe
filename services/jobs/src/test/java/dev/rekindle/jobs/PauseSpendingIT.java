package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.credits.v1.Budget;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneMode;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lanes of a budget whose limit operators move, beside operators who order lanes by hand. */
@Tag("CR-07")
class PauseSpendingIT {
    private static final String PAID = "paid_priority";
    private static final Instant MIDNIGHT = Instant.parse("2026-11-27T00:00:00Z");
    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of("times.rebalance", "1d"));
        // The first to be looked at in every round; the free one comes after it.
        paid(50_000_000, false, MIDNIGHT);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private void paid(long limitMicroUsd, boolean exhausted, Instant reset) {
        budget("paid", limitMicroUsd, exhausted, reset);
    }

    private void budget(String name, long limitMicroUsd, boolean exhausted, Instant reset) {
        test.peers.setBudget(Budget.newBuilder()
                .setName(name)
                .setLimitMicroUsd(limitMicroUsd)
                .setExhausted(exhausted)
                .setResetTime(Protos.timestamp(reset))
                .build());
    }

    private Lane lane(String name) {
        return test.queues("op")
                .getLane(GetLaneRequest.newBuilder().setLane(name).build())
                .getLane();
    }

    private void await(String lane, LaneMode mode, String reason) {
        Eventually.holds(() -> {
            assertThat(lane(lane).getMode()).isEqualTo(mode);
            assertThat(lane(lane).getModeReason()).contains(reason);
        });
    }

    private void resumeByAda() {
        test.queues("ada")
                .resumeLane(ResumeLaneRequest.newBuilder().setLane(PAID).build());
    }

    /** When the free lane has followed twice, the paid one was looked at in between. */
    private void letAllBeLookedAt() {
        budget("free", 50_000_000, true, MIDNIGHT);
        await("free_tier", LaneMode.LANE_MODE_PAUSED, "budget free");
        budget("free", 50_000_000, false, MIDNIGHT);
        await("free_tier", LaneMode.LANE_MODE_RUNNING, "");
    }

    private void assertRunsByAda() {
        assertThat(lane(PAID).getMode()).isEqualTo(LaneMode.LANE_MODE_RUNNING);
        assertThat(lane(PAID).getModeBy()).isEqualTo("ada");
    }

    @Test
    void a_stop_pauses_a_lane_that_somebody_resumed_before_it_on_that_day() {
        paid(50_000_000, true, MIDNIGHT);
        await(PAID, LaneMode.LANE_MODE_PAUSED, "used up");
        resumeByAda();
        paid(0, true, MIDNIGHT);
        await(PAID, LaneMode.LANE_MODE_PAUSED, "stopped until somebody sets its limit");
        resumeByAda();
        letAllBeLookedAt();
        assertRunsByAda();
        // Nor does a midnight pause it: the stop is still the same.
        paid(0, true, MIDNIGHT.plus(Duration.ofDays(1)));
        letAllBeLookedAt();
        assertRunsByAda();
    }

    @Test
    void a_lane_held_into_the_next_day_says_so_and_can_be_resumed_for_it() {
        paid(50_000_000, true, MIDNIGHT);
        await(PAID, LaneMode.LANE_MODE_PAUSED, "2026-11-27");
        paid(50_000_000, true, MIDNIGHT.plus(Duration.ofDays(1)));
        await(PAID, LaneMode.LANE_MODE_PAUSED, "2026-11-28");
        resumeByAda();
        letAllBeLookedAt();
        assertRunsByAda();
    }

    @Test
    void a_budget_that_spent_again_and_is_used_up_again_pauses_what_was_resumed_before() {
        paid(50_000_000, true, MIDNIGHT);
        await(PAID, LaneMode.LANE_MODE_PAUSED, "used up");
        resumeByAda();
        paid(100_000_000, false, MIDNIGHT);
        letAllBeLookedAt();
        assertRunsByAda();
        paid(100_000_000, true, MIDNIGHT);
        await(PAID, LaneMode.LANE_MODE_PAUSED, "used up");
    }
}
