package dev.rekindle.platform.rpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/** Checks messages against the rules in their contract (protovalidate). */
public final class RequestValidator {
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
        result.toProto().getViolationsList().forEach(violation -> violations.add(violation(violation)));
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

    private static Failure.Violation violation(Violation violation) {
        return new Failure.Violation(path(violation.getField()), violation.getMessage(), violation.getRuleId());
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
