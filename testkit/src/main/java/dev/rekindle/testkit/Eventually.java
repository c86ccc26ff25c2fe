package dev.rekindle.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for a condition, never for a time. The limit only ends tests that would wait for ever. */
public final class Eventually {
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private Eventually() {}

    /** Runs the assertion until it holds; after 30 s its last failure is the test's. */
    public static void holds(Runnable assertion) {
        within(WAIT_MAX, () -> {
            assertion.run();
            return true;
        });
    }

    /** Runs the question until it answers without failing; answers its answer. */
    public static <T> T answers(Callable<T> question) {
        return within(WAIT_MAX, question);
    }

    private static <T> T within(Duration max, Callable<T> question) {
        long deadline = System.nanoTime() + max.toNanos();
        while (true) {
            try {
                return question.call();
            } catch (Exception | AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e instanceof AssertionError failed ? failed : new AssertionError("Still failing", e);
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted", e);
            }
        }
    }
}
