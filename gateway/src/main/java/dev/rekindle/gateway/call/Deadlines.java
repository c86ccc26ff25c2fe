package dev.rekindle.gateway.call;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.CallOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long calls to the mesh may take: a unary call as long as its client waits and the gateway allows, a stream as long
 * as its caller's credentials are good.
 */
public final class Deadlines {
    /** Credentials good for longer need no deadline: no connection lives that long. */
    private static final Duration EXPIRY_MAX = Duration.ofDays(30);

    private final Clock clock;
    private final Duration unaryMax;

    public Deadlines(Clock clock, Duration unaryMax) {
        this.clock = clock;
        this.unaryMax = unaryMax;
    }

    /** Options of a call that answers once. */
    public CallOptions unary(@Nullable Duration patience) {
        return within(patience == null || patience.compareTo(unaryMax) > 0 ? unaryMax : patience);
    }

    /** Options of a stream. */
    public CallOptions stream(@Nullable Duration patience, @Nullable Identity caller) {
        Instant now = clock.instant();
        Duration good = caller == null || caller.expiry().isAfter(now.plus(EXPIRY_MAX))
                ? null
                : Duration.between(now, caller.expiry());
        if (good != null && (patience == null || good.compareTo(patience) < 0)) {
            return within(good.isNegative() ? Duration.ZERO : good);
        }
        return patience == null ? CallOptions.DEFAULT : within(patience);
    }

    /** The same failure, or CREDENTIALS_EXPIRED where a stream ended because its caller's credentials did. */
    public Failure explain(Failure failure, @Nullable Identity caller) {
        boolean expired = caller != null && !clock.instant().isBefore(caller.expiry());
        return expired && failure.reason() == Reason.REASON_DEADLINE_EXCEEDED
                ? Failure.of(
                        Reason.REASON_CREDENTIALS_EXPIRED,
                        "Your credentials have expired; sign in again and go on from the last event.")
                : failure;
    }

    private static CallOptions within(Duration duration) {
        return CallOptions.DEFAULT.withDeadlineAfter(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
