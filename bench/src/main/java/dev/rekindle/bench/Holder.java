package dev.rekindle.bench;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import java.time.Duration;

/** A worker that takes jobs, says so, and waits to be killed. */
final class Holder {
    static final String NAMESPACE = "recovery";
    static final String HELD = "held";
    private static final Duration LIFE_MAX = Duration.ofMinutes(1);

    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
        Settings settings = OurQueue.settings(Integer.parseInt(arguments[0]), NAMESPACE);
        int wanted = Integer.parseInt(arguments[1]);
        try (Redis redis = Redis.open(RedisConfig.from(settings));
                Queue queue = Queue.open(redis, QueueConfig.from(settings))) {
            long deadline = System.nanoTime() + LIFE_MAX.toNanos();
            for (int held = 0; held < wanted && System.nanoTime() < deadline; ) {
                held += queue.claim(OurQueue.claimer("killed"), wanted - held, Duration.ofSeconds(1))
                        .size();
            }
            System.out.println(HELD);
            System.out.flush();
            Thread.sleep(LIFE_MAX);
        }
    }
}
