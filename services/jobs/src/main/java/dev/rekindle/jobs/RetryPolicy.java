package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.v1.Priority;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Whether and when a failed attempt is followed by another: one table, by class of failure.
 *
 * <p>Engines and other dependencies wait by a list, passing trouble and short resources ever twice as long. Bad data,
 * mistakes in programs, refused credentials and wrong settings are not tried again: they would fail again. Chance takes a
 * share off each delay, so that jobs that failed together do not return together, and higher priorities wait less.
 */
final class RetryPolicy {
    private final RetryPauses pauses;
    private final Supplier<RandomGenerator> random;

    /** @param random asked for at each use, since generators belong to threads */
    RetryPolicy(RetryPauses pauses, Supplier<RandomGenerator> random) {
        this.pauses = pauses;
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
            case FAILURE_CLASS_DEPENDENCY ->
                Optional.of(pauses.dependency()
                        .get(Math.min(failures, pauses.dependency().size()) - 1));
            case FAILURE_CLASS_TEMPORARY -> Optional.of(doubled(pauses.temporaryFirst(), failures));
            case FAILURE_CLASS_RESOURCE -> Optional.of(doubled(pauses.resourceFirst(), failures));
            case FAILURE_CLASS_DATA,
                    FAILURE_CLASS_LOGIC,
                    FAILURE_CLASS_SECURITY,
                    FAILURE_CLASS_CONFIGURATION,
                    FAILURE_CLASS_UNSPECIFIED,
                    UNRECOGNIZED -> Optional.empty();
        };
        return base.map(delay -> {
            double factor =
                    share(priority) * (1 - pauses.jitter() * random.get().nextDouble());
            Duration own = Duration.ofMillis(Math.round(delay.toMillis() * factor));
            return own.compareTo(wished) < 0 ? wished : own;
        });
    }

    private Duration doubled(Duration first, int failures) {
        Duration delay = first.multipliedBy(1L << Math.min(failures - 1, 20));
        return delay.compareTo(pauses.max()) > 0 ? pauses.max() : delay;
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
