package dev.rekindle.platform.redis;

import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * How a process reaches Redis.
 *
 * @param url redis://host:port, rediss:// for TLS; several, separated by commas, for a cluster
 * @param commandMax how long a command may take
 */
public record RedisConfig(String url, Secret password, boolean cluster, Duration commandMax) {

    public static RedisConfig from(Settings settings) {
        Settings redis = settings.under("redis");
        return new RedisConfig(
                redis.text("url"),
                redis.secret("password", ""),
                redis.flag("cluster", false),
                redis.duration("command_max", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1)));
    }
}
