package dev.rekindle.jobs;

import dev.rekindle.queue.Position;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One stream that watches one job. Keeps only the newest of what moves, so a slow reader costs nothing. */
final class Watch {

    /** What woke a watch: whether the row may have changed, and what moved since. */
    record News(
            boolean changed,
            @Nullable RunProgress progress,
            @Nullable Position position,
            boolean ended) {}

    private final UUID jobId;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private boolean changed;
    private boolean ended;
    private long revision;
    private boolean waiting;
    private @Nullable RunProgress progress;
    private @Nullable Position position;
    private @Nullable Position lastPosition;

    Watch(UUID jobId) {
        this.jobId = jobId;
    }

    UUID jobId() {
        return jobId;
    }

    /** Says what the reader knows: the revision it has seen, and whether the job waits in the queue. */
    void sent(long newRevision, boolean newWaiting) {
        lock.lock();
        try {
            revision = newRevision;
            waiting = newWaiting;
        } finally {
            lock.unlock();
        }
    }

    boolean wantsPosition() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    void changed() {
        tell(() -> changed = true);
    }

    void isAt(long newRevision) {
        lock.lock();
        try {
            if (newRevision > revision) {
                changed = true;
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Progress that is older than what is known is left out. */
    void progressed(RunProgress update) {
        lock.lock();
        try {
            if (progress == null || update.isNews(progress)) {
                progress = update;
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    void moved(@Nullable Position update) {
        if (update == null) {
            return;
        }
        lock.lock();
        try {
            if (!update.equals(lastPosition)) {
                lastPosition = update;
                position = update;
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    void end() {
        tell(() -> ended = true);
    }

    private void tell(Runnable news) {
        lock.lock();
        try {
            news.run();
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for news, no longer than so long; after that it is worth looking at the row anyway. */
    News await(Duration max) throws InterruptedException {
        lock.lock();
        try {
            long nanos = max.toNanos();
            while (!changed && !ended && progress == null && position == null && nanos > 0) {
                nanos = arrived.awaitNanos(nanos);
            }
            News news = new News(changed || nanos <= 0, progress, position, ended);
            changed = false;
            progress = null;
            position = null;
            return news;
        } finally {
            lock.unlock();
        }
    }

    /** Longest sensible wait before looking anyway. */
    static Duration waitMax() {
        return Duration.ofNanos(TimeUnit.SECONDS.toNanos(15));
    }
}
