package dev.rekindle.bench.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Which events are due to which number of readers, and how long each reader waited for its own. */
final class Receipts {
    private record Due(long nanos, AtomicInteger readersLeft) {}

    private final Map<String, Due> open = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
    private final AtomicLong unexpected = new AtomicLong();

    /** Expects an event at so many readers. The clock runs from when it was due to be published, not from when it was. */
    void expect(String eventId, long dueNanos, int readers) {
        open.put(eventId, new Due(dueNanos, new AtomicInteger(readers)));
    }

    /** One reader has it. */
    void arrived(String eventId) {
        long now = System.nanoTime();
        Due due = open.get(eventId);
        if (due == null) {
            unexpected.incrementAndGet();
            return;
        }
        took.add(now - due.nanos());
        if (due.readersLeft().decrementAndGet() == 0) {
            open.remove(eventId);
        }
    }

    /** How many receipts are still missing. */
    long missing() {
        return open.values().stream().mapToLong(due -> due.readersLeft().get()).sum();
    }

    /** Receipts of what nobody expects any more: doubles. */
    long unexpected() {
        return unexpected.get();
    }

    /** The times of all since the last call. */
    long[] drain() {
        List<Long> drained = new ArrayList<>();
        for (Long one = took.poll(); one != null; one = took.poll()) {
            drained.add(one);
        }
        return drained.stream().mapToLong(Long::longValue).toArray();
    }
}
