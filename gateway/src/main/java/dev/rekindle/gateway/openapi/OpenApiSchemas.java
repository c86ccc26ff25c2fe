package dev.rekindle.gateway.openapi;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The messages of the contracts as JSON Schemas; those that are used are gathered. */
final class OpenApiSchemas {
    private static final String PREFIX = "#/components/schemas/";

    private final ContractComments comments;
    private final TreeMap<String, JsonObject> schemas = new TreeMap<>();

    OpenApiSchemas(ContractComments comments) {
        this.comments = comments;
    }

    /** All messages and enums that were referred to, by name. */
    JsonObject all() {
        JsonObject all = new JsonObject();
        schemas.forEach(all::add);
        return all;
    }

    /** A reference to a message. */
    JsonObject reference(Descriptor type) {
        String name = name(type.getFullName());
        if (!schemas.containsKey(name)) {
            schemas.put(name, new JsonObject()); // taken, in case it refers to itself
            schemas.put(name, message(type, Set.of()));
        }
        return Json.object("$ref", PREFIX + name);
    }

    private JsonObject reference(EnumDescriptor type) {
        String name = name(type.getFullName());
        schemas.computeIfAbsent(name, key -> enumeration(type));
        return Json.object("$ref", PREFIX + name);
    }

    /** {@code rekindle.jobs.v1.Job} is shown as {@code jobs.v1.Job}. */
    private static String name(String fullName) {
        return fullName.startsWith("rekindle.") ? fullName.substring("rekindle.".length()) : fullName;
    }

    /** A message without some of its fields, written out where it stands. */
    JsonObject message(Descriptor type, Set<FieldDescriptor> without) {
        JsonObject properties = new JsonObject();
        List<String> required = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            if (!without.contains(field)) {
                properties.add(field.getJsonName(), field(field));
                if (is(field, FieldBehavior.REQUIRED)) {
                    required.add(field.getJsonName());
                }
            }
        }
        JsonObject schema = Json.object("type", "object");
        String description = (comments.of(type.getFullName()) + oneofs(type)).strip();
        if (!description.isEmpty()) {
            schema.addProperty("description", description);
        }
        schema.add("properties", properties);
        if (!required.isEmpty()) {
            schema.add("required", Json.array(required));
        }
        return schema;
    }

    private static String oneofs(Descriptor type) {
        return type.getRealOneofs().stream().map(OpenApiSchemas::oneof).collect(Collectors.joining());
    }

    private static String oneof(OneofDescriptor oneof) {
        return " At most one of "
                + oneof.getFields().stream().map(FieldDescriptor::getJsonName).collect(Collectors.joining(", "))
                + ".";
    }

    private static boolean is(FieldDescriptor field, FieldBehavior behavior) {
        return field.getOptions().getExtension(FieldBehaviorProto.fieldBehavior).contains(behavior);
    }

    /** The schema of a field, with its comment and its rules. */
    JsonObject field(FieldDescriptor field) {
        JsonObject schema;
        if (field.isMapField()) {
            FieldDescriptor value = field.getMessageType().findFieldByName("value");
            schema = Json.object("type", "object", "additionalProperties", single(value));
        } else if (field.isRepeated()) {
            schema = Json.object("type", "array", "items", single(field));
        } else {
            schema = single(field);
        }
        String comment = comments.of(field.getFullName());
        if (!comment.isEmpty()) {
            schema.addProperty("description", comment);
        }
        if (is(field, FieldBehavior.OUTPUT_ONLY)) {
            schema.addProperty("readOnly", true);
        }
        FieldRulesText.add(FieldRulesText.of(field), schema);
        return schema;
    }

    private JsonObject single(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> Json.object("type", "integer", "format", "int32");
            case LONG -> Json.object("type", "string", "format", "int64");
            case FLOAT -> Json.object("type", "number", "format", "float");
            case DOUBLE -> Json.object("type", "number", "format", "double");
            case BOOLEAN -> Json.object("type", "boolean");
            case STRING -> Json.object("type", "string");
            case BYTE_STRING -> Json.object("type", "string", "contentEncoding", "base64");
            case ENUM -> reference(field.getEnumType());
            case MESSAGE ->
                switch (field.getMessageType().getFullName()) {
                    case "google.protobuf.Timestamp" -> Json.object("type", "string", "format", "date-time");
                    case "google.protobuf.Duration" ->
                        Json.object(
                                "type",
                                "string",
                                "pattern",
                                "^-?[0-9]+(\\.[0-9]+)?s$",
                                "examples",
                                Json.array(List.of("1.5s")));
                    case "google.protobuf.Struct" -> Json.object("type", "object");
                    case "google.protobuf.Value" -> new JsonObject();
                    default -> reference(field.getMessageType());
                };
        };
    }

    private JsonObject enumeration(EnumDescriptor type) {
        JsonObject schema = Json.object(
                "type",
                "string",
                "enum",
                Json.array(type.getValues().stream()
                        .map(EnumValueDescriptor::getName)
                        .toList()));
        String values = type.getValues().stream()
                .filter(value ->
                        !comments.of(type.getFullName() + "." + value.getName()).isEmpty())
                .map(value ->
                        "\n- `" + value.getName() + "`: " + comments.of(type.getFullName() + "." + value.getName()))
                .collect(Collectors.joining());
        String description = (comments.of(type.getFullName()) + values).strip();
        if (!description.isEmpty()) {
            schema.addProperty("description", description);
        }
        return schema;
    }
}
