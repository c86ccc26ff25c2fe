package dev.rekindle.processing.engine.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The fields of one object of a manifest, read one by one; what is wrong with one is told with its name. */
final class ManifestFields {
    private static final int SHOWN_CHARS_MAX = 80;

    private final String path;
    private final JsonObject object;
    private final Set<String> asked = new HashSet<>();

    ManifestFields(String path, JsonObject object) {
        this.path = path;
        this.object = object;
    }

    /** True if the field is there. */
    boolean has(String key) {
        asked.add(key);
        return object.has(key);
    }

    private @Nullable JsonElement find(String key) {
        asked.add(key);
        return object.get(key);
    }

    private JsonElement need(String key, String expected) {
        JsonElement value = find(key);
        if (value == null) {
            throw new ModelProblem(path + key + " is missing; expected " + expected + ".");
        }
        return value;
    }

    private ModelProblem wrong(String key, JsonElement value, String expected) {
        String shown = value.toString();
        String cut = shown.length() > SHOWN_CHARS_MAX ? shown.substring(0, SHOWN_CHARS_MAX) + "…" : shown;
        return new ModelProblem(path + key + " is " + cut + "; expected " + expected + ".");
    }

    /** Complains about a field that was read. */
    ModelProblem wrong(String key, String expected) {
        JsonElement value = find(key);
        return value == null
                ? new ModelProblem(path + key + " is missing; expected " + expected + ".")
                : wrong(key, value, expected);
    }

    String text(String key, String pattern, String expected) {
        JsonElement value = need(key, expected);
        if (!(value instanceof JsonPrimitive primitive && primitive.isString())
                || !value.getAsString().matches(pattern)) {
            throw wrong(key, value, expected);
        }
        return value.getAsString();
    }

    <E extends Enum<E>> E choice(String key, E[] choices) {
        String expected = Arrays.stream(choices).map(Manifest::words).collect(Collectors.joining(", "));
        JsonElement value = need(key, "one of " + expected);
        return Stream.of(choices)
                .filter(choice -> value instanceof JsonPrimitive primitive
                        && primitive.isString()
                        && Manifest.words(choice).equals(value.getAsString()))
                .findFirst()
                .orElseThrow(() -> wrong(key, value, "one of " + expected));
    }

    <E extends Enum<E>> E choice(String key, E[] choices, E otherwise) {
        return has(key) ? choice(key, choices) : otherwise;
    }

    long number(String key, long min, long max) {
        String expected = "a whole number from " + min + " to " + max;
        JsonElement value = need(key, expected);
        double number = number(key, value, expected);
        if (number != Math.rint(number) || number < min || number > max) {
            throw wrong(key, value, expected);
        }
        return (long) number;
    }

    int number(String key, int min, int max) {
        return Math.toIntExact(number(key, (long) min, (long) max));
    }

    double fraction(String key, double min, double max) {
        String expected = "a number from " + min + " to " + max;
        JsonElement value = need(key, expected);
        double number = number(key, value, expected);
        if (!(number >= min && number <= max)) {
            throw wrong(key, value, expected);
        }
        return number;
    }

    /** So many numbers in brackets. */
    double[] numbers(String key, int count) {
        String expected = count + (count == 1 ? " number" : " numbers") + " in brackets";
        JsonElement value = need(key, expected);
        if (!(value instanceof JsonArray array) || array.size() != count) {
            throw wrong(key, value, expected);
        }
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = number(key, array.get(i), expected);
        }
        return numbers;
    }

    Manifest.Range range(String key) {
        double[] ends = numbers(key, 2);
        if (ends[0] == ends[1]) {
            throw wrong(key, "two different numbers");
        }
        return new Manifest.Range(ends[0], ends[1]);
    }

    private double number(String key, JsonElement value, String expected) {
        if (!(value instanceof JsonPrimitive primitive && primitive.isNumber())) {
            throw wrong(key, value, expected);
        }
        try {
            double number = Double.parseDouble(primitive.getAsString());
            if (Double.isFinite(number)) {
                return number;
            }
            throw wrong(key, value, expected);
        } catch (NumberFormatException e) {
            throw wrong(key, value, expected);
        }
    }

    ManifestFields object(String key) {
        JsonElement value = need(key, "an object");
        if (value instanceof JsonObject inner) {
            return new ManifestFields(path + key + ".", inner);
        }
        throw wrong(key, value, "an object");
    }

    /** Refuses fields nobody asked for, which are mistakes in spelling. */
    void end() {
        for (String key : object.keySet()) {
            if (!asked.contains(key)) {
                String known = asked.stream().sorted().collect(Collectors.joining(", "));
                String shown = key.substring(0, Math.min(key.length(), SHOWN_CHARS_MAX));
                throw new ModelProblem(path + shown + " is no field of a manifest; expected only " + known + ".");
            }
        }
    }
}
