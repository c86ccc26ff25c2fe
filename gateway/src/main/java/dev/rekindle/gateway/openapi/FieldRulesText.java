package dev.rekindle.gateway.openapi;

import build.buf.validate.DoubleRules;
import build.buf.validate.FieldRules;
import build.buf.validate.Int32Rules;
import build.buf.validate.Int64Rules;
import build.buf.validate.RepeatedRules;
import build.buf.validate.StringRules;
import build.buf.validate.UInt32Rules;
import build.buf.validate.ValidateProto;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** The rules of the contract as JSON Schema says them, as far as it has words for them. */
final class FieldRulesText {
    private FieldRulesText() {}

    /** The rules on a field. */
    static FieldRules of(FieldDescriptor field) {
        return field.getOptions().getExtension(ValidateProto.field);
    }

    /** Adds the rules to a schema. */
    static void add(FieldRules rules, JsonObject schema) {
        switch (rules.getTypeCase()) {
            case STRING -> add(rules.getString(), schema);
            case INT32 -> add(rules.getInt32(), schema);
            case INT64 -> add(rules.getInt64(), schema);
            case UINT32 -> add(rules.getUint32(), schema);
            case DOUBLE -> add(rules.getDouble(), schema);
            case REPEATED -> add(rules.getRepeated(), schema);
            default -> {
                // JSON Schema has no words for it, or the type says it already.
            }
        }
    }

    private static void add(StringRules rules, JsonObject schema) {
        if (rules.hasMinLen()) {
            schema.addProperty("minLength", rules.getMinLen());
        }
        if (rules.hasMaxLen()) {
            schema.addProperty("maxLength", rules.getMaxLen());
        }
        if (rules.hasPattern()) {
            schema.addProperty("pattern", rules.getPattern());
        }
        if (rules.hasConst()) {
            schema.addProperty("const", rules.getConst());
        }
        if (rules.getInCount() > 0) {
            schema.add("enum", Json.array(rules.getInList()));
        }
        if (rules.getUuid()) {
            schema.addProperty("format", "uuid");
        }
        if (rules.getUri()) {
            schema.addProperty("format", "uri");
        }
    }

    private static void add(Int32Rules rules, JsonObject schema) {
        if (rules.hasGte()) {
            schema.addProperty("minimum", rules.getGte());
        }
        if (rules.hasLte()) {
            schema.addProperty("maximum", rules.getLte());
        }
    }

    /** Numbers of 64 bits are texts in JSON: their bounds are told in words. */
    private static void add(Int64Rules rules, JsonObject schema) {
        if (rules.hasGte() || rules.hasLte()) {
            String bounds = (rules.hasGte() ? "At least " + rules.getGte() + ". " : "")
                    + (rules.hasLte() ? "At most " + rules.getLte() + "." : "");
            String said = schema.has("description") ? schema.get("description").getAsString() + " " : "";
            schema.addProperty("description", said + bounds.strip());
        }
    }

    private static void add(UInt32Rules rules, JsonObject schema) {
        schema.addProperty("minimum", rules.hasGte() ? rules.getGte() : 0);
        if (rules.hasLte()) {
            schema.addProperty("maximum", rules.getLte());
        }
    }

    private static void add(DoubleRules rules, JsonObject schema) {
        if (rules.hasGte()) {
            schema.addProperty("minimum", rules.getGte());
        }
        if (rules.hasLte()) {
            schema.addProperty("maximum", rules.getLte());
        }
    }

    private static void add(RepeatedRules rules, JsonObject schema) {
        if (rules.hasMinItems()) {
            schema.addProperty("minItems", rules.getMinItems());
        }
        if (rules.hasMaxItems()) {
            schema.addProperty("maxItems", rules.getMaxItems());
        }
        if (rules.getUnique()) {
            schema.addProperty("uniqueItems", true);
        }
        if (rules.hasItems() && schema.has("items")) {
            add(rules.getItems(), schema.getAsJsonObject("items"));
        }
    }
}
