package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import java.time.Duration;
import java.util.List;

/** What crashes, slow links and other processes do to the queue, done at will. */
final class StirredQueue {
    private final Redis redis;
    private final QueueConfig config;
    private final String shard;

    StirredQueue(Redis redis, QueueConfig config) {
        this.redis = redis;
        this.config = config;
        this.shard = config.namespace() + ":{q0}:";
    }

    /** Takes from Redis all that the queue has there. */
    void empty() {
        // In one step, as a Redis that starts anew loses all: of lanes half of which are gone nobody can claim.
        String[] keys = redis.sync().keys(config.namespace() + "*").toArray(String[]::new);
        redis.sync().unlink(keys);
    }

    /** Lets the newest result be read a second time, as if it had not been acknowledged. */
    void repeatNewestResult() {
        var newest = redis.sync()
                .xrevrange(shard + "results", Range.unbounded(), Limit.from(1))
                .getFirst();
        redis.sync().xadd(shard + "results", newest.getBody());
    }

    /** Puts the newest results, as many as places are named, into another order: 0 is the oldest of them. */
    void reorderNewestResults(List<Integer> places) {
        var newest = redis.sync()
                .xrevrange(shard + "results", Range.unbounded(), Limit.from(places.size()))
                .reversed();
        newest.forEach(entry -> redis.sync().xdel(shard + "results", entry.getId()));
        places.forEach(
                place -> redis.sync().xadd(shard + "results", newest.get(place).getBody()));
    }

    /** Publishes progress of a run that Redis has forgotten, as a slow link delivers it. */
    void publishProgress(String jobId, int attempt, String leaseId, long sequence, ByteString progress) {
        ByteString head = ByteString.copyFromUtf8(jobId + " " + attempt + " " + sequence + " " + leaseId + "\n");
        redis.sync().publish(shard + "progress", head.concat(progress).toByteArray());
    }

    /** Whether a lane is running, paused or draining in one shard. */
    String mode(int shard, String lane) {
        return Redis.text(redis.sync().hget(laneKey(shard, lane), "mode"));
    }

    /** Leaves a lane in one shard as it was before an order that reached the others only. */
    void setMode(int shard, String lane, String mode) {
        redis.sync().hset(laneKey(shard, lane), "mode", Redis.bytes(mode));
    }

    private String laneKey(int shard, String lane) {
        return config.namespace() + ":{q" + shard + "}:lane:" + lane;
    }

    /** The same queue, seen from some time on. */
    Queue ahead(Duration by) {
        return Queue.open(redis, config, Ids.timeOrdered(), () -> by);
    }
}
