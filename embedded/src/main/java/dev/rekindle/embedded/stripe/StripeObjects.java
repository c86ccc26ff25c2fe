package dev.rekindle.embedded.stripe;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rekindle.embedded.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All objects and events of the stand-in, in memory and, where it has one, in a file. */
final class StripeObjects {
    private static final Gson GSON = new Gson();
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private static final int ID_LENGTH = 24;
    private static final int EVENTS_MAX = 50_000;

    private final @Nullable Path file;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, JsonObject> objects = new LinkedHashMap<>();
    private final List<JsonObject> events = new ArrayList<>();

    /** Reads what the file has; nothing is kept where it is null. */
    StripeObjects(@Nullable Path file) {
        this.file = file;
        if (file != null && Files.exists(file)) {
            try {
                JsonObject all = GSON.fromJson(Files.readString(file), JsonObject.class);
                all.getAsJsonObject("objects").asMap().forEach((id, value) -> objects.put(id, value.getAsJsonObject()));
                all.getAsJsonArray("events").forEach(event -> events.add(event.getAsJsonObject()));
            } catch (IOException e) {
                throw new UncheckedIOException("The test payments in " + file + " cannot be read", e);
            }
        }
    }

    String newId(String prefix) {
        StringBuilder id = new StringBuilder(prefix).append('_');
        random.ints(ID_LENGTH, 0, ALPHABET.length()).forEach(i -> id.append(ALPHABET.charAt(i)));
        return id.toString();
    }

    @Nullable
    JsonObject find(String id) {
        return objects.get(id);
    }

    /** An object that must be there. */
    JsonObject get(String id) {
        JsonObject found = objects.get(id);
        if (found == null) {
            throw new StripeError(404, "invalid_request_error", "resource_missing", "No such object: '" + id + "'");
        }
        return found;
    }

    void put(JsonObject object) {
        objects.put(object.get("id").getAsString(), object);
    }

    /** Objects of a kind, oldest first. */
    List<JsonObject> all(String kind, Predicate<JsonObject> which) {
        return objects.values().stream()
                .filter(object -> kind.equals(StripeShapes.text(object, "object")) && which.test(object))
                .toList();
    }

    void addEvent(JsonObject event) {
        events.add(event);
        if (events.size() > EVENTS_MAX) {
            events.removeFirst();
        }
    }

    /** Oldest first. */
    List<JsonObject> events() {
        return List.copyOf(events);
    }

    /** Writes all of it, if there is a file. */
    void save() {
        if (file == null) {
            return;
        }
        JsonObject all = new JsonObject();
        JsonObject byId = new JsonObject();
        objects.forEach(byId::add);
        all.add("objects", byId);
        JsonElement list = GSON.toJsonTree(events);
        all.add("events", list);
        try {
            PrivateFiles.write(file, GSON.toJson(all).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The test payments cannot be written to " + file, e);
        }
    }
}
