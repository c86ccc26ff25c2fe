package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FOREVER;
import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class LanesIT {

    private static LaneState lane(TestQueue test, String name) {
        return test.queue().lanes().stream()
                .filter(lane -> lane.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Tag("Q-10")
    void a_lane_tells_what_waits_runs_and_ended() {
        try (TestQueue test = TestQueue.open()) {
            Ending[] endings = {Ending.COMPLETED, Ending.COMPLETED, Ending.FAILED, Ending.CANCELLED};
            for (int i = 0; i < endings.length; i++) {
                Claim claim = test.start();
                test.advance(Duration.ofSeconds(i + 1));
                test.queue().finish(claim, endings[i], bytes(""));
            }
            test.start();
            test.advance(Duration.ofSeconds(16));
            test.queue().recover();
            test.start();
            test.enqueue(PAID);
            test.queue().enqueue(List.of(TestQueue.ofKind(entry(newId(), PAID, NORMAL), "video", 1)));
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(newId(), PAID, NORMAL), test.now().plusSeconds(60))));

            LaneState lane = lane(test, PAID);
            assertThat(lane.waiting()).isEqualTo(Map.of("ai", 1L, "image", 0L, "video", 1L));
            assertThat(lane.waitingTotal()).isEqualTo(2);
            assertThat(lane.active()).isEqualTo(1);
            assertThat(lane.delayed()).isEqualTo(1);
            assertThat(lane.lastHour().completed()).isEqualTo(2);
            assertThat(lane.lastHour().failed()).isEqualTo(1);
            assertThat(lane.lastHour().cancelled()).isEqualTo(1);
            assertThat(lane.lastHour().lost()).isEqualTo(1);
            assertThat(lane.lastHour().runTimeMean()).isBetween(Duration.ofMillis(1500), Duration.ofMillis(2000));
            assertThat(lane(test, FREE).lastHour()).isEqualTo(new LaneState.LastHour(0, 0, 0, 0, Duration.ZERO));

            test.advance(Duration.ofMinutes(61));
            assertThat(lane(test, PAID).lastHour().completed()).isZero();
        }
    }

    @Test
    @Tag("Q-09")
    void a_paused_lane_takes_jobs_begins_none_and_goes_on_when_resumed() {
        try (TestQueue test = TestQueue.open()) {
            Claim running = test.start();
            test.queue().pause(PAID, "ada", "the engine is ill");
            String waiting = test.enqueue(PAID);
            String free = test.enqueue(FREE);
            assertThat(test.claimIds(10)).containsExactly(free);
            assertThat(test.complete(running)).isTrue();
            LaneState lane = lane(test, PAID);
            assertThat(lane.mode()).isEqualTo(LaneState.Mode.PAUSED);
            assertThat(lane.modeBy()).isEqualTo("ada");
            assertThat(lane.modeReason()).isEqualTo("the engine is ill");
            assertThat(Duration.between(lane.modeSince(), test.now()).abs()).isLessThan(Duration.ofMinutes(1));

            test.queue().resume(PAID, "bob");
            assertThat(lane(test, PAID).modeBy()).isEqualTo("bob");
            assertThat(test.claimIds(10)).containsExactly(waiting);
        }
    }

    @Test
    @Tag("Q-09")
    void what_an_operator_has_set_survives_another_start() {
        try (TestQueue test = TestQueue.open()) {
            LaneLimits limits = new LaneLimits(7, 3, Duration.ofSeconds(77), 9, 55);
            test.queue().setLimits(PAID, limits);
            test.queue().drain(FREE, "ada", "moving");
            test.openAnotherProcess();
            assertThat(lane(test, PAID).limits()).isEqualTo(limits);
            assertThat(test.queue().limits(PAID)).isEqualTo(limits);
            assertThat(lane(test, FREE).mode()).isEqualTo(LaneState.Mode.DRAINING);
            assertThatThrownBy(() -> test.queue().limits("attic")).hasMessageContaining("attic");
        }
    }

    @Test
    @Tag("Q-01")
    void lanes_begin_in_order_with_the_numbers_of_the_configuration() {
        try (TestQueue test = TestQueue.open("lane.free_tier.active_max", "2")) {
            assertThat(test.queue().lanes()).extracting(LaneState::name).containsExactly(FOREVER, PAID, FREE);
            assertThat(lane(test, FREE).limits()).isEqualTo(new LaneLimits(2, 0, Duration.ofMinutes(5), 3, 100_000));
            assertThat(lane(test, FREE).mode()).isEqualTo(LaneState.Mode.RUNNING);
            assertThat(lane(test, FREE).modeBy()).isEmpty();
        }
    }

    @Test
    @Tag("Q-01")
    void new_limits_hold_from_the_next_claim_on() {
        try (TestQueue test = TestQueue.open()) {
            for (int i = 0; i < 10; i++) {
                test.enqueue(PAID);
            }
            test.queue().setLimits(PAID, new LaneLimits(3, 0, Duration.ofMinutes(1), 3, 100));
            assertThat(test.claim(10)).hasSize(3);
            test.queue().setLimits(PAID, new LaneLimits(0, 0, Duration.ofMinutes(1), 3, 100));
            assertThat(test.claim(10)).isEmpty();
            test.queue().setLimits(PAID, new LaneLimits(5, 0, Duration.ofMinutes(1), 3, 100));
            assertThat(test.claim(10)).hasSize(2);
        }
    }

    @Test
    void unknown_lanes_and_impossible_limits_are_refused() {
        try (TestQueue test = TestQueue.open()) {
            assertThatThrownBy(() -> test.queue().pause("golden", "ada", "x"))
                    .hasMessageContaining("lane: is \"golden\"");
            assertThatThrownBy(
                            () -> test.queue().setLimits("golden", new LaneLimits(1, 0, Duration.ofSeconds(1), 1, 1)))
                    .hasMessageContaining("lane: is \"golden\"");
            assertThatThrownBy(() -> new LaneLimits(-1, 0, Duration.ofSeconds(1), 1, 1))
                    .isInstanceOf(Failure.class)
                    .hasMessage("active_max: is -1; expected 0 to 10000");
            assertThatThrownBy(() -> new LaneLimits(1, 0, Duration.ofMillis(1), 1, 1))
                    .hasMessageContaining("attempt_timeout: is PT0.001S; expected 1 s to 1 day");
        }
    }

    @Test
    @Tag("Q-09")
    void a_waiting_claim_is_woken_by_resuming_and_by_a_freed_place() throws Exception {
        try (TestQueue test = TestQueue.open("poll", "1m", "lane.paid_priority.active_max", "1")) {
            test.queue().pause(PAID, "ada", "storm");
            String first = test.enqueue(PAID);
            String second = test.enqueue(PAID);
            try (WaitingClaim waiting = WaitingClaim.start(test)) {
                test.queue().resume(PAID, "ada");
                Claim claim = waiting.get();
                assertThat(claim.id()).isEqualTo(first);
                try (WaitingClaim next = WaitingClaim.start(test)) {
                    test.complete(claim);
                    assertThat(next.get().id()).isEqualTo(second);
                }
            }
        }
    }

    @Test
    @Tag("Q-01")
    void the_numbers_of_the_whole_queue_are_those_ordered_last_for_all_processes() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            QueueRules configured = test.queue().rules();
            assertThat(configured.claims()).isEqualTo(new QueueConfig.Claims(10, 32));
            // Every second claim goes to a lower lane, and high priority is no more than a second ahead.
            QueueRules ordered = new QueueRules(
                    new QueueConfig.HeadStarts(
                            Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofDays(1)),
                    new QueueConfig.Claims(2, 32));
            test.queue().setRules(ordered);
            try (Queue other = test.openAnotherProcess()) {
                assertThat(other.rules()).isEqualTo(ordered);
            }
            String low = newId();
            test.queue().enqueue(List.of(entry(low, PAID, 1)));
            test.advance(Duration.ofSeconds(2));
            String high = newId();
            test.queue().enqueue(List.of(entry(high, PAID, 10)));
            String free = newId();
            test.queue().enqueue(List.of(entry(free, FREE, 1)));
            assertThat(List.of(
                            test.claimOne().id(),
                            test.claimOne().id(),
                            test.claimOne().id()))
                    .as("the one that came first, the share of the lower lane, the rest")
                    .containsExactly(low, free, high);
        }
    }

    @Test
    void numbers_nobody_could_work_by_are_refused() {
        QueueConfig.HeadStarts heads =
                new QueueConfig.HeadStarts(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofDays(31));
        assertThatThrownBy(() -> new QueueRules(heads, new QueueConfig.Claims(10, 32)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("head_start_retry");
        QueueConfig.HeadStarts none =
                new QueueConfig.HeadStarts(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        assertThatThrownBy(() -> new QueueRules(none, new QueueConfig.Claims(-1, 32)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("lower_lane_every");
        assertThatThrownBy(() -> new QueueRules(none, new QueueConfig.Claims(1, 0)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("look_ahead_max");
    }
}
