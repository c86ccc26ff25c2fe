package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import java.util.UUID;

/**
 * What is to be delivered.
 *
 * @param eventId an endpoint gets each once
 * @param body what is kept to be sent
 */
public record Outgoing(UUID eventId, String eventType, String body) {
    static Outgoing of(Event event, String body) {
        return new Outgoing(UUID.fromString(event.getId()), event.getType(), body);
    }
}
