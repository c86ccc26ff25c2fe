package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.v1.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Whether and when a failed attempt is followed by another: one table, by class of failure.
 *
 * <p>Engines and other dependencies wait 30 s, 120 s, 300 s; passing trouble doubles from 5 s; short resources double
 * from 10 s. Bad data, mistakes in programs, refused credentials and wrong settings are not tried again: they would fail
 * again. Up to a fifth is taken off each delay at random, so that jobs that failed together do not return together, and
 * higher priorities wait less.
 */
final class RetryPolicy {
    private static final List<Duration> DEPENDENCY =
            List.of(Duration.ofSeconds(30), Duration.ofSeconds(120), Duration.ofSeconds(300));
    private static final Duration TEMPORARY_FIRST = Duration.ofSeconds(5);
    private static final Duration RESOURCE_FIRST = Duration.ofSeconds(10);
    private static final Duration DELAY_MAX = Duration.ofMinutes(5);
    private static final double JITTER = 0.2;

    private final Supplier<RandomGenerator> random;

    /** @param random asked for at each use, since generators belong to threads */
    RetryPolicy(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    /**
     * The delay before the next attempt; empty if there is none.
     *
     * @param failures attempts that have failed, this one included
     * @param attemptsMax attempts the job may have
     * @param wished the receiver's own wish (Retry-After); never undercut
     */
    Optional<Duration> delay(
            FailureClass failureClass, int failures, int attemptsMax, Priority priority, Duration wished) {
        if (failures >= attemptsMax) {
            return Optional.empty();
        }
        Optional<Duration> base = switch (failureClass) {
            case FAILURE_CLASS_DEPENDENCY -> Optional.of(DEPENDENCY.get(Math.min(failures, DEPENDENCY.size()) - 1));
            case FAILURE_CLASS_TEMPORARY -> Optional.of(doubled(TEMPORARY_FIRST, failures));
            case FAILURE_CLASS_RESOURCE -> Optional.of(doubled(RESOURCE_FIRST, failures));
            case FAILURE_CLASS_DATA,
                    FAILURE_CLASS_LOGIC,
                    FAILURE_CLASS_SECURITY,
                    FAILURE_CLASS_CONFIGURATION,
                    FAILURE_CLASS_UNSPECIFIED,
                    UNRECOGNIZED -> Optional.empty();
        };
        return base.map(delay -> {
            double factor = share(priority) * (1 - JITTER * random.get().nextDouble());
            Duration own = Duration.ofMillis(Math.round(delay.toMillis() * factor));
            return own.compareTo(wished) < 0 ? wished : own;
        });
    }

    private static Duration doubled(Duration first, int failures) {
        Duration delay = first.multipliedBy(1L << Math.min(failures - 1, 20));
        return delay.compareTo(DELAY_MAX) > 0 ? DELAY_MAX : delay;
    }

    private static double share(Priority priority) {
        return switch (priority) {
            case PRIORITY_URGENT -> 0.25;
            case PRIORITY_HIGH -> 0.5;
            case PRIORITY_NORMAL, PRIORITY_UNSPECIFIED, UNRECOGNIZED -> 1.0;
            case PRIORITY_LOW -> 2.0;
        };
    }
}
