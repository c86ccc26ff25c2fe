package dev.rekindle.events;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where events meet their readers: knows how far this process has read the log and which subscriptions are in which room.
 * Joining and delivering exclude each other, so that a subscription knows exactly from which place on it is told
 * everything. Nothing here waits for a reader, and an event costs as much as it has readers.
 */
final class Switchboard implements AutoCloseable {
    private static final Duration COME_BACK = Duration.ofSeconds(5);

    private final EventsConfig.Subscriptions config;
    private final EventMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Room, Set<Subscription>> rooms = new HashMap<>();
    private final Set<Subscription> open = new HashSet<>();
    private final Map<String, Integer> countByUser = new HashMap<>();
    private Position position;
    private boolean closed;

    /** A switchboard without readers, of a process that has the log behind it up to that place. */
    Switchboard(EventsConfig.Subscriptions config, EventMetrics metrics, Position position) {
        this.config = config;
        this.metrics = metrics;
        this.position = position;
        metrics.watchSubscriptions(this::openCount);
    }

    /**
     * Admits a reader. It is told nothing before it joins. Leave with {@link #leave}.
     *
     * @throws Failure RATE_LIMITED if the user has too many open, OVERLOADED if all have, UNAVAILABLE at the end
     */
    Subscription admit(String userId, Interest interest) {
        return locked(() -> {
            if (closed) {
                throw Failure.of(Reason.REASON_UNAVAILABLE, "This server is going away. Please try again.");
            }
            if (open.size() >= config.countMax()) {
                throw Failure.of(
                                Reason.REASON_OVERLOADED,
                                "This server has " + config.countMax() + " open streams, all it takes.")
                        .withRetryDelay(COME_BACK);
            }
            int count = countByUser.getOrDefault(userId, 0);
            if (count >= config.perUserMax()) {
                throw Failure.of(
                                Reason.REASON_RATE_LIMITED,
                                "You have " + count + " open streams; no more than " + config.perUserMax()
                                        + " are allowed. Close one first.")
                        .withRetryDelay(COME_BACK);
            }
            Subscription subscription = new Subscription(userId, interest, config.bufferMax());
            countByUser.put(userId, count + 1);
            open.add(subscription);
            return subscription;
        });
    }

    /** Lets a subscription into its rooms. It is told of every event after the answered place, and of none before. */
    Position join(Subscription subscription) {
        return locked(() -> {
            if (open.contains(subscription) && subscription.ending() == null) {
                for (Room room : subscription.interest().rooms()) {
                    rooms.computeIfAbsent(room, _ -> new HashSet<>()).add(subscription);
                }
            }
            return position;
        });
    }

    /** Takes a subscription out of its rooms and forgets it. */
    void leave(Subscription subscription) {
        locked(() -> {
            removeFromRooms(subscription);
            if (open.remove(subscription)) {
                countByUser.computeIfPresent(subscription.userId(), (_, count) -> count == 1 ? null : count - 1);
            }
            return null;
        });
    }

    private void removeFromRooms(Subscription subscription) {
        for (Room room : subscription.interest().rooms()) {
            rooms.computeIfPresent(room, (_, readers) -> {
                readers.remove(subscription);
                return readers.isEmpty() ? null : readers;
            });
        }
    }

    /** How far this process has read the log. */
    Position position() {
        return locked(() -> position);
    }

    /** Tells the next stretch of the log. */
    void deliver(Page page) {
        locked(() -> {
            for (LoggedEvent logged : page.events()) {
                tell(logged.event(), () -> LiveEvent.of(logged));
            }
            position = page.end();
            return null;
        });
    }

    /** Tells an event that is not in the log. */
    void deliverTransient(Event event, Instant publishTime) {
        locked(() -> {
            tell(event, () -> LiveEvent.ofTransient(event, publishTime));
            return null;
        });
    }

    private void tell(Event event, Supplier<LiveEvent> live) {
        LiveEvent shared = null;
        List<Subscription> cut = new ArrayList<>(0);
        for (Room room : Room.of(event)) {
            for (Subscription subscription : rooms.getOrDefault(room, Set.of())) {
                if (!subscription.interest().types().takes(event.getType())) {
                    continue;
                }
                shared = shared == null ? live.get() : shared;
                switch (subscription.offer(shared)) {
                    case TAKEN, IGNORED -> {}
                    case REPLACED, LEFT_OUT -> metrics.leftOut();
                    case CUT -> cut.add(subscription);
                }
            }
        }
        for (Subscription subscription : cut) {
            metrics.cut();
            removeFromRooms(subscription);
        }
    }

    private int openCount() {
        return locked(open::size);
    }

    /** Ends all subscriptions and admits no more. */
    @Override
    public void close() {
        locked(() -> {
            closed = true;
            open.forEach(subscription -> subscription.end(Subscription.Ending.CLOSING));
            return null;
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
