package dev.rekindle.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
 * @param runs how long such jobs run
 * @param workerSlots jobs of this kind all workers can run at once
 * @param others what waits for the same workers though it is of other kinds
 */
record QueueLoad(
        long waiting,
        Higher higher,
        boolean open,
        long active,
        long activeMax,
        long claimsPerSecondMax,
        RunTimes runs,
        int workerSlots,
        List<Other> others) {

    /**
     * Jobs of another kind that go to the same workers. Whoever is free takes what has waited longest, of whatever kind.
     *
     * @param waiting in the same lane
     * @param part of its jobs that come to workers of ours: as much as its own places are places of ours
     * @param everywhere all places of ours are also for it
     */
    record Other(String kind, long waiting, Higher higher, RunTimes runs, double part, boolean everywhere) {
        Other plus(Other same) {
            return new Other(
                    kind, waiting + same.waiting, higher.plus(same.higher), runs.plus(same.runs), part, everywhere);
        }
    }

    /**
     * What may go before the jobs of a lane.
     *
     * @param waiting jobs of this kind in lanes served before it
     * @param belowFirst those of them that are not in the first of these lanes
     * @param lowerLaneEvery every so many claims a lower lane is served; 0 never
     */
    record Higher(long waiting, long belowFirst, int lowerLaneEvery) {
        static final Higher NOTHING = new Higher(0, 0, 0);

        Higher plus(Higher other) {
            return new Higher(waiting + other.waiting, belowFirst + other.belowFirst, lowerLaneEvery);
        }

        /** How many may be begun at most before the job of that rank, it included. */
        long most(long rank) {
            return lowerLaneEvery == 0
                    ? rank + waiting
                    : Math.min(rank + waiting, (rank + belowFirst) * lowerLaneEvery);
        }
    }

    private static final long CLAIM_MILLIS = 1_000;

    /** The jobs of one kind in one lane. */
    record Line(String lane, String kind) {}

    /** Reads the queues of an answer, in their order. */
    static Map<Line, QueueLoad> read(Reply queues, WorkerSlots slots, QueueConfig config) {
        Map<Line, QueueLoad> loads = new LinkedHashMap<>();
        while (queues.more()) {
            Reply queue = queues.list();
            Line line = new Line(queue.text(), queue.text());
            long waiting = queue.number();
            Higher higher = new Higher(queue.number(), queue.number(), queue.count());
            loads.put(
                    line,
                    new QueueLoad(
                            waiting,
                            higher,
                            !queue.text().equals("paused"),
                            queue.number(),
                            queue.number(),
                            queue.number(),
                            times(queue.list(), line.kind, config),
                            slots.of(line.kind),
                            others(queue.list(), line, higher.lowerLaneEvery, slots, config)));
        }
        return loads;
    }

    private static List<Other> others(
            Reply reply, Line line, int lowerLaneEvery, WorkerSlots slots, QueueConfig config) {
        List<Other> others = new ArrayList<>();
        while (reply.more()) {
            String other = reply.text();
            long waiting = reply.number();
            Higher higher = new Higher(reply.number(), reply.number(), lowerLaneEvery);
            RunTimes times = times(reply.list(), other, config);
            int shared = slots.shared(line.kind, other);
            if (shared > 0) {
                double part = (double) shared / slots.of(other);
                others.add(new Other(other, waiting, higher, times, part, shared == slots.of(line.kind)));
            }
        }
        return others;
    }

    /** The load of two shards. Workers serve all shards, so their places count once. */
    QueueLoad plus(QueueLoad other) {
        Map<String, Other> all = new LinkedHashMap<>();
        Stream.concat(others.stream(), other.others.stream()).forEach(each -> all.merge(each.kind, each, Other::plus));
        return new QueueLoad(
                waiting + other.waiting,
                higher.plus(other.higher),
                open && other.open,
                active + other.active,
                activeMax + other.activeMax,
                claimsPerSecondMax + other.claimsPerSecondMax,
                runs.plus(other.runs),
                workerSlots,
                List.copyOf(all.values()));
    }

    private static RunTimes times(Reply times, String kind, QueueConfig config) {
        List<Long> millis = new ArrayList<>();
        while (times.more()) {
            millis.add(Long.parseLong(times.text()));
        }
        return new RunTimes(millis, config.expectedRun(kind));
    }

    /** The wait of one more job, at the end of all that waits here now. */
    Position.@Nullable Wait estimateNext() {
        Map<String, Long> before = new HashMap<>();
        others.forEach(other -> before.put(other.kind, other.waiting));
        return estimate(waiting + 1, before);
    }

    /**
     * The wait of the job of that rank, so that the truth lies inside in about nine of ten cases: low, if only its own lane
     * is served and runs are short; high, if as much as may of what waits in lanes before goes first and runs are long. Null if nothing
     * will begin it.
     *
     * @param before how many jobs of each other kind go before it in its lane
     */
    Position.@Nullable Wait estimate(long rank, Map<String, Long> before) {
        long slots = Math.min(activeMax, workerSlots);
        if (!open || slots <= 0) {
            return null;
        }
        long free = Math.max(0, Math.min(activeMax - active, workerSlots));
        RunSum least = new RunSum().add((double) rank, runs);
        RunSum most = new RunSum().add((double) (rank + higher.waiting), runs);
        double line = rank;
        double mostHigher = higher.waiting;
        double belowFirst = higher.belowFirst;
        for (Other other : others) {
            double here = before.getOrDefault(other.kind, 0L) * other.part;
            if (other.everywhere) {
                least.add(here, other.runs);
            }
            most.add(here + other.higher.waiting * other.part, other.runs);
            line += here;
            mostHigher += other.higher.waiting * other.part;
            belowFirst += other.higher.belowFirst * other.part;
        }
        double first = new Higher(Math.round(mostHigher), Math.round(belowFirst), higher.lowerLaneEvery)
                .most(Math.round(line));
        long low = least.low(Math.max(0, least.count() - free), slots);
        long high = most.high(Math.max(0, Math.min(first, most.count()) - free), slots) + CLAIM_MILLIS;
        if (claimsPerSecondMax > 0) {
            low = Math.max(low, byRate(least.count()) - CLAIM_MILLIS);
            high = Math.max(high, Math.max(byRate(line), low) + CLAIM_MILLIS);
        }
        return new Position.Wait(Duration.ofMillis(Math.min(low, high)), Duration.ofMillis(high));
    }

    /** How long the rate of the lane holds back the last of so many jobs. */
    private long byRate(double jobs) {
        return Math.round((jobs - 1) * 1000 / claimsPerSecondMax);
    }
}
