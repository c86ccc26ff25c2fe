package dev.rekindle.queue;

import java.util.List;
import java.util.stream.Stream;

/**
 * How long jobs of a kind run.
 *
 * @param millis of runs seen lately
 * @param expected what such work takes, for as long as few runs have been seen
 */
record RunTimes(List<Long> millis, QueueConfig.ExpectedRun expected) {
    /** So many runs say by themselves how long the next ones take. */
    private static final int ENOUGH = 20;

    /** The runs of two shards. */
    RunTimes plus(RunTimes other) {
        return new RunTimes(
                Stream.concat(millis.stream(), other.millis.stream()).toList(), expected);
    }

    boolean isUnseen() {
        return millis.isEmpty();
    }

    /**
     * What to reckon from: the runs seen and, until there are enough, the two ends of what was expected as a run each. So the
     * first run, which may be a slow one of a cold start, does not stand for all, and what was expected fades with each.
     */
    List<Long> reckoned() {
        return millis.size() >= ENOUGH
                ? millis
                : Stream.concat(
                                millis.stream(),
                                Stream.of(
                                        expected.low().toMillis(),
                                        expected.high().toMillis()))
                        .toList();
    }
}
