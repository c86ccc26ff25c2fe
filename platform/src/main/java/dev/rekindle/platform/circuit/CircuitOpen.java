package dev.rekindle.platform.circuit;

import java.time.Duration;

/** Refuses a call before it is made: what it would go to has failed too often of late. */
public final class CircuitOpen extends RuntimeException {
    private final Duration retryAfter;

    CircuitOpen(String dependency, Duration retryAfter) {
        super(dependency + " has failed too often of late; it is tried again in " + retryAfter.toMillis() + " ms.");
        this.retryAfter = retryAfter;
    }

    /** After which a call may be let through again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
