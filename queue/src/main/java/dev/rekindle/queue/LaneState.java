package dev.rekindle.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 * @param agreed false while an order about it has reached some shards only: it is to be given again
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
        LastHour lastHour,
        boolean agreed) {

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
    public record LastHour(long completed, long failed, long cancelled, long lost, Duration runTimeMean) {

        private LastHour plus(LastHour other) {
            long all = completed + other.completed;
            long millis = runTimeMean.toMillis() * completed + other.runTimeMean.toMillis() * other.completed;
            return new LastHour(
                    all,
                    failed + other.failed,
                    cancelled + other.cancelled,
                    lost + other.lost,
                    Duration.ofMillis(all == 0 ? 0 : millis / all));
        }
    }

    /** The lane over all shards, from what it is in each. */
    static LaneState together(List<LaneState> states, Sharing sharing) {
        LaneState first = states.getFirst();
        if (states.size() == 1) {
            return first;
        }
        List<LaneLimits> limits = states.stream().map(LaneState::limits).toList();
        Map<String, Long> waiting = new TreeMap<>();
        states.forEach(state -> state.waiting.forEach((kind, jobs) -> waiting.merge(kind, jobs, Long::sum)));
        return new LaneState(
                first.name,
                first.mode,
                first.modeBy,
                first.modeReason,
                first.modeSince,
                Sharing.whole(limits),
                waiting,
                states.stream().mapToLong(LaneState::active).sum(),
                states.stream().mapToLong(LaneState::delayed).sum(),
                states.stream().map(LaneState::lastHour).reduce(LastHour::plus).orElseThrow(),
                sharing.areShares(limits) && states.stream().allMatch(first::isOrderedAs));
    }

    private boolean isOrderedAs(LaneState other) {
        return mode == other.mode && modeBy.equals(other.modeBy) && modeReason.equals(other.modeReason);
    }

    /** Jobs waiting, of all kinds. */
    public long waitingTotal() {
        return waiting.values().stream().mapToLong(Long::longValue).sum();
    }
}
