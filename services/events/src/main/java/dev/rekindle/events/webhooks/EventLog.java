package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import java.util.List;

/** The log, as webhooks read it. */
@FunctionalInterface
public interface EventLog {
    /**
     * A stretch of the log.
     *
     * @param end the place of its last event, or where it began if it has none
     * @param full true if there may be more behind its end
     */
    record Stretch(List<Event> events, long end, boolean full) {}

    /** What comes after a place. */
    Stretch after(long place);
}
