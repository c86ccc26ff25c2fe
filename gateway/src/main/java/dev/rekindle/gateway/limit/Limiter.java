package dev.rekindle.gateway.limit;

import com.linecorp.armeria.server.HttpService;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts limits around services: one before it is known who calls, and one after. Without a Redis it puts none. */
public final class Limiter implements AutoCloseable {
    private final @Nullable RateLimits limits;
    private final Refusals refusals;

    private Limiter(@Nullable RateLimits limits, Refusals refusals) {
        this.limits = limits;
        this.refusals = refusals;
    }

    /**
     * The limits of the configuration.
     *
     * @throws dev.rekindle.platform.rpc.Failure UNAVAILABLE if there should be limits and Redis is not there
     */
    public static Limiter open(RateLimitConfig config, Refusals refusals, MeterRegistry metrics) {
        RedisConfig redis = config.redis();
        return new Limiter(redis == null ? null : RateLimits.open(Redis.open(redis), config, metrics), refusals);
    }

    /** Whether calls are counted; empty where they are not meant to be. */
    public List<HealthCheck> checks() {
        return limits == null ? List.of() : List.of(limits.health());
    }

    /** A service whose callers' addresses may call it only so often: also with credentials that are not good. */
    public HttpService byAddress(HttpService inner) {
        RateLimits counting = limits;
        return counting == null
                ? inner
                : new RateLimited(
                        inner,
                        counting,
                        refusals,
                        ctx -> Bucket.ofAddress(ctx, counting.config().address()));
    }

    /** A service whose callers may call it only so often. */
    public HttpService byCaller(HttpService inner) {
        RateLimits counting = limits;
        return counting == null
                ? inner
                : new RateLimited(inner, counting, refusals, ctx -> Bucket.ofCaller(ctx, counting.config()));
    }

    @Override
    public void close() {
        if (limits != null) {
            limits.close();
        }
    }
}
