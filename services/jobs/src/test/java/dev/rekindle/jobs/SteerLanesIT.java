package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.events.v1.Event;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.LaneMode;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.jobs.v1.RebalanceLanesRequest;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.jobs.v1.WatchLanesRequest;
import dev.rekindle.jobs.v1.WatchLanesResponse;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lanes as operators steer them, and jobs that change lanes. */
class SteerLanesIT {
    private static final String PAID = "paid_priority";
    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of("times.rebalance", "1d"));
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private Lane lane(String name) {
        return test.queues("op")
                .getLane(GetLaneRequest.newBuilder().setLane(name).build())
                .getLane();
    }

    private Lane pause(String operator, String reason) {
        return test.queues(operator)
                .pauseLane(PauseLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setReason(reason)
                        .build())
                .getLane();
    }

    private Lane resume(String operator) {
        return test.queues(operator)
                .resumeLane(ResumeLaneRequest.newBuilder().setLane(PAID).build())
                .getLane();
    }

    private List<Claim> claimNow() throws InterruptedException {
        return test.queue.claim(new Claimer("worker-1", Set.of("ai"), 1L << 40), 1, Duration.ZERO);
    }

    private void budget(String name, boolean exhausted, Instant reset) {
        test.peers.setBudget(Budget.newBuilder()
                .setName(name)
                .setLimitMicroUsd(50_000_000)
                .setExhausted(exhausted)
                .setResetTime(Protos.timestamp(reset))
                .build());
    }

    private void awaitMode(String lane, LaneMode mode) {
        Eventually.holds(() -> assertThat(lane(lane).getMode()).isEqualTo(mode));
    }

    @Test
    @Tag("CR-07")
    void a_budget_that_is_used_up_pauses_its_lanes_and_resumes_them_when_it_spends_again() {
        Instant midnight = Instant.parse("2026-11-27T00:00:00Z");
        budget("free", false, midnight);
        budget("paid", true, midnight);
        awaitMode(PAID, LaneMode.LANE_MODE_PAUSED);
        awaitMode("forever_tier", LaneMode.LANE_MODE_PAUSED);
        assertThat(lane(PAID).getModeReason()).contains("budget paid").contains("2026-11-27");
        assertThat(lane("free_tier").getMode()).isEqualTo(LaneMode.LANE_MODE_RUNNING);
        budget("paid", false, midnight);
        awaitMode(PAID, LaneMode.LANE_MODE_RUNNING);
        awaitMode("forever_tier", LaneMode.LANE_MODE_RUNNING);
        assertThat(test.peers.operatorEvents())
                .extracting(Event::getType)
                .contains("queue.lane.paused", "queue.lane.resumed");
    }

    @Test
    @Tag("CR-07")
    void what_an_operator_orders_stands_against_a_budget_for_its_day() {
        Instant midnight = Instant.parse("2026-11-27T00:00:00Z");
        budget("paid", true, midnight);
        awaitMode(PAID, LaneMode.LANE_MODE_PAUSED);
        awaitMode("forever_tier", LaneMode.LANE_MODE_PAUSED);
        assertThat(resume("ada").getMode()).isEqualTo(LaneMode.LANE_MODE_RUNNING);
        // The free budget is looked at in the same round and after: when its lane is held, the paid one was looked at
        // again.
        budget("free", true, midnight);
        awaitMode("free_tier", LaneMode.LANE_MODE_PAUSED);
        assertThat(lane(PAID).getMode()).isEqualTo(LaneMode.LANE_MODE_RUNNING);
        assertThat(lane(PAID).getModeBy()).isEqualTo("ada");
        // The next day it counts again; and what an operator paused, no budget resumes.
        budget("paid", true, midnight.plus(Duration.ofDays(1)));
        awaitMode(PAID, LaneMode.LANE_MODE_PAUSED);
        assertThat(pause("ada", "the engine is ill").getModeBy()).isEqualTo("ada");
        budget("paid", false, midnight.plus(Duration.ofDays(1)));
        awaitMode("forever_tier", LaneMode.LANE_MODE_RUNNING);
        assertThat(lane(PAID).getModeBy()).isEqualTo("ada");
        assertThat(lane(PAID).getMode()).isEqualTo(LaneMode.LANE_MODE_PAUSED);
    }

    @Test
    @Tag("Q-09")
    void a_paused_lane_says_who_and_why_begins_nothing_and_goes_on_when_resumed() throws InterruptedException {
        Photo photo = test.preparedPhoto("ada");
        Lane paused = pause("olga", "engine is being replaced");
        assertThat(paused.getMode()).isEqualTo(LaneMode.LANE_MODE_PAUSED);
        assertThat(paused.getModeBy()).isEqualTo("olga");
        assertThat(paused.getModeReason()).isEqualTo("engine is being replaced");
        Job job = test.createJob("ada", photo);
        Eventually.holds(() -> assertThat(lane(PAID).getWaiting()).isEqualTo(1));
        assertThat(claimNow()).isEmpty();
        assertThat(resume("otto").getModeBy()).isEqualTo("otto");
        assertThat(test.claim("ai").id()).isEqualTo(job.getId());
        Eventually.holds(() -> assertThat(test.peers.operatorEvents())
                .extracting(Event::getType)
                .containsExactly("queue.lane.paused", "queue.lane.resumed"));
        assertThat(test.peers.operatorEvents().getFirst().getLane().getBy()).isEqualTo("olga");
    }

    @Test
    @Tag("Q-09")
    @Tag("JOB-08")
    void a_drained_lane_refuses_new_jobs_and_says_so_and_still_knows_those_it_has() {
        Photo photo = test.preparedPhoto("ada");
        CreateJobRequest wish = JobsOfTest.request(photo).setRequestId("w-1").build();
        Job before = test.jobs("ada").createJob(wish).getJob();
        test.queues("op")
                .drainLane(DrainLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setReason("maintenance")
                        .build());
        assertThat(JobsIT.refusal(() -> test.createJob("ada", photo)).reason()).isEqualTo(Reason.REASON_OVERLOADED);
        assertThat(test.jobs("ada").createJob(wish).getJob().getId()).isEqualTo(before.getId());
        assertThat(test.peers.standing(before.getId())).isEqualTo(1);
    }

    @Test
    @Tag("Q-09")
    @Tag("Q-16")
    void a_pause_and_new_numbers_outlive_an_emptied_redis() {
        Lane before = pause("olga", "engine is being replaced");
        LaneLimits limits = before.getLimits().toBuilder()
                .setActiveMax(17)
                .setAttemptsMax(7)
                .build();
        test.queues("olga")
                .updateLane(UpdateLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setLimits(limits)
                        .build());
        test.stirred.empty();
        Eventually.holds(() -> {
            Lane lane = lane(PAID);
            assertThat(lane.getMode()).isEqualTo(LaneMode.LANE_MODE_PAUSED);
            assertThat(lane.getModeReason()).isEqualTo("engine is being replaced");
            assertThat(lane.getModeTime()).isEqualTo(before.getModeTime());
            assertThat(lane.getLimits()).isEqualTo(limits);
        });
    }

    @Test
    @Tag("Q-01")
    void new_numbers_count_for_the_next_job() throws InterruptedException {
        Photo photo = test.preparedPhoto("ada");
        test.queues("op")
                .updateLane(UpdateLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setLimits(lane(PAID).getLimits().toBuilder()
                                .setActiveMax(1)
                                .setAttemptsMax(9))
                        .build());
        Job first = test.createJob("ada", photo);
        test.createJob("ada", photo);
        assertThat(first.getAttemptsMax()).isEqualTo(9);
        test.claim("ai");
        assertThat(claimNow()).isEmpty();
    }

    private Lane update(String operator, LaneLimits.Builder numbers) {
        return test.queues(operator)
                .updateLane(UpdateLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setLimits(numbers)
                        .build())
                .getLane();
    }

    @Test
    @Tag("Q-01")
    void numbers_that_are_left_out_stay_also_when_others_change_them_at_the_same_time() throws Exception {
        LaneLimits before = lane(PAID).getLimits();
        assertThat(update("a", LaneLimits.newBuilder().setActiveMax(0)).getLimits())
                .isEqualTo(before.toBuilder().setActiveMax(0).build());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 1; round <= 10; round++) {
                int number = round;
                List<Callable<Lane>> changes = List.of(
                        () -> update("a", LaneLimits.newBuilder().setActiveMax(number)),
                        () -> update("b", LaneLimits.newBuilder().setClaimsPerSecondMax(100 + number)),
                        () -> update("c", LaneLimits.newBuilder().setAttemptsMax(10 + number)));
                for (Future<Lane> done : threads.invokeAll(changes)) {
                    done.get();
                }
                assertThat(lane(PAID).getLimits())
                        .isEqualTo(before.toBuilder()
                                .setActiveMax(number)
                                .setClaimsPerSecondMax(100 + number)
                                .setAttemptsMax(10 + number)
                                .build());
            }
        }
        Eventually.holds(() -> assertThat(test.peers.operatorEvents())
                .extracting(event -> event.getLane().getReason())
                .contains("at once 0", "a second 101", "attempts 11"));
    }

    @Test
    @Tag("Q-01")
    void a_change_without_a_number_is_refused() {
        assertThat(JobsIT.refusal(() -> update("a", LaneLimits.newBuilder())).reason())
                .isEqualTo(Reason.REASON_INVALID_REQUEST);
    }

    @Test
    @Tag("Q-09")
    void operators_who_contradict_each_other_leave_the_lane_as_the_last_of_them_ordered() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Lane>> orders =
                    List.of(() -> pause("a", "one"), () -> resume("b"), () -> pause("c", "two"), () -> resume("d"));
            for (int round = 0; round < 5; round++) {
                for (Future<Lane> done : threads.invokeAll(orders)) {
                    done.get();
                }
            }
        }
        Eventually.holds(() -> {
            List<Event> told = test.peers.operatorEvents();
            assertThat(told).hasSize(20);
            Lane lane = lane(PAID);
            assertThat(lane.getModeBy()).isEqualTo(told.getLast().getLane().getBy());
            assertThat(lane.getMode() == LaneMode.LANE_MODE_PAUSED)
                    .isEqualTo(told.getLast().getType().equals("queue.lane.paused"));
        });
    }

    @Test
    @Tag("Q-10")
    void watching_lanes_tells_them_now_and_again_when_they_change() {
        Photo photo = test.preparedPhoto("ada");
        Iterator<WatchLanesResponse> stream = test.queues("op").watchLanes(WatchLanesRequest.getDefaultInstance());
        assertThat(stream.next().getLanesList())
                .extracting(Lane::getName)
                .containsExactly("forever_tier", PAID, "free_tier");
        test.createJob("ada", photo);
        WatchLanesResponse seen;
        do {
            seen = stream.next();
        } while (seen.getLanes(1).getWaiting() == 0);
        assertThat(seen.getLanes(1).getWaiting()).isEqualTo(1);
    }

    @Test
    @Tag("Q-14")
    void waiting_jobs_move_to_the_lane_of_their_users_new_tier_and_running_ones_stay() {
        Photo photo = test.preparedPhoto("ada");
        Job running = test.createJob("ada", photo);
        test.claim("ai");
        Eventually.holds(
                () -> assertThat(test.job("ada", running.getId()).getState()).isEqualTo(JobState.JOB_STATE_PROCESSING));
        Job waiting = test.jobs("ada")
                .createJob(JobsOfTest.request(photo)
                        .setPriority(Priority.PRIORITY_HIGH)
                        .build())
                .getJob();
        test.peers.setLimits(test.peers.limits().toBuilder()
                .setTier(Tier.TIER_FREE)
                .setPriorityMax(5)
                .build());
        assertThat(rebalance("ada")).isEqualTo(1);
        assertThat(rebalance("")).isZero();
        assertThat(rebalance("adda")).isZero();
        assertThat(test.peers.askedFor("adda"))
                .as("a name misspelt has an account")
                .isFalse();
        Job moved = test.job("ada", waiting.getId());
        assertThat(moved.getLane()).isEqualTo("free_tier");
        assertThat(moved.getPriority()).isEqualTo(Priority.PRIORITY_NORMAL);
        assertThat(test.job("ada", running.getId()).getLane()).isEqualTo(PAID);
        Eventually.holds(() -> assertThat(lane("free_tier").getWaiting()).isEqualTo(1));
        Claim claim = test.claim("ai");
        assertThat(claim.lane()).isEqualTo("free_tier");
        Eventually.holds(
                () -> assertThat(test.peers.eventTypes(waiting.getId())).contains("job.moved"));
    }

    private int rebalance(String userId) {
        return test.queues("op")
                .rebalanceLanes(
                        RebalanceLanesRequest.newBuilder().setUserId(userId).build())
                .getMovedCount();
    }

    @Test
    @Tag("Q-14")
    @Tag("Q-16")
    void a_job_moved_while_redis_was_empty_comes_back_in_its_new_lane() {
        Photo photo = test.preparedPhoto("ada");
        Job job = test.createJob("ada", photo);
        Eventually.holds(() -> assertThat(lane(PAID).getWaiting()).isEqualTo(1));
        test.stirred.empty();
        test.peers.setLimits(
                test.peers.limits().toBuilder().setTier(Tier.TIER_FOREVER).build());
        assertThat(rebalance("")).isEqualTo(1);
        Claim claim = test.claim("ai");
        assertThat(claim.id()).isEqualTo(job.getId());
        assertThat(claim.lane()).isEqualTo("forever_tier");
    }

    @Test
    @Tag("Q-14")
    void a_new_tier_is_noticed_without_an_operator() {
        try (JobsOfTest own = new JobsOfTest(Map.of("times.rebalance", "200ms", "times.count", "100ms"))) {
            Photo photo = own.preparedPhoto("ada");
            Job job = own.createJob("ada", photo);
            own.peers.setLimits(
                    own.peers.limits().toBuilder().setTier(Tier.TIER_FOREVER).build());
            Eventually.holds(
                    () -> assertThat(own.job("ada", job.getId()).getLane()).isEqualTo("forever_tier"));
            Eventually.holds(() -> assertThat(own.telemetry.scrape())
                    .containsPattern("lane_waiting\\{[^}]*lane=\"forever_tier\"[^}]*} 1"));
        }
    }
}
