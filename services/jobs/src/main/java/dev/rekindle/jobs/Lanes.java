package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.LaneMode;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneState;
import dev.rekindle.queue.Queue;

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

    /** Numbers an operator sent. */
    static dev.rekindle.queue.LaneLimits read(LaneLimits limits) {
        return new dev.rekindle.queue.LaneLimits(
                limits.getActiveMax(),
                limits.getClaimsPerSecondMax(),
                Protos.duration(limits.getAttemptTimeout()),
                limits.getAttemptsMax(),
                limits.getWaitingMax());
    }
}
