package dev.rekindle.gateway.rest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.gateway.call.JsonBody;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client says on a WebSocket. */
sealed interface SocketMessage {
    /** Who the client is: a token or an API key. */
    record Identify(String token) implements SocketMessage {
        @Override
        public String toString() {
            return "Identify[token=***]";
        }
    }

    /**
     * Begin a subscription.
     *
     * @param name the client's own name for it, which comes back with everything about it
     */
    record Subscribe(String name, SubscribeRequest request) implements SocketMessage {}

    /** End a subscription. */
    record Unsubscribe(String name) implements SocketMessage {}

    /** Is anybody there? */
    record Ping() implements SocketMessage {}

    String TYPE = "type";
    String NAME = "subscription";
    String TOKEN = "token";
    int NAME_LENGTH_MAX = 64;

    /**
     * Reads a message.
     *
     * @throws Failure INVALID_REQUEST that tells what is wrong
     */
    static SocketMessage read(String text) {
        if (!(JsonBody.parse(text) instanceof JsonObject json)) {
            throw Failure.invalid("", "A JSON object is expected.");
        }
        String type = take(json, TYPE);
        return switch (type) {
            case "identify" -> {
                String token = take(json, TOKEN);
                yield alone(json, new Identify(token));
            }
            case "subscribe" -> {
                String name = name(json);
                SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
                JsonTranscoder.read(json.toString(), "", request);
                yield new Subscribe(name, request.build());
            }
            case "unsubscribe" -> {
                String name = name(json);
                yield alone(json, new Unsubscribe(name));
            }
            case "ping" -> alone(json, new Ping());
            default ->
                throw Failure.invalid(TYPE, "is \"" + type + "\"; expected identify, subscribe, unsubscribe or ping.");
        };
    }

    /** The client's own name for what a message is about, where it can be read; null where it has none. */
    static @Nullable String nameIn(String text) {
        try {
            return JsonBody.parse(text) instanceof JsonObject json && json.has(NAME) ? name(json) : null;
        } catch (Failure e) {
            return null;
        }
    }

    private static SocketMessage alone(JsonObject rest, SocketMessage message) {
        if (!rest.isEmpty()) {
            throw Failure.violations(rest.keySet().stream()
                    .map(field -> new Failure.Violation(field, "is not a field of this message.", ""))
                    .toList());
        }
        return message;
    }

    private static String name(JsonObject json) {
        if (!json.has(NAME)) {
            return "";
        }
        String name = take(json, NAME);
        if (name.length() > NAME_LENGTH_MAX) {
            throw Failure.invalid(NAME, "has " + name.length() + " characters; at most 64 are expected.");
        }
        return name;
    }

    private static String take(JsonObject json, String field) {
        @Nullable JsonElement value = json.remove(field);
        if (value instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw Failure.violations(
                List.of(new Failure.Violation(field, value == null ? "is missing." : "must be a text.", "")));
    }
}
