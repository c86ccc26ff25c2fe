package dev.rekindle.platform;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A piece of work done again and again on a virtual thread of its own: after each interval, or at once when woken. A run
 * that throws is logged and the next run comes after the interval; nothing ends the loop but {@link #close()}.
 */
public final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    /** One run of the work. */
    @FunctionalInterface
    public interface Work {
        /** Runs once. True: there may be more to do, run again without waiting. */
        boolean run() throws Exception;
    }

    private final String name;
    private final Duration interval;
    private final Duration gather;
    private final Work work;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition signal = lock.newCondition();
    private boolean woken;
    private volatile boolean closed;

    private Loop(String name, Duration interval, Duration gather, Work work) {
        this.name = name;
        this.interval = interval;
        this.gather = gather;
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::loop);
    }

    /** Starts a loop whose first run is at once. */
    public static Loop start(String name, Duration interval, Work work) {
        return startGathering(name, interval, Duration.ZERO, work);
    }

    /**
     * Starts a loop that, woken during a run or shortly after it, still waits until some time has gone by since that run:
     * what wakes it meanwhile is done together. Woken after a rest it runs at once.
     */
    public static Loop startGathering(String name, Duration interval, Duration gather, Work work) {
        Loop loop = new Loop(name, interval, gather, work);
        loop.thread.start();
        return loop;
    }

    /** Ends the present wait. Waking while a run is under way makes one more run follow. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            signal.signal();
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        while (!closed) {
            boolean more = false;
            try {
                more = work.run();
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (!closed) {
                    log.warn("{} failed and goes on after {}", name, interval, e);
                }
            }
            if (!more && !await()) {
                return;
            }
        }
    }

    /** How long the next run is off, if this one ended then. */
    private long left(long ended) {
        return (woken ? gather : interval).toNanos() - (System.nanoTime() - ended);
    }

    private boolean await() {
        lock.lock();
        try {
            long ended = System.nanoTime();
            for (long left = left(ended); !closed && left > 0; left = left(ended)) {
                long ignored = signal.awaitNanos(left);
            }
            woken = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the loop: interrupts a run under way and waits at most ten seconds for it. */
    @Override
    public void close() {
        closed = true;
        wake();
        thread.interrupt();
        try {
            if (!thread.join(Duration.ofSeconds(10))) {
                log.warn("{} did not end within 10 s", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
