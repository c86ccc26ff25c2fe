package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("JOB-13")
class RunHistoryTest {
    private static final Stretch PRIOR = Stretch.ofMillis(1_000, 60_000);
    private static final List<String> STAGES = List.of("fetch", "engine", "store");
    private static final List<Double> SHARES = List.of(0.1, 0.7, 0.2);

    private static RunHistory.Series series(String engine, long pixels, String stage, List<Long> millis) {
        return new RunHistory.Series(engine, RunHistory.bucketOf(pixels), stage, millis, Instant.EPOCH);
    }

    private static List<Long> upTo(int count) {
        List<Long> millis = new ArrayList<>();
        for (long second = 1; second <= count; second++) {
            millis.add(second * 1000);
        }
        return millis;
    }

    @Test
    void without_history_the_prior_stands_and_a_few_runs_only_widen_it() {
        assertThat(new RunHistory(List.of()).run(1_000_000, PRIOR)).isEqualTo(PRIOR);
        RunHistory one = new RunHistory(List.of(series("embedded", 1_000_000, "", List.of(90_000L))));
        assertThat(one.run(1_000_000, PRIOR)).isEqualTo(Stretch.ofMillis(1_000, 90_000));
    }

    @Test
    void of_a_hundred_runs_the_extremes_are_left_out() {
        RunHistory hundred = new RunHistory(List.of(series("embedded", 1_000_000, "", upTo(100))));
        assertThat(hundred.run(1_000_000, PRIOR)).isEqualTo(Stretch.ofMillis(5_000, 96_000));
    }

    @Test
    void a_size_never_seen_is_reckoned_from_the_nearest_and_stated_wider() {
        RunHistory small = new RunHistory(List.of(series("embedded", 1_000_000, "", upTo(100))));
        assertThat(small.run(4_000_000, PRIOR)).isEqualTo(Stretch.ofMillis(5_000, 4 * 96_000));
        assertThat(small.run(250_000, PRIOR)).isEqualTo(Stretch.ofMillis(1_250, 96_000));
        assertThat(small.run(1_000_000_000, PRIOR))
                .as("a thousand times as large")
                .isEqualTo(PRIOR);
    }

    @Test
    void what_has_run_longer_than_most_is_compared_with_the_rest_only() {
        RunHistory hundred = new RunHistory(List.of(series("embedded", 1_000_000, "", upTo(100))));
        Stretch rest = hundred.rest(1_000_000, "", Duration.ofSeconds(50)).orElseThrow();
        assertThat(rest.low()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
        assertThat(rest.high()).isBetween(Duration.ofSeconds(47), Duration.ofSeconds(50));
        assertThat(hundred.rest(1_000_000, "", Duration.ofSeconds(200)))
                .as("longer than any: as long again, at the most")
                .contains(Stretch.ofMillis(0, 200_000));
        assertThat(hundred.rest(1_000_000, "engine", Duration.ZERO)).isEmpty();
    }

    /** Pictures of three sizes, each run stated before it began and again at each of its stages, then seen to end. */
    @Test
    void nine_of_ten_runs_end_inside_what_was_stated_and_the_range_narrows_with_each_stage() {
        RandomGenerator random = new Random(20261126);
        Map<String, Deque<Long>> known = new HashMap<>();
        int[] inside = new int[STAGES.size() + 1];
        double[] width = new double[STAGES.size() + 1];
        int all = 0;
        for (int run = 0; run < 3_000; run++) {
            long pixels = List.of(1_000_000L, 4_000_000L, 16_000_000L).get(random.nextInt(3));
            RunHistory history = history(known);
            List<Long> stages = stages(random, pixels, run < 1_500 ? 1 : 2);
            long rest = stages.stream().mapToLong(Long::longValue).sum();
            List<Stretch> stated = new ArrayList<>(List.of(history.run(pixels, PRIOR)));
            List<Long> truth = new ArrayList<>(List.of(rest));
            remember(known, pixels + ":", rest);
            for (int stage = 0; stage < stages.size(); stage++) {
                stated.add(
                        history.rest(pixels, STAGES.get(stage), Duration.ZERO).orElse(PRIOR));
                truth.add(rest);
                remember(known, pixels + ":" + STAGES.get(stage), rest);
                rest -= stages.get(stage);
            }
            if (run >= 150) {
                all++;
                for (int i = 0; i < stated.size(); i++) {
                    Stretch range = stated.get(i);
                    long millis = truth.get(i);
                    inside[i] += millis >= range.low().toMillis()
                                    && millis <= range.high().toMillis()
                            ? 1
                            : 0;
                    width[i] += range.high().minus(range.low()).toMillis();
                }
            }
        }
        for (int stage = 0; stage < inside.length; stage++) {
            assertThat((double) inside[stage] / all).as("statement " + stage).isBetween(0.80, 0.95);
        }
        assertThat(width[2]).as("from the engine's beginning").isLessThan(width[0]);
        assertThat(width[3]).as("from the storing's beginning").isLessThan(width[2] / 2);
    }

    /** Twice as long in the second half: the machine has got busier. */
    private static List<Long> stages(RandomGenerator random, long pixels, int load) {
        return SHARES.stream()
                .map(share -> Math.round(load * (500 + share * pixels / 400 * Math.exp(0.4 * random.nextGaussian()))))
                .toList();
    }

    private static void remember(Map<String, Deque<Long>> known, String key, long millis) {
        Deque<Long> newest = known.computeIfAbsent(key, any -> new ArrayDeque<>());
        newest.addFirst(millis);
        if (newest.size() > 100) {
            newest.removeLast();
        }
    }

    private static RunHistory history(Map<String, Deque<Long>> known) {
        List<RunHistory.Series> all = new ArrayList<>();
        known.forEach((key, millis) -> {
            String[] parts = key.split(":", -1);
            all.add(series("embedded", Long.parseLong(parts[0]), parts[1], List.copyOf(millis)));
        });
        return new RunHistory(all);
    }
}
