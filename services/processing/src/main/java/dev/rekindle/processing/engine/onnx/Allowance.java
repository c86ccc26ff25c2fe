package dev.rekindle.processing.engine.onnx;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The time a model may work on one picture, however many pieces it is cut into. Waiting for its turn does not count. */
final class Allowance {
    private final Duration all;
    private final LongSupplier nanoClock;
    private long nanosLeft;

    Allowance(Duration all, LongSupplier nanoClock) {
        this.all = all;
        this.nanoClock = nanoClock;
        this.nanosLeft = all.toNanos();
    }

    /** Work that is timed until it is closed. */
    interface Timed extends AutoCloseable {
        @Override
        void close();
    }

    Timed begin() {
        long begin = nanoClock.getAsLong();
        return () -> nanosLeft -= nanoClock.getAsLong() - begin;
    }

    long nanosLeft() {
        return nanosLeft;
    }

    /** Throws if nothing is left. */
    void check() {
        if (nanosLeft <= 0) {
            throw new ModelProblem("It took longer than limits.timeoutSeconds, " + all.toMillis() / 1000.0 + " s.");
        }
    }
}
