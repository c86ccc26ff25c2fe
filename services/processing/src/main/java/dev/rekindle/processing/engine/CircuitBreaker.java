package dev.rekindle.processing.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps work away from something that fails: after so many failures in a row nothing is let in for a while, then one trial
 * at a time; a success lets all in again.
 */
public final class CircuitBreaker {
    private final int failuresMax;
    private final long openNanos;
    private final LongSupplier nanoClock;
    private int failures;
    private boolean open;
    private long openUntil;
    private boolean trial;

    /** @param nanoClock tells time, as {@code System.nanoTime} does */
    public CircuitBreaker(int failuresMax, Duration open, LongSupplier nanoClock) {
        this.failuresMax = failuresMax;
        this.openNanos = open.toNanos();
        this.nanoClock = nanoClock;
    }

    /** True if work would be let in now. */
    public synchronized boolean lets() {
        return !open || (!trial && nanoClock.getAsLong() - openUntil >= 0);
    }

    /** Lets work in, or not. Who is let in must tell how it went: {@link #succeeded}, {@link #failed} or {@link #left}. */
    public synchronized boolean enter() {
        if (!lets()) {
            return false;
        }
        trial = open;
        return true;
    }

    /** The work went well. */
    public synchronized void succeeded() {
        failures = 0;
        open = false;
        trial = false;
    }

    /** The work failed for want of what it is done with. */
    public synchronized void failed() {
        failures++;
        if (trial || failures >= failuresMax) {
            trip();
        }
    }

    /** The work failed so that trying again soon is of no use. */
    public synchronized void trip() {
        open = true;
        trial = false;
        openUntil = nanoClock.getAsLong() + openNanos;
    }

    /** The work ended without telling anything about what it is done with. */
    public synchronized void left() {
        trial = false;
    }
}
