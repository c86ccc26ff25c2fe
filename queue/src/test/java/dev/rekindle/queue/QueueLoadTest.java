package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-05")
final class QueueLoadTest {
    private static final RunTimes TEN_SECONDS = seen(Collections.nCopies(20, 10_000L));

    private static final QueueConfig.ExpectedRun SIX_TO_SIXTY =
            new QueueConfig.ExpectedRun(Duration.ofSeconds(6), Duration.ofMinutes(1));

    /** Runs seen of work that is expected to take 3 to 60 seconds. */
    private static RunTimes seen(List<Long> millis) {
        return new RunTimes(millis, new QueueConfig.ExpectedRun(Duration.ofSeconds(3), Duration.ofMinutes(1)));
    }

    private static QueueLoad load(long waitingHigher, long active, long activeMax, long perSecond, int slots) {
        return new QueueLoad(
                100,
                new QueueLoad.Higher(waitingHigher, 0, 0),
                true,
                active,
                activeMax,
                perSecond,
                TEN_SECONDS,
                slots,
                List.of());
    }

    private static Position.Wait between(long lowMillis, long highMillis) {
        return new Position.Wait(Duration.ofMillis(lowMillis), Duration.ofMillis(highMillis));
    }

    @Test
    void a_job_with_a_free_place_begins_at_once() {
        assertThat(load(0, 1, 4, 0, 8).estimate(3, Map.of())).isEqualTo(between(0, 1000));
    }

    @Test
    void the_cap_of_the_lane_and_the_slots_of_the_workers_both_bound_what_runs() {
        Position.Wait capped = load(0, 4, 4, 0, 8).estimate(8, Map.of());
        assertThat(capped).isNotNull();
        assertThat(capped.low()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));
        assertThat(capped.high()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(26));
        assertThat(load(0, 8, 8, 0, 4).estimate(8, Map.of())).isEqualTo(capped);
    }

    @Test
    void work_in_higher_lanes_may_go_first() {
        Position.Wait alone = load(0, 4, 4, 0, 8).estimate(8, Map.of());
        Position.Wait behind = load(40, 4, 4, 0, 8).estimate(8, Map.of());
        assertThat(alone).isNotNull();
        assertThat(behind).isNotNull();
        assertThat(behind.low()).isEqualTo(alone.low());
        assertThat(behind.high()).isBetween(Duration.ofSeconds(120), Duration.ofSeconds(150));
    }

    @Test
    void of_work_in_higher_lanes_no_more_goes_first_than_their_share() {
        Position.Wait shared = new QueueLoad(
                        1, new QueueLoad.Higher(9_000, 0, 10), true, 4, 4, 0, TEN_SECONDS, 4, List.of())
                .estimate(1, Map.of());
        assertThat(shared).isNotNull();
        // Nine of the others and then this one, four at a time.
        assertThat(shared.high()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(45));
        // With two lanes below the first, the share is for both of them.
        assertThat(new QueueLoad.Higher(9_000, 30, 10).most(1)).isEqualTo(310);
        assertThat(new QueueLoad.Higher(5, 0, 10).most(1)).isEqualTo(6);
        assertThat(new QueueLoad.Higher(5, 5, 0).most(2)).isEqualTo(7);
    }

    @Test
    void a_rate_holds_back_what_places_would_allow() {
        assertThat(load(0, 0, 1000, 10, 1000).estimate(101, Map.of())).isEqualTo(between(9_000, 11_000));
    }

    @Test
    void work_of_other_kinds_that_goes_to_the_same_workers_counts_and_other_workers_do_not() {
        RunTimes second = seen(Collections.nCopies(64, 1_000L));
        Map<String, Long> before = Map.of("image", 400L);
        QueueLoad.Other shared = new QueueLoad.Other("image", 400, QueueLoad.Higher.NOTHING, second, 1, true);
        Position.Wait behind = busy(List.of(shared)).estimate(1, before);
        assertThat(behind).isNotNull();
        // A hundred seconds of pictures in four places before the ten seconds of one's own kind.
        assertThat(behind.low()).isBetween(Duration.ofSeconds(70), Duration.ofSeconds(100));
        assertThat(behind.high()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(150));
        assertThat(busy(List.of(shared)).estimateNext()).isEqualTo(behind);
        assertThat(busy(List.of(shared)).estimate(1, Map.of()))
                .isEqualTo(busy(List.of()).estimate(1, Map.of()));

        QueueLoad.Other some = new QueueLoad.Other("image", 400, QueueLoad.Higher.NOTHING, second, 0.5, false);
        Position.Wait maybe = busy(List.of(some)).estimate(1, before);
        assertThat(maybe).isNotNull();
        assertThat(maybe.low()).isLessThan(Duration.ofSeconds(3));
        assertThat(maybe.high()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(85));
    }

    private static QueueLoad busy(List<QueueLoad.Other> others) {
        return new QueueLoad(0, QueueLoad.Higher.NOTHING, true, 4, 4, 0, TEN_SECONDS, 4, others);
    }

    @Test
    void the_rate_of_a_lane_is_that_of_all_kinds() {
        QueueLoad.Other images = new QueueLoad.Other(
                "image", 300, QueueLoad.Higher.NOTHING, seen(Collections.nCopies(64, 10L)), 1, true);
        QueueLoad load =
                new QueueLoad(0, QueueLoad.Higher.NOTHING, true, 0, 1000, 10, TEN_SECONDS, 1000, List.of(images));
        assertThat(load.estimateNext()).isEqualTo(between(29_000, 31_000));
    }

    @Test
    void nothing_is_promised_when_nothing_can_begin() {
        assertThat(load(0, 0, 0, 0, 8).estimate(1, Map.of())).isNull();
        assertThat(load(0, 0, 8, 0, 0).estimate(1, Map.of())).isNull();
        assertThat(new QueueLoad(1, QueueLoad.Higher.NOTHING, false, 0, 4, 0, TEN_SECONDS, 4, List.of())
                        .estimate(1, Map.of()))
                .isNull();
    }

    @Test
    void run_times_that_differ_widen_the_range() {
        List<Long> runs = List.of(1000L, 1000L, 2000L, 2000L, 3000L, 4000L, 5000L, 6000L, 30_000L, 60_000L);
        RunTimes spread = seen(Stream.concat(runs.stream(), runs.stream()).toList());
        Position.Wait wide =
                new QueueLoad(10, QueueLoad.Higher.NOTHING, true, 1, 1, 0, spread, 1, List.of()).estimate(2, Map.of());
        Position.Wait narrow = new QueueLoad(
                        10,
                        QueueLoad.Higher.NOTHING,
                        true,
                        1,
                        1,
                        0,
                        seen(Collections.nCopies(20, 11_400L)),
                        1,
                        List.of())
                .estimate(2, Map.of());
        assertThat(wide).isNotNull();
        assertThat(narrow).isNotNull();
        assertThat(wide.low()).isLessThan(narrow.low());
        assertThat(wide.high()).isGreaterThan(narrow.high().multipliedBy(2));
    }

    @Test
    void before_any_run_is_known_the_range_is_wide() {
        QueueLoad load = new QueueLoad(10, QueueLoad.Higher.NOTHING, true, 1, 1, 0, seen(List.of()), 1, List.of());
        assertThat(load.estimate(1, Map.of())).isEqualTo(between(3000, 61_000));
    }

    private static QueueLoad cold(RunTimes runs, int places) {
        return new QueueLoad(200, QueueLoad.Higher.NOTHING, true, places, places, 0, runs, places, List.of());
    }

    @Test
    void of_a_kind_that_never_ran_what_is_expected_of_it_is_told() {
        RunTimes images =
                new RunTimes(List.of(), new QueueConfig.ExpectedRun(Duration.ofMillis(200), Duration.ofSeconds(2)));
        assertThat(cold(images, 2).estimate(200, Map.of())).isEqualTo(between(20_000, 201_000));
        QueueLoad.Other some = new QueueLoad.Other("image", 20, QueueLoad.Higher.NOTHING, images, 1, true);
        assertThat(new QueueLoad(2, QueueLoad.Higher.NOTHING, true, 1, 1, 0, seen(List.of()), 1, List.of(some))
                        .estimate(2, Map.of("image", 20L)))
                .isEqualTo(between(2 * 3_000 + 20 * 200, 2 * 60_000 + 20 * 2_000 + 1_000));
    }

    /** The first run of a cold start is slow; two hundred like it would be told an hour. */
    @Test
    void the_first_runs_do_not_stand_for_all_and_what_was_expected_fades_with_them() {
        var expected = new QueueConfig.ExpectedRun(Duration.ofMillis(200), Duration.ofSeconds(2));
        Position.Wait one = cold(new RunTimes(List.of(20_000L), expected), 2).estimate(200, Map.of());
        Position.Wait alone = cold(seen(Collections.nCopies(20, 20_000L)), 2).estimate(200, Map.of());
        assertThat(one).isNotNull();
        assertThat(alone).isNotNull();
        assertThat(one.low()).isLessThan(alone.low().dividedBy(3));
        Duration before = Duration.ofDays(1);
        for (int runs : new int[] {1, 5, 10, 19, 20}) {
            Position.Wait wait = cold(new RunTimes(Collections.nCopies(runs, 300L), expected), 2)
                    .estimate(200, Map.of());
            assertThat(wait).isNotNull();
            assertThat(wait.low()).isLessThan(Duration.ofSeconds(30));
            assertThat(wait.high()).isGreaterThan(Duration.ofSeconds(30));
            Duration width = wait.high().minus(wait.low());
            assertThat(width).as("after %d runs", runs).isLessThan(before);
            before = width;
        }
    }

    /** Few runs seen of work that takes something within what was expected. */
    @Test
    @Tag("JOB-13")
    void after_a_cold_start_the_true_wait_falls_inside_at_least_as_often() {
        RandomGenerator random = new Random(20261128);
        for (int known : new int[] {0, 1, 2, 5, 10, 19}) {
            int inside = 0;
            int all = 0;
            for (int places : new int[] {1, 2, 4}) {
                for (int rank : new int[] {1, 5, 20, 200}) {
                    for (int round = 0; round < 100; round++) {
                        double times = Math.pow(10, random.nextDouble() - 0.5);
                        inside += isInside(random, new Truth(known, 0.4, times), places, rank) ? 1 : 0;
                        all++;
                    }
                }
            }
            assertThat((double) inside / all).as("after %d runs", known).isGreaterThan(0.8);
        }
    }

    /**
     * How long runs really last.
     *
     * @param seen so many of them
     * @param sigma of their logarithms
     * @param times so many times 20 seconds
     */
    private record Truth(int seen, double sigma, double times) {
        long run(RandomGenerator random) {
            return Math.round(20_000 * times * Math.exp(sigma * random.nextGaussian()));
        }
    }

    /** Places that all run, and jobs that wait behind them: stated from the last 64 runs, then seen to begin. */
    @Test
    @Tag("JOB-13")
    void the_true_wait_falls_inside_the_stated_range_in_about_nine_of_ten_cases() {
        RandomGenerator random = new Random(20261126);
        int inside = 0;
        int all = 0;
        for (double sigma : new double[] {0.3, 0.6, 0.9}) {
            for (int places : new int[] {1, 2, 4, 8}) {
                for (int rank : new int[] {1, 2, 5, 20, 100}) {
                    for (int round = 0; round < 100; round++) {
                        inside += isInside(random, new Truth(64, sigma, 1), places, rank) ? 1 : 0;
                        all++;
                    }
                }
            }
        }
        assertThat((double) inside / all).isBetween(0.80, 0.95);
    }

    /** As when ten thousand jobs are given at once: making them slows the first runs, which the wait of all is stated from. */
    @Test
    @Tag("JOB-13")
    void a_long_line_allows_for_a_load_that_changes_while_it_lasts_and_a_short_one_hardly() {
        RunTimes recent = seen(Collections.nCopies(64, 100L));
        Position.Wait wide = new QueueLoad(8000, QueueLoad.Higher.NOTHING, true, 2, 2, 0, recent, 2, List.of())
                .estimate(8000, Map.of());
        assertThat(wide).isNotNull();
        assertThat(wide.low()).isLessThan(Duration.ofSeconds(400 * 2 / 3));
        assertThat(wide.high()).isBetween(Duration.ofSeconds(400 * 3 / 2), Duration.ofSeconds(400 * 2));
        Position.Wait narrow =
                new QueueLoad(20, QueueLoad.Higher.NOTHING, true, 2, 2, 0, recent, 2, List.of()).estimate(20, Map.of());
        assertThat(narrow).isNotNull();
        assertThat(narrow.low()).isGreaterThan(Duration.ofMillis(800));
        assertThat(narrow.high()).isLessThan(Duration.ofMillis(2_200));
    }

    private static boolean isInside(RandomGenerator random, Truth truth, int places, int rank) {
        RunTimes recent = new RunTimes(
                Stream.generate(() -> truth.run(random)).limit(truth.seen()).toList(), SIX_TO_SIXTY);
        QueueLoad load =
                new QueueLoad(rank, QueueLoad.Higher.NOTHING, true, places, places, 0, recent, places, List.of());
        PriorityQueue<Long> ends = new PriorityQueue<>();
        for (int place = 0; place < places; place++) {
            ends.add(Math.round(truth.run(random) * random.nextDouble()));
        }
        long end = 0;
        for (int ended = 0; ended < 5 * places; ended++) {
            end = ends.remove();
            ends.add(end + truth.run(random));
        }
        long now = end + Math.round((Objects.requireNonNull(ends.peek()) - end) * random.nextDouble());
        for (int ahead = 0; ahead < rank; ahead++) {
            end = ends.remove();
            ends.add(end + truth.run(random));
        }
        Duration wait = Duration.ofMillis(end - now);
        Position.Wait stated = load.estimate(rank, Map.of());
        return stated != null && wait.compareTo(stated.low()) >= 0 && wait.compareTo(stated.high()) <= 0;
    }
}
