package dev.rekindle.processing.engine.runpod;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that grow up to a limit, spread so that workers that began together do not stay together. */
final class BackOff {
    private static final double GROWTH = 1.5;
    private static final double SPREAD = 0.2;

    private final Duration max;
    private final RandomGenerator random;
    private double millis;

    BackOff(Duration first, Duration max, RandomGenerator random) {
        this.max = max;
        this.random = random;
        this.millis = (double) first.toMillis();
    }

    /** The next wait. */
    Duration next() {
        double wait = Math.min(millis, (double) max.toMillis());
        millis = wait * GROWTH;
        return Duration.ofMillis(Math.round(wait * (1 + SPREAD * (2 * random.nextDouble() - 1))));
    }
}
