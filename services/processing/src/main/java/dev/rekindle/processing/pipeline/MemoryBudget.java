package dev.rekindle.processing.pipeline;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The memory that all jobs of a worker may take together. A job reserves once, before it takes anything. */
public final class MemoryBudget {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final long bytesMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private long reserved;

    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Reserved memory: close it and it is free again. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves memory, waiting while other jobs hold too much of it.
     *
     * @throws Failure NOT_ENOUGH_MEMORY if it is more than the worker has in all
     * @throws Stop.Stopped if the work is to end while it waits
     */
    public Reservation reserve(long bytes, Stop stop) {
        if (bytes > bytesMax) {
            throw Failure.of(
                    Reason.REASON_NOT_ENOUGH_MEMORY,
                    "The picture needs " + (bytes >> 20) + " MB of memory; this server gives one job at most "
                            + (bytesMax >> 20) + " MB.");
        }
        lock.lock();
        try {
            while (reserved + bytes > bytesMax) {
                stop.check();
                boolean ignored = released.awaitNanos(LOOK_AGAIN.toNanos()) > 0;
            }
            reserved += bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.request(Stop.Cause.SHUTDOWN);
            stop.check();
        } finally {
            lock.unlock();
        }
        return () -> release(bytes);
    }

    private void release(long bytes) {
        lock.lock();
        try {
            reserved -= bytes;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes not reserved now. */
    public long free() {
        lock.lock();
        try {
            return bytesMax - reserved;
        } finally {
            lock.unlock();
        }
    }

    public long bytesMax() {
        return bytesMax;
    }
}
