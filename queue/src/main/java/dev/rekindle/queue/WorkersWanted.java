package dev.rekindle.queue;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many workers are wanted. More at once when those there are busy and more waits than they would soon work off; one
 * fewer at a time, and only after a while in which fewer would have done, so that a pause between two bursts costs nobody
 * his worker.
 *
 * @param quietSince since when fewer would do; null while they would not
 */
public record WorkersWanted(int workers, @Nullable Instant quietSince) {
    private static final double BUSY = 0.8;

    /**
     * What is decided by.
     *
     * @param workersMin never fewer
     * @param workersMax never more
     * @param placesUsual jobs a worker runs at once, where none says how many
     * @param jobsPerPlace so many jobs a place is expected to work off before another is worth its memory
     * @param quiet so long fewer must do before one ends
     */
    public record Rules(int workersMin, int workersMax, int placesUsual, double jobsPerPlace, Duration quiet) {}

    /** Before anything was seen. */
    public static WorkersWanted first(Rules rules) {
        return new WorkersWanted(rules.workersMin(), null);
    }

    /** The next decision, from what is seen now. */
    public WorkersWanted next(WorkLoad load, Rules rules, Instant now) {
        int places = load.workers() == 0 ? rules.placesUsual() : Math.max(1, load.places() / load.workers());
        int needed = needed(load, rules, places);
        if (needed > workers) {
            boolean busy = load.active() >= BUSY * load.places();
            return new WorkersWanted(busy ? needed : workers, null);
        }
        boolean fewerDo = needed < workers && load.active() <= (long) places * (workers - 1);
        if (!fewerDo) {
            return new WorkersWanted(workers, null);
        }
        if (quietSince == null) {
            return new WorkersWanted(workers, now);
        }
        boolean longEnough = !now.isBefore(quietSince.plus(rules.quiet()));
        return longEnough ? new WorkersWanted(workers - 1, now) : this;
    }

    /** By what waits and runs, no more than lanes let run at once, within the bounds. */
    private static int needed(WorkLoad load, Rules rules, int places) {
        double byDepth = Math.ceil((load.waiting() + load.active()) / (places * rules.jobsPerPlace()));
        double byCaps = Math.ceil((double) load.parallel() / places);
        return (int) Math.clamp(Math.min(byDepth, byCaps), rules.workersMin(), rules.workersMax());
    }
}
