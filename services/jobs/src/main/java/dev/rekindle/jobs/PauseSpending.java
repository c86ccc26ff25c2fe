package dev.rekindle.jobs;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.platform.rpc.Failure;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses the lanes of a budget that is used up, so that what waits there costs nothing more, and resumes them when it
 * spends again: the next day, or when an operator raised it or lets it spend on. What operators have ordered about a lane
 * stands.
 */
final class PauseSpending {
    private static final Logger log = LoggerFactory.getLogger(PauseSpending.class);

    private final Peers peers;
    private final SteerLanes steer;

    PauseSpending(Peers peers, SteerLanes steer) {
        this.peers = peers;
        this.steer = steer;
    }

    /** Looks once. Never asks to be run again at once. */
    boolean run() {
        try {
            for (Budget budget : peers.budgets()) {
                lanesOf(budget.getName()).forEach(lane -> steer.follow(lane, budget));
            }
        } catch (Failure failure) {
            if (!failure.retryable()) {
                throw failure;
            }
            log.debug("The budgets are not known just now: {}", failure.message());
        }
        return false;
    }

    private static List<String> lanesOf(String budget) {
        return Arrays.stream(Tier.values())
                .filter(tier -> tier != Tier.TIER_UNSPECIFIED && tier != Tier.UNRECOGNIZED)
                .filter(tier -> budget.equals(tier == Tier.TIER_FREE ? "free" : "paid"))
                .map(JobTypes::laneOf)
                .distinct()
                .toList();
    }
}
