package dev.rekindle.gateway.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.platform.rpc.Failure.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds what in a JSON object keeps it from being a message: each field that is unknown, given twice, or holds what it
 * cannot. Its shape is looked at always, since the reader takes a list of one for its entry; each value of its own only when
 * the reader has already said no, so that it may take its time.
 */
final class JsonFaults {
    private static final int FAULTS_MAX = 50;
    private static final int SHOWN_LENGTH_MAX = 60;

    private final boolean eachValue;
    private final List<Violation> faults = new ArrayList<>();

    private JsonFaults(boolean eachValue) {
        this.eachValue = eachValue;
    }

    /** All faults, each by the path of its field. */
    static List<Violation> all(Descriptor type, JsonElement json, String prefix) {
        JsonFaults all = new JsonFaults(true);
        all.object(type, json, prefix);
        return List.copyOf(all.faults);
    }

    /** The faults that are seen without reading values; where there is one, all of them. */
    static List<Violation> ofShape(Descriptor type, JsonElement json, String prefix) {
        JsonFaults shape = new JsonFaults(false);
        shape.object(type, json, prefix);
        return shape.faults.isEmpty() ? List.of() : all(type, json, prefix);
    }

    private void object(Descriptor expected, JsonElement json, String path) {
        if (!(json instanceof JsonObject object)) {
            add(path, "is " + shown(json) + "; expected an object (" + expected.getName() + ").");
            return;
        }
        Map<FieldDescriptor, String> seen = new HashMap<>();
        Map<OneofDescriptor, String> chosen = new HashMap<>();
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
            FieldDescriptor field = FieldPath.fieldOf(expected, member.getKey());
            if (field == null) {
                add(
                        join(path, member.getKey()),
                        "is not a field of " + expected.getName() + "; expected one of " + names(expected) + ".");
                continue;
            }
            String place = join(path, field.getName());
            String twice = seen.put(field, member.getKey());
            if (twice != null) {
                add(place, "is given twice, as \"" + twice + "\" and as \"" + member.getKey() + "\".");
            }
            if (member.getValue().isJsonNull()) {
                continue;
            }
            OneofDescriptor oneof = field.getRealContainingOneof();
            String other = oneof == null ? null : chosen.put(oneof, field.getJsonName());
            if (other != null) {
                add(place, "cannot be given together with " + other + ".");
            }
            value(field, member.getValue(), place);
        }
    }

    private void value(FieldDescriptor field, JsonElement json, String path) {
        if (field.isMapField()) {
            map(field, json, path);
        } else if (field.isRepeated()) {
            if (!(json instanceof JsonArray array)) {
                add(path, "is " + shown(json) + "; expected a list.");
                return;
            }
            for (int i = 0; i < array.size(); i++) {
                single(field, array.get(i), path + "[" + i + "]");
            }
        } else {
            single(field, json, path);
        }
    }

    private void map(FieldDescriptor field, JsonElement json, String path) {
        if (!(json instanceof JsonObject object)) {
            add(path, "is " + shown(json) + "; expected an object.");
            return;
        }
        FieldDescriptor values = field.getMessageType().findFieldByName("value");
        object.entrySet().forEach(entry -> single(values, entry.getValue(), path + "[" + entry.getKey() + "]"));
    }

    private void single(FieldDescriptor field, JsonElement json, String path) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !FieldText.isWellKnown(field)) {
            object(field.getMessageType(), json, path);
        } else if (!isShaped(field, json) || (eachValue && !fits(field, json))) {
            add(path, "is " + shown(json) + "; expected " + FieldText.expected(field) + ".");
        }
    }

    /** The reader takes a list of one for its entry, and digits of any script for a number. */
    private static boolean isShaped(FieldDescriptor field, JsonElement json) {
        if (!json.isJsonPrimitive()) {
            return false;
        }
        return !FieldText.isNumber(field)
                || !json.getAsJsonPrimitive().isString()
                || FieldText.isAscii(json.getAsString());
    }

    /** Asks the reader itself, with nothing but this value. */
    private static boolean fits(FieldDescriptor field, JsonElement json) {
        JsonElement value = json;
        if (field.isRepeated()) {
            JsonArray list = new JsonArray();
            list.add(json);
            value = list;
        }
        JsonObject alone = new JsonObject();
        alone.add(field.getName(), value);
        try {
            JsonFormat.parser().merge(alone.toString(), DynamicMessage.newBuilder(field.getContainingType()));
            return true;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return false;
        }
    }

    private void add(String path, String description) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(new Violation(path, description, "json"));
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String names(Descriptor type) {
        return type.getFields().stream().map(FieldDescriptor::getJsonName).collect(Collectors.joining(", "));
    }

    private static String shown(JsonElement json) {
        String text = json.toString();
        return text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "…";
    }
}
