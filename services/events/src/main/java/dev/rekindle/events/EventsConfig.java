package dev.rekindle.events;

import dev.rekindle.events.notifications.NotificationsConfig;
import dev.rekindle.events.webhooks.WebhooksConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import java.time.Duration;

/** The settings of the service. */
record EventsConfig(
        DatabaseConfig database,
        RedisConfig redis,
        RpcServerConfig rpc,
        History history,
        Tail tail,
        Subscriptions subscriptions,
        WebhooksConfig webhooks,
        NotificationsConfig notifications) {

    /**
     * How long the log is kept.
     *
     * @param retention how far back an event can be read at least; it goes with its day
     * @param daysAhead for how many days partitions stand ready beyond today
     */
    record History(Duration retention, int daysAhead) {
        static History from(Settings settings) {
            Settings history = settings.under("history");
            return new History(
                    history.duration("retention", Duration.ofDays(30), Duration.ofDays(1), Duration.ofDays(3650)),
                    history.number("days_ahead", 3, 1, 30));
        }
    }

    /**
     * How this process follows the log.
     *
     * @param poll how long after its commit an event is seen at the latest when Redis is away
     * @param batchMax events read at once
     * @param channelPrefix what the names of the Redis channels begin with
     */
    record Tail(Duration poll, int batchMax, String channelPrefix) {
        static Tail from(Settings settings) {
            Settings tail = settings.under("tail");
            return new Tail(
                    tail.duration("poll", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1)),
                    tail.number("batch_max", 500, 1, 5_000),
                    tail.text("channel_prefix", "rekindle.events"));
        }
    }

    /**
     * What subscriptions may take of this process.
     *
     * @param countMax open at once, of all users
     * @param perUserMax open at once, of one user
     * @param bufferMax events that wait for one reader before it is cut
     * @param keepAlive after how much silence a sign of life is sent
     * @param stallMax how long a reader may leave one message untaken before its stream is broken off
     */
    record Subscriptions(int countMax, int perUserMax, int bufferMax, Duration keepAlive, Duration stallMax) {
        static Subscriptions from(Settings settings) {
            Settings subscriptions = settings.under("subscriptions");
            Duration shortest = Duration.ofMillis(10);
            return new Subscriptions(
                    subscriptions.number("count_max", 20_000, 1, 1_000_000),
                    subscriptions.number("per_user_max", 50, 1, 1_000_000),
                    subscriptions.number("buffer_max", 256, 1, 100_000),
                    subscriptions.duration("keep_alive", Duration.ofSeconds(15), shortest, Duration.ofMinutes(10)),
                    subscriptions.duration("stall_max", Duration.ofSeconds(30), shortest, Duration.ofMinutes(10)));
        }
    }

    static EventsConfig from(Settings settings) {
        return new EventsConfig(
                DatabaseConfig.from(settings, "events"),
                RedisConfig.from(settings),
                RpcServerConfig.from(settings),
                History.from(settings),
                Tail.from(settings),
                Subscriptions.from(settings),
                WebhooksConfig.from(settings),
                NotificationsConfig.from(settings));
    }
}
