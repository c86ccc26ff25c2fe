package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.LaneMode;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneState;
import dev.rekindle.queue.Queue;
import java.util.ArrayList;
import java.util.List;

/** Lanes of the queue as the contract shows them. */
final class Lanes {
    private Lanes() {}

    /** @throws Failure NOT_FOUND if there is no lane of that name */
    static LaneState find(Queue queue, String name) {
        return queue.lanes().stream()
                .filter(lane -> lane.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("lane", name));
    }

    static Lane view(LaneState state, int workers) {
        LaneState.LastHour lastHour = state.lastHour();
        int activeMax = state.limits().activeMax();
        return Lane.newBuilder()
                .setName(state.name())
                .setMode(mode(state.mode()))
                .setModeBy(state.modeBy())
                .setModeReason(state.modeReason())
                .setModeTime(Protos.timestamp(state.modeSince()))
                .setLimits(view(state.limits()))
                .setWaiting(state.waitingTotal())
                .setActive(state.active())
                .setDelayed(state.delayed())
                .setCompletedLastHour(lastHour.completed())
                .setFailedLastHour(lastHour.failed() + lastHour.lost())
                .setRunTimeMean(Protos.duration(lastHour.runTimeMean()))
                .setUtilisation(activeMax == 0 ? 0 : (double) state.active() / activeMax)
                .setWorkers(workers)
                .build();
    }

    private static LaneMode mode(LaneState.Mode mode) {
        return switch (mode) {
            case RUNNING -> LaneMode.LANE_MODE_RUNNING;
            case PAUSED -> LaneMode.LANE_MODE_PAUSED;
            case DRAINING -> LaneMode.LANE_MODE_DRAINING;
        };
    }

    private static LaneLimits view(dev.rekindle.queue.LaneLimits limits) {
        return LaneLimits.newBuilder()
                .setActiveMax(limits.activeMax())
                .setClaimsPerSecondMax(limits.claimsPerSecondMax())
                .setAttemptTimeout(Protos.duration(limits.attemptTimeout()))
                .setAttemptsMax(limits.attemptsMax())
                .setWaitingMax(limits.waitingMax())
                .build();
    }

    /** A lane's numbers after an operator's change: those given, the others as they are now. */
    static dev.rekindle.queue.LaneLimits changed(dev.rekindle.queue.LaneLimits now, LaneLimits given) {
        return new dev.rekindle.queue.LaneLimits(
                given.hasActiveMax() ? given.getActiveMax() : now.activeMax(),
                given.hasClaimsPerSecondMax() ? given.getClaimsPerSecondMax() : now.claimsPerSecondMax(),
                given.hasAttemptTimeout() ? Protos.duration(given.getAttemptTimeout()) : now.attemptTimeout(),
                given.hasAttemptsMax() ? given.getAttemptsMax() : now.attemptsMax(),
                given.hasWaitingMax() ? given.getWaitingMax() : now.waitingMax());
    }

    /**
     * The numbers given, in words for operators.
     *
     * @throws Failure INVALID_ARGUMENT if none is given
     */
    static String words(LaneLimits given) {
        List<String> words = new ArrayList<>();
        if (given.hasActiveMax()) {
            words.add("at once " + given.getActiveMax());
        }
        if (given.hasClaimsPerSecondMax()) {
            words.add("a second " + given.getClaimsPerSecondMax());
        }
        if (given.hasAttemptTimeout()) {
            words.add("an attempt " + Protos.duration(given.getAttemptTimeout()).toSeconds() + " s");
        }
        if (given.hasAttemptsMax()) {
            words.add("attempts " + given.getAttemptsMax());
        }
        if (given.hasWaitingMax()) {
            words.add("waiting " + given.getWaitingMax());
        }
        if (words.isEmpty()) {
            throw Failure.invalid("limits", "has no number; expected at least one");
        }
        return String.join(", ", words);
    }
}
