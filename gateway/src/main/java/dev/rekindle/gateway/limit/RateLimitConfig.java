package dev.rekindle.gateway.limit;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.RedisConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often somebody may call.
 *
 * @param redis where the buckets are; null where there are no limits
 * @param address of one client's address, whoever it says to be; an IPv6 network of 64 bits is one address
 * @param user of one user, on all devices
 * @param apiKey of one API key
 * @param answerMax how long Redis may take to say whether a call is allowed; then it is
 */
public record RateLimitConfig(@Nullable RedisConfig redis, Rate address, Rate user, Rate apiKey, Duration answerMax) {

    /**
     * A bucket.
     *
     * @param perSecond calls a second, in the long run
     * @param burst calls at once after a quiet time
     */
    public record Rate(double perSecond, int burst) {
        long intervalMicros() {
            return Math.max(1, Math.round(1_000_000 / perSecond));
        }

        static Rate from(Settings settings, double perSecond, int burst) {
            return new Rate(
                    settings.fraction("per_second", perSecond, 0.001, 1_000_000),
                    settings.number("burst", burst, 1, 1_000_000));
        }
    }

    /** Reads {@code rate_limits}, and {@code redis} where there are any: by default wherever a Redis is named. */
    public static RateLimitConfig from(Settings settings) {
        Settings limits = settings.under("rate_limits");
        boolean hasRedis = settings.under("redis").has("url");
        boolean enabled = limits.flag("enabled", hasRedis);
        if (enabled && !hasRedis) {
            limits.problem("enabled", "is true, and redis.url is missing; rate limits are kept in Redis.");
        }
        RedisConfig redis = hasRedis ? RedisConfig.from(settings) : null;
        return new RateLimitConfig(
                enabled ? redis : null,
                Rate.from(limits.under("address"), 200, 2_000),
                Rate.from(limits.under("user"), 50, 500),
                Rate.from(limits.under("api_key"), 100, 1_000),
                limits.duration("answer_max", Duration.ofMillis(250), Duration.ofMillis(1), Duration.ofSeconds(10)));
    }
}
