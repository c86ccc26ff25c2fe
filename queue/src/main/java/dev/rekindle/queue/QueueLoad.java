package dev.rekindle.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How busy one lane is with one kind of work, from which waits are estimated.
 *
 * @param waiting jobs of this kind in this lane
 * @param higher what may go before
 * @param open whether its jobs are begun at all
 * @param active jobs of the lane running, of all kinds
 * @param activeMax of the lane
 * @param claimsPerSecondMax of the lane; 0 means no limit
 * @param runMillis recent run times
 * @param workerSlots jobs of this kind all workers can run at once
 */
record QueueLoad(
        long waiting,
        Higher higher,
        boolean open,
        long active,
        long activeMax,
        long claimsPerSecondMax,
        List<Long> runMillis,
        int workerSlots) {

    /**
     * What may go before the jobs of a lane.
     *
     * @param waiting jobs of this kind in lanes served before it
     * @param belowFirst those of them that are not in the first of these lanes
     * @param lowerLaneEvery every so many claims a lower lane is served; 0 never
     */
    record Higher(long waiting, long belowFirst, int lowerLaneEvery) {
        static final Higher NOTHING = new Higher(0, 0, 0);

        /** How many may be begun at most before the job of that rank, it included. */
        long most(long rank) {
            return lowerLaneEvery == 0
                    ? rank + waiting
                    : Math.min(rank + waiting, (rank + belowFirst) * lowerLaneEvery);
        }
    }

    /** What a run is taken to last before one has been seen: from a small picture to a careful restoration. */
    private static final long UNKNOWN_RUN_MILLIS_LOW = 3_000;

    private static final long UNKNOWN_RUN_MILLIS_HIGH = 60_000;
    private static final long CLAIM_MILLIS = 1_000;
    /** The square of what is left of a run is spread over its length: a twelfth, and more because ends come together. */
    private static final double RUNNING_VARIANCE = 6;
    /** By how much of their mean runs come to last longer or shorter, for each doubling of the line beside the runs seen. */
    private static final double DRIFT = 0.065;
    /** So many standard deviations to each side hold about nine of ten. */
    private static final double DEVIATIONS = 1.5;

    /** The jobs of one kind in one lane. */
    record Line(String lane, String kind) {}

    /** Reads the queues of an answer, in their order. */
    static Map<Line, QueueLoad> read(Reply queues, Map<String, Integer> slotsByKind) {
        Map<Line, QueueLoad> loads = new LinkedHashMap<>();
        while (queues.more()) {
            Reply queue = queues.list();
            Line line = new Line(queue.text(), queue.text());
            loads.put(
                    line,
                    new QueueLoad(
                            queue.number(),
                            new Higher(queue.number(), queue.number(), queue.count()),
                            !queue.text().equals("paused"),
                            queue.number(),
                            queue.number(),
                            queue.number(),
                            times(queue.list()),
                            slotsByKind.getOrDefault(line.kind, 0)));
        }
        return loads;
    }

    /** The load of two shards. Workers serve all shards, so their places count once. */
    QueueLoad plus(QueueLoad other) {
        return new QueueLoad(
                waiting + other.waiting,
                new Higher(
                        higher.waiting + other.higher.waiting,
                        higher.belowFirst + other.higher.belowFirst,
                        higher.lowerLaneEvery),
                open && other.open,
                active + other.active,
                activeMax + other.activeMax,
                claimsPerSecondMax + other.claimsPerSecondMax,
                Stream.concat(runMillis.stream(), other.runMillis.stream()).toList(),
                workerSlots);
    }

    private static List<Long> times(Reply times) {
        List<Long> millis = new ArrayList<>();
        while (times.more()) {
            millis.add(Long.parseLong(times.text()));
        }
        return millis;
    }

    /**
     * The wait of the job of that rank, so that the truth lies inside in about nine of ten cases: low, if only its own lane
     * is served and runs are short; high, if as much as may of what waits in lanes before goes first and runs are long. Null if nothing
     * will begin it.
     */
    Position.@Nullable Wait estimate(long rank) {
        long slots = Math.min(activeMax, workerSlots);
        if (!open || slots <= 0) {
            return null;
        }
        long free = Math.max(0, Math.min(activeMax - active, workerSlots));
        long low = low(Math.max(0, rank - free), slots);
        long high = high(Math.max(0, higher.most(rank) - free), slots) + CLAIM_MILLIS;
        if (claimsPerSecondMax > 0) {
            low = Math.max(low, (rank - 1) * 1000 / claimsPerSecondMax - CLAIM_MILLIS);
            high = Math.max(high, low + CLAIM_MILLIS);
        }
        return new Position.Wait(Duration.ofMillis(Math.min(low, high)), Duration.ofMillis(high));
    }

    private long low(long ends, long slots) {
        if (ends == 0 || runMillis.isEmpty()) {
            return ends * UNKNOWN_RUN_MILLIS_LOW / slots;
        }
        return Math.round(Math.max(0, (ends - 0.5) * mean() - spread(ends, slots)) / slots);
    }

    private long high(long ends, long slots) {
        if (ends == 0 || runMillis.isEmpty()) {
            return (ends + slots - 1) / slots * UNKNOWN_RUN_MILLIS_HIGH;
        }
        return Math.round((ends * mean() + spread(ends, slots)) / slots);
    }

    private double mean() {
        return runMillis.stream().mapToLong(Long::longValue).average().orElse(0);
    }

    /**
     * How far the sum of so many runs may be from its mean: because each run differs, because the mean is known from a few
     * runs only, because nobody knows how far those are that run now, and because the load changes meanwhile: the more, the
     * longer the line is beside the runs it is reckoned from.
     */
    private double spread(long ends, long slots) {
        double mean = mean();
        int known = runMillis.size();
        double squares = runMillis.stream()
                .mapToDouble(millis -> (millis - mean) * (millis - mean))
                .sum();
        double variance = known > 1 ? squares / (known - 1) : mean * mean;
        double running = Math.min(ends, slots) * mean * mean / RUNNING_VARIANCE;
        double drift = DRIFT * Math.log(1 + (double) ends / known) / Math.log(2) * ends * mean;
        return DEVIATIONS * Math.sqrt(ends * variance * (1 + (double) ends / known) + running + drift * drift);
    }
}
