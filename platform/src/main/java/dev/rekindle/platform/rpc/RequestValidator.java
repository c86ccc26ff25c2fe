package dev.rekindle.platform.rpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks messages against the rules in their contract (protovalidate). */
public final class RequestValidator {
    private static final int SHOWN_LENGTH_MAX = 60;
    private static final Pattern STANDARD = Pattern.compile("(value )?must |does not match ");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern SECRET = Pattern.compile("secret|token|password|auth");

    private final Validator validator = ValidatorFactory.newBuilder().build();

    /**
     * Checks a message.
     *
     * @throws Failure INVALID_REQUEST with every field that breaks its rule
     */
    public void check(Message message) {
        ValidationResult result;
        try {
            result = validator.validate(message);
        } catch (ValidationException e) {
            throw Failure.internal(
                    "The rules of " + message.getDescriptorForType().getFullName() + " do not run.", e);
        }
        List<Failure.Violation> violations = new ArrayList<>();
        result.toProto().getViolationsList().forEach(violation -> violations.add(violation(message, violation)));
        addNuls(message, "", violations);
        if (!violations.isEmpty()) {
            throw Failure.violations(violations);
        }
    }

    /** Texts with U+0000, which no text is meant to hold and PostgreSQL does not keep. */
    private static void addNuls(Message message, String path, List<Failure.Violation> violations) {
        message.getAllFields().forEach((field, value) -> {
            String name = path + field.getName();
            if (value instanceof List<?> values) {
                for (int i = 0; i < values.size(); i++) {
                    addNuls(values.get(i), name + "[" + i + "]", violations);
                }
            } else {
                addNuls(value, name, violations);
            }
        });
    }

    private static void addNuls(Object value, String name, List<Failure.Violation> violations) {
        if (value instanceof Message inner) {
            addNuls(inner, name + ".", violations);
        } else if (value instanceof String text && text.indexOf(0) >= 0) {
            violations.add(new Failure.Violation(
                    name, "holds the character U+0000; expected text without it", "string.no_nul"));
        }
    }

    private static Failure.Violation violation(Message message, Violation violation) {
        // Rules with words of their own tell the value themselves.
        String found = STANDARD.matcher(violation.getMessage()).lookingAt() ? found(message, violation.getField()) : "";
        String expected = expected(message.getDescriptorForType(), violation);
        return new Failure.Violation(
                path(violation.getField()),
                found.isEmpty() ? expected : found + "; " + expected,
                violation.getRuleId());
    }

    /** What the rule says, with the names of values where it lists their numbers, which callers never see. */
    private static String expected(Descriptor type, Violation violation) {
        if (!violation.getRuleId().equals("enum.in")) {
            return violation.getMessage();
        }
        Descriptor owner = type;
        FieldDescriptor field = null;
        for (FieldPathElement element : violation.getField().getElementsList()) {
            field = owner.findFieldByName(element.getFieldName());
            if (field == null) {
                return violation.getMessage(); // the entries of a map are not looked into
            }
            owner = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : owner;
        }
        if (field == null || field.getJavaType() != FieldDescriptor.JavaType.ENUM) {
            return violation.getMessage();
        }
        EnumDescriptor values = field.getEnumType();
        return NUMBER.matcher(violation.getMessage())
                .results()
                .map(number -> values.findValueByNumber(Integer.parseInt(number.group())))
                .filter(value -> value != null && value.getNumber() != 0)
                .map(EnumValueDescriptor::getName)
                .collect(Collectors.joining(", ", "expected one of ", ""));
    }

    /** What the field holds, to begin the sentence with; empty where that says nothing, or is a secret. */
    private static String found(Message message, FieldPath path) {
        Object value = message;
        for (FieldPathElement element : path.getElementsList()) {
            FieldDescriptor field = value instanceof Message owner
                    ? owner.getDescriptorForType().findFieldByName(element.getFieldName())
                    : null;
            if (field == null || SECRET.matcher(field.getName()).find()) {
                return ""; // the entries of a map are not looked into
            }
            value = ((Message) value).getField(field);
            if (element.hasIndex()) {
                value = ((List<?>) value).get((int) element.getIndex());
            }
        }
        return switch (value) {
            case String text when text.length() > SHOWN_LENGTH_MAX -> "has " + text.length() + " characters";
            case String text -> "is \"" + text + "\"";
            case EnumValueDescriptor unknown when unknown.getIndex() < 0 -> "is " + unknown.getNumber();
            case EnumValueDescriptor named -> "is " + named.getName();
            case Number number -> "is " + number;
            case Boolean truth -> "is " + truth;
            case List<?> list -> "has " + list.size() + (list.size() == 1 ? " entry" : " entries");
            case ByteString bytes -> "has " + bytes.size() + " bytes";
            case Duration time ->
                "is "
                        + BigDecimal.valueOf(time.getSeconds())
                                .add(BigDecimal.valueOf(time.getNanos(), 9))
                                .stripTrailingZeros()
                                .toPlainString()
                        + "s";
            case Object other -> "";
        };
    }

    /** {@code spec.restoration.hints[3].radius}. */
    private static String path(FieldPath path) {
        StringBuilder text = new StringBuilder();
        for (FieldPathElement element : path.getElementsList()) {
            if (!text.isEmpty()) {
                text.append('.');
            }
            text.append(element.getFieldName());
            if (element.hasIndex()) {
                text.append('[').append(element.getIndex()).append(']');
            }
        }
        return text.toString();
    }

    /** Compiles the rules of these messages now, so that the first request does not wait for it. */
    public void warm(List<Message> messages) {
        for (Message message : messages) {
            try {
                validator.validate(message);
            } catch (ValidationException e) {
                throw new IllegalStateException(
                        "The rules of " + message.getDescriptorForType().getFullName() + " do not compile.", e);
            }
        }
    }
}
