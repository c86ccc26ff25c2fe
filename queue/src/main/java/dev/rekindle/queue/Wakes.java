package dev.rekindle.queue;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.redis.Redis;
import java.util.ArrayList;
import java.util.List;

/**
 * What wakes waiting calls: messages of any shard that there may be something to claim or to read. They can be missed, so
 * those who wait look by themselves from time to time. Subscribes when somebody first waits.
 */
final class Wakes implements AutoCloseable {
    private final Redis redis;
    private final List<String> claimsChannels;
    private final List<String> resultsChannels;
    private final Wake claims = new Wake();
    private final Wake results = new Wake();
    private final Closer subscription = new Closer();
    private boolean subscribed;

    Wakes(Redis redis, Shards shards) {
        this.redis = redis;
        this.claimsChannels = shards.channels("wake:claims");
        this.resultsChannels = shards.channels("wake:results");
    }

    /** Makes sure that signals arrive from now on. */
    synchronized void listen() {
        if (!subscribed) {
            List<String> channels = new ArrayList<>(claimsChannels);
            channels.addAll(resultsChannels);
            subscription.add(redis.subscribe(channels, (channel, message) -> {
                if (claimsChannels.contains(channel)) {
                    claims.signal();
                } else {
                    results.signal();
                }
            }));
            subscribed = true;
        }
    }

    Wake claims() {
        return claims;
    }

    Wake results() {
        return results;
    }

    @Override
    public void close() {
        subscription.close();
    }
}
