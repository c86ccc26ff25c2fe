package dev.rekindle.events;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One reader's place at the {@link Switchboard}: its interest and the events that wait for it. Offering never waits. When
 * too many wait, transient ones are let go first; when a logged one finds no room still, the reader is cut: it hears no
 * more, and resumes from the log.
 */
final class Subscription {

    /** What became of an event that was offered. */
    enum Offer {
        /** It waits for the reader. */
        TAKEN,
        /** It waits, and a transient one that waited was let go for it. */
        REPLACED,
        /** It is transient, and there was no room. */
        LEFT_OUT,
        /** There was no room: the reader is cut. */
        CUT,
        /** It was taken before, or the subscription has ended. */
        IGNORED
    }

    /** Why a subscription ends. */
    enum Ending {
        /** The reader was too slow. */
        SLOW,
        /** This process ends. */
        CLOSING,
        /** The reader went away. */
        GONE
    }

    /** What a reader is to do next. */
    sealed interface Next {
        record Delivery(LiveEvent event) implements Next {}

        /** Nothing came in the time given. */
        record Silence() implements Next {}

        record Ended(Ending why) implements Next {}
    }

    private static final Next SILENCE = new Next.Silence();

    private final String userId;
    private final Interest interest;
    private final int bufferMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<LiveEvent> waiting = new ArrayDeque<>(1);
    private int waitingTransientCount;
    private @Nullable Ending ending;
    private @Nullable LiveEvent lastOffered;

    Subscription(String userId, Interest interest, int bufferMax) {
        this.userId = userId;
        this.interest = interest;
        this.bufferMax = bufferMax;
    }

    String userId() {
        return userId;
    }

    Interest interest() {
        return interest;
    }

    /** Puts an event in the row of those that wait. One that is told in several rooms is taken once. */
    Offer offer(LiveEvent event) {
        lock.lock();
        try {
            if (ending != null || event == lastOffered) {
                return Offer.IGNORED;
            }
            lastOffered = event;
            Offer offer = Offer.TAKEN;
            if (waiting.size() >= bufferMax) {
                if (event.isTransient()) {
                    return Offer.LEFT_OUT;
                }
                if (!removeOldestTransient()) {
                    finish(Ending.SLOW);
                    return Offer.CUT;
                }
                offer = Offer.REPLACED;
            }
            waiting.add(event);
            waitingTransientCount += event.isTransient() ? 1 : 0;
            changed.signal();
            return offer;
        } finally {
            lock.unlock();
        }
    }

    private boolean removeOldestTransient() {
        if (waitingTransientCount == 0) {
            return false;
        }
        for (Iterator<LiveEvent> events = waiting.iterator(); events.hasNext(); ) {
            if (events.next().isTransient()) {
                events.remove();
                waitingTransientCount--;
                return true;
            }
        }
        throw new IllegalStateException(waitingTransientCount + " transient events should wait, none does");
    }

    /** Waits for the next event or the end, at most that long. */
    Next next(Duration waitMax) throws InterruptedException {
        lock.lock();
        try {
            long nanos = waitMax.toNanos();
            while (waiting.isEmpty() && ending == null && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (ending != null) {
                return new Next.Ended(ending);
            }
            LiveEvent event = waiting.poll();
            if (event == null) {
                return SILENCE;
            }
            waitingTransientCount -= event.isTransient() ? 1 : 0;
            return new Next.Delivery(event);
        } finally {
            lock.unlock();
        }
    }

    /** Why it has ended; null while it goes on. */
    @Nullable
    Ending ending() {
        lock.lock();
        try {
            return ending;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it: what waits is let go, its reader hears why. The first reason stands. */
    void end(Ending why) {
        lock.lock();
        try {
            if (ending == null) {
                finish(why);
            }
        } finally {
            lock.unlock();
        }
    }

    private void finish(Ending why) {
        ending = why;
        waiting.clear();
        waitingTransientCount = 0;
        changed.signal();
    }
}
