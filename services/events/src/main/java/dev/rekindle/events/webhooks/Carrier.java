package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import org.jspecify.annotations.Nullable;

/** One way to endpoints. Claims, retries, limits and dead letters are the same for all. */
public interface Carrier {
    /** What of an event is kept to be sent; null where this way does not tell of it. */
    @Nullable
    String body(Event event);

    /** Sends once, and tells how that ended. On a thread of its own, which may be interrupted. */
    Attempt send(Claimed delivery);

    /** What that end means. */
    Verdict judge(Attempt attempt);
}
