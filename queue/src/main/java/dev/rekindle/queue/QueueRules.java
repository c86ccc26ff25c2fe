package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;

/**
 * The numbers of the queue as a whole that an operator may change while it runs.
 *
 * @param headStarts at most 30 days each; those of jobs put in or moved from then on
 * @param claims how the next job is chosen
 */
public record QueueRules(QueueConfig.HeadStarts headStarts, QueueConfig.Claims claims) {
    private static final Duration HEAD_START_MAX = Duration.ofDays(30);

    public QueueRules {
        check("head_start_normal", headStarts.normal());
        check("head_start_high", headStarts.high());
        check("head_start_urgent", headStarts.urgent());
        check("head_start_retry", headStarts.retry());
        check("lower_lane_every", claims.lowerLaneEvery(), 0, 1_000_000);
        check("look_ahead_max", claims.lookAheadMax(), 1, 1000);
    }

    /** Those of the configuration. */
    public static QueueRules of(QueueConfig config) {
        return new QueueRules(config.headStarts(), config.claims());
    }

    private static void check(String field, Duration value) {
        if (value.isNegative() || value.compareTo(HEAD_START_MAX) > 0) {
            throw Failure.invalid(field, "is " + value + "; expected 0 to 30 days");
        }
    }

    private static void check(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw Failure.invalid(field, "is " + value + "; expected " + min + " to " + max);
        }
    }
}
