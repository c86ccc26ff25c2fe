package dev.rekindle.processing.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one way to end work before its end. Work asks {@link #check} between pieces no longer than half a second; what
 * blocks outside the JVM registers how to be ended. Only the first cause counts.
 */
public final class Stop {

    /** Why work is to end. */
    public enum Cause {
        /** Its owner wants it no longer. */
        CANCELLED,
        /** It ran longer than an attempt may. */
        TIMEOUT,
        /** It made no progress for too long. */
        STALLED,
        /** Another worker holds the job now: nothing may be written any more. */
        LEASE_LOST,
        /** The worker ends and hands the job back. */
        SHUTDOWN
    }

    /** Thrown by {@link Stop#check}: unwinds the work. */
    public static final class Stopped extends RuntimeException {
        private final Cause why;

        private Stopped(Cause why) {
            super("stopped: " + why, null, false, false);
            this.why = why;
        }

        public Cause why() {
            return why;
        }
    }

    /** What {@link Stop#onStop} answers: closing it forgets the action. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** The stop of a part of the work, until it is closed. */
    public record Part(Stop stop, Registration ofWhole, CompletableFuture<Void> timer) implements AutoCloseable {
        @Override
        public void close() {
            timer.cancel(false);
            ofWhole.close();
        }
    }

    private final List<Runnable> actions = new ArrayList<>();
    private volatile @Nullable Cause cause;

    /** Asks the work to end. */
    public void request(Cause why) {
        List<Runnable> due;
        synchronized (this) {
            if (cause != null) {
                return;
            }
            cause = why;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    /** The cause, once the work is to end. */
    public @Nullable Cause cause() {
        return cause;
    }

    /**
     * Returns while the work may go on.
     *
     * @throws Stopped once it is to end
     */
    public void check() {
        Cause why = cause;
        if (why != null) {
            throw new Stopped(why);
        }
    }

    /** Runs the action when the work is to end, or now if it already is. It must not block. */
    public Registration onStop(Runnable action) {
        synchronized (this) {
            if (cause == null) {
                actions.add(action);
                return () -> forget(action);
            }
        }
        action.run();
        return () -> {};
    }

    /** A stop for a part of the work, which ends by TIMEOUT after that time, and with the whole for whatever ends that. */
    public Part within(Duration time) {
        Stop part = new Stop();
        CompletableFuture<Void> timer = new CompletableFuture<>();
        CompletableFuture<Void> _ = timer.completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(() -> part.request(Cause.TIMEOUT));
        return new Part(part, onStop(() -> part.request(Objects.requireNonNull(cause))), timer);
    }

    /**
     * Waits, no longer than given.
     *
     * @throws Stopped as soon as the work is to end
     */
    public void pause(Duration wait) {
        pause(wait, new CountDownLatch(1));
    }

    /**
     * Waits until that is open, no longer than given. It is opened too when the work is to end.
     *
     * @throws Stopped as soon as the work is to end
     */
    public void pause(Duration wait, CountDownLatch over) {
        try (Registration _ = onStop(over::countDown)) {
            boolean ignored = over.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request(Cause.SHUTDOWN);
        }
        check();
    }

    private synchronized void forget(Runnable action) {
        actions.remove(action);
    }
}
