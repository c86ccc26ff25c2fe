package dev.rekindle.events;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeResponse;
import java.time.Instant;

/**
 * An event on its way to readers; all of them share it.
 *
 * @param position its place in the log; START for a transient one, which has none
 * @param publishTime when it was published
 */
record LiveEvent(SubscribeResponse message, Position position, Instant publishTime) {

    static LiveEvent of(LoggedEvent logged) {
        return new LiveEvent(
                message(logged.event()), logged.position(), logged.position().time());
    }

    static LiveEvent ofTransient(Event event, Instant publishTime) {
        return new LiveEvent(message(event), Position.START, publishTime);
    }

    static SubscribeResponse message(Event event) {
        return SubscribeResponse.newBuilder().setEvent(event).build();
    }

    boolean isTransient() {
        return message.getEvent().getTransient();
    }
}
