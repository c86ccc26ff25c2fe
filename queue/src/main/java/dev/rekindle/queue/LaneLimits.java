package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;

/**
 * The numbers of a lane an operator may change while it runs.
 *
 * @param activeMax jobs running at once; 0 closes the lane
 * @param claimsPerSecondMax jobs begun in a second, over any longer time; 0 means no limit
 * @param attemptTimeout how long one attempt may take; kept for those who enqueue
 * @param attemptsMax kept for those who enqueue
 * @param waitingMax jobs waiting and delayed; a full lane refuses new ones
 */
public record LaneLimits(
        int activeMax, int claimsPerSecondMax, Duration attemptTimeout, int attemptsMax, int waitingMax) {
    private static final Duration TIMEOUT_MAX = Duration.ofDays(1);

    public LaneLimits {
        check("active_max", activeMax, 0, 10_000);
        check("claims_per_second_max", claimsPerSecondMax, 0, 100_000);
        check("attempts_max", attemptsMax, 1, 100);
        check("waiting_max", waitingMax, 1, 10_000_000);
        if (attemptTimeout.compareTo(Duration.ofSeconds(1)) < 0 || attemptTimeout.compareTo(TIMEOUT_MAX) > 0) {
            throw Failure.invalid("attempt_timeout", "is " + attemptTimeout + "; expected 1 s to 1 day");
        }
    }

    private static void check(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw Failure.invalid(field, "is " + value + "; expected " + min + " to " + max);
        }
    }
}
