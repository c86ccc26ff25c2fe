package dev.rekindle.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How busy one lane is with one kind of work, from which waits are estimated.
 *
 * @param waiting jobs of this kind in this lane
 * @param waitingHigher jobs of this kind in lanes served before it
 * @param open whether its jobs are begun at all
 * @param active jobs of the lane running, of all kinds
 * @param activeMax of the lane
 * @param claimsPerSecondMax of the lane; 0 means no limit
 * @param runMillis recent run times, in order of size
 * @param workerSlots jobs of this kind all workers can run at once
 */
record QueueLoad(
        long waiting,
        long waitingHigher,
        boolean open,
        long active,
        long activeMax,
        long claimsPerSecondMax,
        List<Long> runMillis,
        int workerSlots) {
    /** What a run is taken to last before one has been seen: from a small picture to a careful restoration. */
    private static final long UNKNOWN_RUN_MILLIS_LOW = 3_000;

    private static final long UNKNOWN_RUN_MILLIS_HIGH = 60_000;
    private static final long CLAIM_MILLIS = 1_000;

    /** Reads the queues of a positions answer. */
    static List<QueueLoad> read(Reply queues, Map<String, Integer> slotsByKind) {
        List<QueueLoad> loads = new ArrayList<>();
        while (queues.more()) {
            Reply queue = queues.list();
            queue.text();
            int slots = slotsByKind.getOrDefault(queue.text(), 0);
            loads.add(new QueueLoad(
                    queue.number(),
                    queue.number(),
                    !queue.text().equals("paused"),
                    queue.number(),
                    queue.number(),
                    queue.number(),
                    sorted(queue.list()),
                    slots));
        }
        return loads;
    }

    private static List<Long> sorted(Reply times) {
        List<Long> millis = new ArrayList<>();
        while (times.more()) {
            millis.add(Long.parseLong(times.text()));
        }
        return millis.stream().sorted().toList();
    }

    /**
     * The wait of the job of that rank: low, if only its own lane is served and runs are short; high, if all that waits in
     * lanes before goes first and runs are long. Null if nothing will begin it.
     */
    Position.@Nullable Wait estimate(long rank) {
        long slots = Math.min(activeMax, workerSlots);
        if (!open || slots <= 0) {
            return null;
        }
        long free = Math.max(0, Math.min(activeMax - active, workerSlots));
        long aheadLow = Math.max(0, rank - free);
        long aheadHigh = Math.max(0, rank + waitingHigher - free);
        long low = aheadLow * quantile(0.25, UNKNOWN_RUN_MILLIS_LOW) / slots;
        long high = (aheadHigh + slots - 1) / slots * quantile(0.9, UNKNOWN_RUN_MILLIS_HIGH) + CLAIM_MILLIS;
        if (claimsPerSecondMax > 0) {
            low = Math.max(low, (rank - 1) * 1000 / claimsPerSecondMax - CLAIM_MILLIS);
            high = Math.max(high, low + CLAIM_MILLIS);
        }
        return new Position.Wait(Duration.ofMillis(Math.min(low, high)), Duration.ofMillis(high));
    }

    private long quantile(double share, long otherwise) {
        return runMillis.isEmpty() ? otherwise : runMillis.get((int) (share * runMillis.size()));
    }
}
