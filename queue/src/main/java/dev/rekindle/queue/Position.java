package dev.rekindle.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a waiting job stands.
 *
 * @param rank 1 is next
 * @param waiting jobs waiting in the same lane for the same kind of worker
 * @param waitTime null while nothing can begin it: its lane is paused or closed, or no worker can do its kind
 */
public record Position(long rank, long waiting, @Nullable Wait waitTime) {

    /** A stretch of time the wait will likely end in. */
    public record Wait(Duration low, Duration high) {}
}
