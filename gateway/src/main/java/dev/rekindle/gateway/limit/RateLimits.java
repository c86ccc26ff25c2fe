package dev.rekindle.gateway.limit;

import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisScript;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts calls in Redis, for all gateways together. Where Redis does not answer in time, calls are let through: a limit
 * protects the house, and must not be what closes it.
 */
public final class RateLimits implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RateLimits.class);

    /**
     * What a bucket says to a call.
     *
     * @param limit how many calls the full bucket holds
     * @param remaining how many more are allowed now
     * @param retryAfter until the next is allowed; zero if this one is
     * @param reset until the bucket is full
     */
    record Verdict(boolean allowed, int limit, long remaining, Duration retryAfter, Duration reset) {
        static Verdict unknown(Bucket bucket) {
            int burst = bucket.rate().burst();
            return new Verdict(true, burst, burst, Duration.ZERO, Duration.ZERO);
        }
    }

    private final Redis redis;
    private final RedisScript take;
    private final RateLimitConfig config;
    private final Counter refused;
    private final Counter unanswered;

    private RateLimits(Redis redis, RateLimitConfig config, MeterRegistry metrics) {
        this.redis = redis;
        this.take = RedisScript.load(redis, RateLimits.class, "gateway/take");
        this.config = config;
        this.refused = Counter.builder("rate_limited_total")
                .description("Calls refused because their sender makes too many")
                .register(metrics);
        this.unanswered = Counter.builder("rate_limits_unanswered_total")
                .description("Calls let through because Redis did not say whether they are allowed")
                .register(metrics);
    }

    /** Opens the buckets. Closing it closes the connection. */
    static RateLimits open(Redis redis, RateLimitConfig config, MeterRegistry metrics) {
        redis.circuit().bindTo(metrics);
        return new RateLimits(redis, config, metrics);
    }

    /** Works if Redis does, without which calls are let through. */
    HealthCheck health() {
        return redis.health().optional();
    }

    RateLimitConfig config() {
        return config;
    }

    /** Takes one call out of a bucket. The answer always comes, and never fails. */
    CompletableFuture<Verdict> take(Bucket bucket) {
        CompletableFuture<List<Object>> answer;
        try {
            answer = take.start(
                            List.of(bucket.key()),
                            bucket.rate().intervalMicros(),
                            bucket.rate().burst())
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(letThrough(bucket, e));
        }
        return answer.thenApply(numbers -> verdict(bucket, numbers))
                .orTimeout(config.answerMax().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(thrown -> letThrough(bucket, thrown));
    }

    private Verdict letThrough(Bucket bucket, Throwable thrown) {
        unanswered.increment();
        log.debug("Redis did not say whether a call is allowed", thrown);
        return Verdict.unknown(bucket);
    }

    private Verdict verdict(Bucket bucket, List<Object> numbers) {
        boolean allowed = number(numbers, 0) == 1;
        if (!allowed) {
            refused.increment();
        }
        return new Verdict(
                allowed,
                bucket.rate().burst(),
                number(numbers, 1),
                Duration.of(number(numbers, 2), ChronoUnit.MICROS),
                Duration.of(number(numbers, 3), ChronoUnit.MICROS));
    }

    private static long number(List<Object> numbers, int index) {
        return (Long) numbers.get(index);
    }

    @Override
    public void close() {
        redis.close();
    }
}
