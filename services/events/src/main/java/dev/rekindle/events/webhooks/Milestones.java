package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.db.Database;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Watches the progress of jobs for milestones, beside the way on which progress is told: of a job only its latest is
 * looked at, and where too many move at once, some are looked at next time.
 */
final class Milestones implements AutoCloseable {
    private static final String PROGRESS = "job.progress";
    private static final int WAITING_MAX = 10_000;
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final FanOutStore store;
    private final CircuitBreaker circuit;
    private final Runnable onDelivery;
    private final LinkedHashMap<String, Event> latest = new LinkedHashMap<>();
    private final Loop loop;

    Milestones(FanOutStore store, CircuitBreaker circuit, Runnable onDelivery) {
        this.store = store;
        this.circuit = circuit;
        this.onDelivery = onDelivery;
        this.loop = Loop.start("webhooks-milestones", INTERVAL, this::look);
    }

    /** Takes note of events that are not in the log. */
    void note(List<Event> events) {
        boolean any = false;
        synchronized (latest) {
            for (Event event : events) {
                boolean ofJob = event.getType().equals(PROGRESS)
                        && event.hasJob()
                        && !event.getUserId().isEmpty()
                        && !event.getJobId().isEmpty();
                if (ofJob && (latest.size() < WAITING_MAX || latest.containsKey(event.getJobId()))) {
                    latest.put(event.getJobId(), event);
                    any = true;
                }
            }
        }
        if (any) {
            loop.wake();
        }
    }

    private boolean look() {
        if (!circuit.lets()) {
            return false; // what waits is the latest of each job, also when it is looked at later
        }
        List<Event> moved = take();
        if (moved.isEmpty()) {
            return false;
        }
        boolean whole = false;
        try {
            for (Event progress : circuit.call(() -> store.withMilestones(moved), Database::verdict)) {
                if (circuit.call(() -> store.addProgress(progress), Database::verdict)) {
                    onDelivery.run();
                }
            }
            whole = true;
        } finally {
            if (!whole) {
                putBack(moved);
            }
        }
        return true;
    }

    /** What could not be looked at is looked at next time, unless its job has moved on: a milestone is passed once in any case. */
    private void putBack(List<Event> events) {
        synchronized (latest) {
            events.forEach(event -> latest.putIfAbsent(event.getJobId(), event));
        }
    }

    private List<Event> take() {
        synchronized (latest) {
            List<Event> taken = List.copyOf(latest.values());
            latest.clear();
            return taken;
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
