package dev.rekindle.events.webhooks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;

/**
 * What is posted: {@code type}, {@code timestamp} and {@code data} of Standard Webhooks, with the rest of the event's
 * envelope (CloudEvents) beside them.
 */
final class Envelope {
    private static final String SPEC_VERSION = "1.0";
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

    private Envelope() {}

    /** The event as JSON. */
    static String of(Event event) {
        JsonObject body = new JsonObject();
        body.addProperty("id", event.getId());
        body.addProperty("type", event.getType());
        body.addProperty("timestamp", Timestamps.toString(event.getTime()));
        body.addProperty("source", event.getSource());
        body.addProperty("specversion", SPEC_VERSION);
        body.addProperty("version", event.getVersion());
        add(body, "traceId", event.getTraceId());
        add(body, "userId", event.getUserId());
        add(body, "clientId", event.getClientId());
        add(body, "sessionId", event.getSessionId());
        add(body, "photoId", event.getPhotoId());
        add(body, "jobId", event.getJobId());
        body.add(
                "data",
                switch (event.getPayloadCase()) {
                    case PHOTO -> json(event.getPhoto());
                    case JOB -> json(event.getJob());
                    case CREDITS -> json(event.getCredits());
                    case LANE -> json(event.getLane());
                    case PAYLOAD_NOT_SET -> new JsonObject();
                });
        return body.toString();
    }

    private static void add(JsonObject body, String name, String text) {
        if (!text.isEmpty()) {
            body.addProperty(name, text);
        }
    }

    private static JsonElement json(Message payload) {
        try {
            return JsonParser.parseString(PRINTER.print(payload));
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("A payload has no JSON form.", e);
        }
    }
}
