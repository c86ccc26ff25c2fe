package dev.rekindle.events;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeResponse;
import java.time.Instant;

/** An event on its way to readers. All of them share this one object, by which a reader knows it in its other rooms. */
final class LiveEvent {
    private final SubscribeResponse message;
    private final Position position;
    private final Instant publishTime;

    private LiveEvent(SubscribeResponse message, Position position, Instant publishTime) {
        this.message = message;
        this.position = position;
        this.publishTime = publishTime;
    }

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

    SubscribeResponse message() {
        return message;
    }

    /** Its place in the log; START for a transient one, which has none. */
    Position position() {
        return position;
    }

    Instant publishTime() {
        return publishTime;
    }

    boolean isTransient() {
        return message.getEvent().getTransient();
    }
}
