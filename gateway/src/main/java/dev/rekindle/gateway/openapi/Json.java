package dev.rekindle.gateway.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/** Short words to write JSON with. */
final class Json {
    private Json() {}

    /** An object of names and values: texts, numbers, flags, or JSON. */
    static JsonObject object(Object... namesAndValues) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.add(String.valueOf(namesAndValues[i]), value(namesAndValues[i + 1]));
        }
        return object;
    }

    static JsonArray array(Iterable<?> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(value(value)));
        return array;
    }

    private static JsonElement value(Object value) {
        return switch (value) {
            case JsonElement element -> element;
            case String text -> new JsonPrimitive(text);
            case Number number -> new JsonPrimitive(number);
            case Boolean flag -> new JsonPrimitive(flag);
            case Object other -> throw new IllegalArgumentException(String.valueOf(other));
        };
    }
}
