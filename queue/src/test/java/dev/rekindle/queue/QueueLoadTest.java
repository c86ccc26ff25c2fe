package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-05")
final class QueueLoadTest {
    private static final List<Long> TEN_SECONDS = Collections.nCopies(20, 10_000L);

    private static QueueLoad load(long waitingHigher, long active, long activeMax, long perSecond, int slots) {
        return new QueueLoad(100, waitingHigher, true, active, activeMax, perSecond, TEN_SECONDS, slots);
    }

    private static Position.Wait between(long lowMillis, long highMillis) {
        return new Position.Wait(Duration.ofMillis(lowMillis), Duration.ofMillis(highMillis));
    }

    @Test
    void a_job_with_a_free_place_begins_at_once() {
        assertThat(load(0, 1, 4, 0, 8).estimate(3)).isEqualTo(between(0, 1000));
    }

    @Test
    void the_cap_of_the_lane_and_the_slots_of_the_workers_both_bound_what_runs() {
        assertThat(load(0, 4, 4, 0, 8).estimate(8)).isEqualTo(between(20_000, 21_000));
        assertThat(load(0, 8, 8, 0, 4).estimate(8)).isEqualTo(between(20_000, 21_000));
    }

    @Test
    void work_in_higher_lanes_may_go_first() {
        assertThat(load(40, 4, 4, 0, 8).estimate(8)).isEqualTo(between(20_000, 121_000));
    }

    @Test
    void a_rate_holds_back_what_places_would_allow() {
        assertThat(load(0, 0, 1000, 10, 1000).estimate(101)).isEqualTo(between(9_000, 10_000));
    }

    @Test
    void nothing_is_promised_when_nothing_can_begin() {
        assertThat(load(0, 0, 0, 0, 8).estimate(1)).isNull();
        assertThat(load(0, 0, 8, 0, 0).estimate(1)).isNull();
        assertThat(new QueueLoad(1, 0, false, 0, 4, 0, TEN_SECONDS, 4).estimate(1))
                .isNull();
    }

    @Test
    void run_times_that_differ_widen_the_range() {
        List<Long> spread = List.of(1000L, 1000L, 2000L, 2000L, 3000L, 4000L, 5000L, 6000L, 30_000L, 60_000L);
        QueueLoad load = new QueueLoad(10, 0, true, 1, 1, 0, spread, 1);
        assertThat(load.estimate(2)).isEqualTo(between(4000, 121_000));
    }

    @Test
    void before_any_run_is_known_the_range_is_wide() {
        QueueLoad load = new QueueLoad(10, 0, true, 1, 1, 0, List.of(), 1);
        assertThat(load.estimate(1)).isEqualTo(between(3000, 61_000));
    }
}
