package dev.rekindle.platform.redis;

import dev.rekindle.platform.Ids;
import java.time.Duration;
import java.util.List;

/**
 * Which of several processes of one kind does what only one should do. Whoever asks first leads for a while, and goes on
 * while it asks again in time; when it has gone, the next that asks does. A process that was frozen may for a moment
 * believe that it still leads, so this is for what is better done once, not for what must never be done twice.
 */
public final class Lead {
    private final RedisScript script;
    private final String key;
    private final String me;
    private final Duration lasts;

    /**
     * @param key in Redis, the same for all processes of the kind
     * @param lasts how long a process leads that no longer asks
     */
    public Lead(Redis redis, String key, Duration lasts, Ids ids) {
        this.script = RedisScript.load(redis, Lead.class, "platform/lead");
        this.key = key;
        this.me = ids.next().toString();
        this.lasts = lasts;
    }

    /**
     * True if this process leads from now on.
     *
     * @throws dev.rekindle.platform.rpc.Failure UNAVAILABLE if Redis is away; then nobody knows
     */
    public boolean isMine() {
        return script.run(List.of(key), me, lasts.toMillis()).getFirst().equals(1L);
    }
}
