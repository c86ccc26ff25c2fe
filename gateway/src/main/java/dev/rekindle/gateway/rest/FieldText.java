package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.util.stream.Collectors;

/** The values of fields as text, in paths, queries and JSON: what each type looks like, in words and in code. */
final class FieldText {
    private static final int NAMES_MAX = 16;

    private FieldText() {}

    /** What a value of the field looks like, to finish the sentence "expected …". */
    static String expected(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> "a whole number of 32 bits";
            case LONG -> "a whole number of 64 bits";
            case FLOAT, DOUBLE -> "a number";
            case BOOLEAN -> "true or false";
            case STRING -> "a text";
            case BYTE_STRING -> "bytes in base64";
            case ENUM -> "one of " + names(field.getEnumType());
            case MESSAGE ->
                switch (field.getMessageType().getFullName()) {
                    case "google.protobuf.Timestamp" -> "a time such as \"2026-01-31T12:00:00Z\"";
                    case "google.protobuf.Duration" -> "a duration such as \"1.5s\"";
                    default -> "an object (" + field.getMessageType().getName() + ")";
                };
        };
    }

    private static String names(EnumDescriptor type) {
        String names = type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .limit(NAMES_MAX)
                .map(EnumValueDescriptor::getName)
                .collect(Collectors.joining(", "));
        return type.getValues().size() > NAMES_MAX + 1 ? names + ", …" : names;
    }

    /** True if the field's value is one text: a scalar, an enum, or a message with a text form of its own. */
    static boolean isText(FieldDescriptor field) {
        return field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || isWellKnown(field);
    }

    /** True if the field is a message whose JSON is not an object of its fields. */
    static boolean isWellKnown(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFile().getPackage().equals("google.protobuf");
    }

    static boolean isNumber(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> true;
            case BOOLEAN, STRING, BYTE_STRING, ENUM, MESSAGE -> false;
        };
    }

    /** Digits of other scripts are digits to Java, and to nobody else. */
    static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 128);
    }

    /**
     * The value a text stands for.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    static Object parse(FieldDescriptor field, String text) {
        if (isNumber(field) && !isAscii(text)) {
            throw new IllegalArgumentException(text);
        }
        return switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> Integer.parseInt(text);
            case INT64, SINT64, SFIXED64 -> Long.parseLong(text);
            case UINT32, FIXED32 -> Integer.parseUnsignedInt(text);
            case UINT64, FIXED64 -> Long.parseUnsignedLong(text);
            case FLOAT -> Float.parseFloat(text);
            case DOUBLE -> Double.parseDouble(text);
            case BOOL ->
                switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    case String other -> throw new IllegalArgumentException(other);
                };
            case STRING -> text;
            case BYTES ->
                com.google.protobuf.ByteString.copyFrom(
                        java.util.Base64.getDecoder().decode(text));
            case ENUM -> enumValue(field.getEnumType(), text);
            case MESSAGE, GROUP -> message(field, text);
        };
    }

    private static EnumValueDescriptor enumValue(EnumDescriptor type, String text) {
        EnumValueDescriptor value = type.findValueByName(text);
        if (value == null) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    /** A message with a text form, by the JSON reader: a time or a duration. */
    private static Object message(FieldDescriptor field, String text) {
        if (!isWellKnown(field)) {
            throw new IllegalArgumentException(text);
        }
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(field.getMessageType());
        try {
            JsonFormat.parser().merge(new com.google.gson.JsonPrimitive(text).toString(), builder);
            return builder.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
