package dev.rekindle.embedded.stripe;

import com.google.gson.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The fields of a request, as Stripe takes them: a form whose keys are paths, {@code items[0][price]}. */
record StripeForm(Map<String, String> fields) {

    static StripeForm parse(String encoded) {
        Map<String, String> fields = new TreeMap<>();
        for (String pair : encoded.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                fields.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
            }
        }
        return new StripeForm(fields);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    boolean has(String key) {
        return fields.containsKey(key);
    }

    String text(String key, String otherwise) {
        return fields.getOrDefault(key, otherwise);
    }

    /** A field that must be there. */
    String text(String key) {
        String value = fields.get(key);
        if (value == null || value.isEmpty()) {
            throw new StripeError(
                    400, "invalid_request_error", "parameter_missing", "Missing required param: " + key + ".");
        }
        return value;
    }

    long number(String key) {
        try {
            return Long.parseLong(text(key));
        } catch (NumberFormatException e) {
            throw new StripeError(400, "invalid_request_error", "parameter_invalid_integer", "Invalid integer: " + key);
        }
    }

    long number(String key, long otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    /** The fields below a key that have no further level: {@code metadata[a]}. */
    JsonObject below(String key) {
        JsonObject values = new JsonObject();
        String start = key + "[";
        fields.forEach((name, value) -> {
            if (name.startsWith(start) && name.indexOf(']', start.length()) == name.length() - 1) {
                values.addProperty(name.substring(start.length(), name.length() - 1), value);
            }
        });
        return values;
    }
}
