package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-13")
final class WorkersWantedTest {
    /** One to four workers of three places, each place good for two jobs, a minute of quiet. */
    private static final WorkersWanted.Rules RULES = new WorkersWanted.Rules(1, 4, 3, 2, Duration.ofMinutes(1));

    private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");

    /** Lanes whose caps are not felt. */
    private static WorkLoad load(long waiting, long active, int workers) {
        return new WorkLoad(waiting, active, waiting + active, 3 * workers, workers, 0);
    }

    private static WorkersWanted decide(WorkersWanted before, WorkLoad load, int second) {
        return before.next(load, RULES, START.plusSeconds(second));
    }

    @Test
    void as_many_as_the_waiting_jobs_need_are_wanted_at_once_when_those_there_are_busy() {
        WorkersWanted first = WorkersWanted.first(RULES);
        assertThat(first.workers()).isEqualTo(1);
        assertThat(decide(first, load(3, 3, 1), 0).workers())
                .as("soon worked off")
                .isEqualTo(1);
        assertThat(decide(first, load(10, 3, 1), 0).workers()).isEqualTo(3);
        assertThat(decide(first, load(10_000, 3, 1), 0).workers())
                .as("never more than the most")
                .isEqualTo(4);
    }

    @Test
    void none_is_added_while_those_there_have_places_free() {
        assertThat(decide(WorkersWanted.first(RULES), load(10, 1, 1), 0).workers())
                .isEqualTo(1);
    }

    @Test
    void the_caps_of_the_lanes_bound_what_more_workers_could_do() {
        WorkLoad capped = new WorkLoad(10_000, 3, 5, 3, 1, 0);
        assertThat(decide(WorkersWanted.first(RULES), capped, 0).workers()).isEqualTo(2);
    }

    @Test
    void without_any_worker_the_usual_places_are_reckoned_with() {
        assertThat(decide(WorkersWanted.first(RULES), new WorkLoad(20, 0, 20, 0, 0, 0), 0)
                        .workers())
                .isEqualTo(4);
    }

    @Test
    void one_ends_at_a_time_and_only_after_a_while_of_quiet() {
        WorkersWanted three = new WorkersWanted(3, null);
        WorkersWanted quiet = decide(three, load(0, 0, 3), 0);
        assertThat(quiet.workers()).isEqualTo(3);
        quiet = decide(quiet, load(0, 0, 3), 59);
        assertThat(quiet.workers()).isEqualTo(3);
        quiet = decide(quiet, load(0, 0, 3), 60);
        assertThat(quiet.workers()).isEqualTo(2);
        quiet = decide(quiet, load(0, 0, 2), 119);
        assertThat(quiet.workers()).isEqualTo(2);
        quiet = decide(quiet, load(0, 0, 2), 120);
        assertThat(quiet.workers()).isEqualTo(1);
        assertThat(decide(quiet, load(0, 0, 1), 10_000).workers())
                .as("never fewer than the fewest")
                .isEqualTo(1);
    }

    @Test
    void a_burst_in_between_begins_the_quiet_anew() {
        WorkersWanted two = decide(new WorkersWanted(2, null), load(0, 0, 2), 0);
        two = decide(two, load(2, 6, 2), 30);
        two = decide(two, load(0, 0, 2), 61);
        assertThat(decide(two, load(0, 0, 2), 120).workers()).isEqualTo(2);
        assertThat(decide(two, load(0, 0, 2), 121).workers()).isEqualTo(1);
    }

    @Test
    void a_worker_is_kept_while_the_others_could_not_take_its_jobs() {
        WorkersWanted two = decide(new WorkersWanted(2, null), load(0, 4, 2), 0);
        assertThat(decide(two, load(0, 4, 2), 10_000).workers()).isEqualTo(2);
    }
}
