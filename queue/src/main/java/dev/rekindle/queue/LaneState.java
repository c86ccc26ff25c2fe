package dev.rekindle.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A lane at one moment.
 *
 * @param mode whether its jobs are begun and new ones taken
 * @param modeBy who set the mode; empty if nobody has
 * @param modeSince since when it is so
 * @param waiting jobs waiting, by kind; every kind is named
 * @param active jobs leased
 * @param delayed jobs that begin to wait later
 * @param lastHour attempts that ended in the last sixty minutes
 */
public record LaneState(
        String name,
        Mode mode,
        String modeBy,
        String modeReason,
        Instant modeSince,
        LaneLimits limits,
        Map<String, Long> waiting,
        long active,
        long delayed,
        LastHour lastHour) {

    /** What a lane does. */
    public enum Mode {
        RUNNING,
        /** No job is begun; new ones are taken. */
        PAUSED,
        /** No new job is taken; those that wait still run. */
        DRAINING
    }

    /**
     * Attempts that ended.
     *
     * @param runTimeMean of those completed; zero if there were none
     */
    public record LastHour(long completed, long failed, long cancelled, long lost, Duration runTimeMean) {}

    /** Jobs waiting, of all kinds. */
    public long waitingTotal() {
        return waiting.values().stream().mapToLong(Long::longValue).sum();
    }
}
