package dev.rekindle.queue;

import dev.rekindle.platform.Closer;
import java.util.List;

/**
 * What wakes waiting calls: messages of Redis that there may be something to claim or to read. They can be missed, so
 * those who wait look by themselves from time to time. Subscribes when somebody first waits.
 */
final class Wakes implements AutoCloseable {
    private final Scripts scripts;
    private final Wake claims = new Wake();
    private final Wake results = new Wake();
    private final Closer subscription = new Closer();
    private boolean subscribed;

    Wakes(Scripts scripts) {
        this.scripts = scripts;
    }

    /** Makes sure that signals arrive from now on. */
    synchronized void listen() {
        if (!subscribed) {
            String claimsChannel = scripts.channel("wake:claims");
            subscription.add(scripts.redis()
                    .subscribe(List.of(claimsChannel, scripts.channel("wake:results")), (channel, message) -> {
                        if (channel.equals(claimsChannel)) {
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
