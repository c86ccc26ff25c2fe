package dev.rekindle.gateway;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** Waiting for conditions. */
final class Until {
    private static final Duration MAX = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 20;
    private static final int STEADY_POLLS = 25;

    private Until() {}

    /** Waits until it is so. */
    static void so(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + MAX.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Not within " + MAX + ": " + what);
            }
            pause();
        }
    }

    /** Waits until a number has stopped changing. */
    static void steady(IntSupplier number) throws InterruptedException {
        int last = -1;
        int same = 0;
        while (same < STEADY_POLLS) {
            int now = number.getAsInt();
            same = now == last ? same + 1 : 0;
            last = now;
            pause();
        }
    }

    private static void pause() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        assert !never;
    }
}
