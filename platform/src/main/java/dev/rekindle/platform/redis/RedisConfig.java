package dev.rekindle.platform.redis;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * How a process reaches Redis.
 *
 * @param url redis://host:port, rediss:// for TLS; several, separated by commas, for a cluster
 * @param commandMax how long a command may take
 * @param circuit when commands are no longer sent
 */
public record RedisConfig(String url, Secret password, boolean cluster, Duration commandMax, CircuitRule circuit) {
    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(5, 60, 30, 10);

    public RedisConfig(String url, Secret password, boolean cluster, Duration commandMax) {
        this(url, password, cluster, commandMax, CIRCUIT);
    }

    /** The same Redis for whoever must go on trying. */
    public RedisConfig withoutCircuit() {
        return new RedisConfig(url, password, cluster, commandMax, circuit.neverOpen());
    }

    public static RedisConfig from(Settings settings) {
        Settings redis = settings.under("redis");
        return new RedisConfig(
                redis.text("url"),
                redis.secret("password", ""),
                redis.flag("cluster", false),
                redis.duration("command_max", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1)),
                CircuitRule.from(redis, CIRCUIT));
    }
}
