package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.QueryParams;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failure.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The query of a request as fields of its message: {@code states=JOB_STATE_QUEUED&pageSize=5&from.year=2026}. A
 * parameter that is no field is a mistake of the client and is said to be one.
 *
 * @param type the message
 * @param taken fields that come from the path or the body
 * @param open false where the whole body is the message, so that the query has nothing to say
 */
record QueryBinder(Descriptor type, List<FieldPath> taken, boolean open) {

    /**
     * Puts the parameters into the message.
     *
     * @throws Failure INVALID_REQUEST naming every parameter that does not fit
     */
    void bind(QueryParams query, Message.Builder into) {
        List<Violation> violations = new ArrayList<>();
        for (String name : query.names()) {
            bind(name, query.getAll(name), into, violations);
        }
        if (!violations.isEmpty()) {
            throw Failure.violations(violations);
        }
    }

    /**
     * Checks the query of a path that takes none but these parameters.
     *
     * @throws Failure INVALID_REQUEST naming every other
     */
    static void only(QueryParams query, List<String> names) {
        List<Violation> violations = query.names().stream()
                .filter(name -> !names.contains(name))
                .map(name -> new Violation(
                        name,
                        "is not a parameter of this call; expected "
                                + (names.isEmpty() ? "none" : "one of " + String.join(", ", names)) + ".",
                        "query"))
                .toList();
        if (!violations.isEmpty()) {
            throw Failure.violations(violations);
        }
    }

    private void bind(String name, List<String> values, Message.Builder into, List<Violation> violations) {
        FieldPath path = open ? FieldPath.find(type, name) : null;
        if (path == null || path.last().isMapField()) {
            violations.add(new Violation(name, "is not a parameter of this call; expected " + known() + ".", "query"));
            return;
        }
        if (taken.stream().anyMatch(field -> field.covers(path))) {
            violations.add(new Violation(name, "is given by the path or the body, not by the query.", "query"));
            return;
        }
        FieldDescriptor field = path.last();
        if (!FieldText.isText(field)) {
            violations.add(new Violation(
                    name, "is an object; give its fields, such as " + example(name, field) + ".", "query"));
            return;
        }
        if (values.size() > 1 && !field.isRepeated()) {
            violations.add(new Violation(name, "is given " + values.size() + " times; expected once.", "query"));
            return;
        }
        for (String value : values) {
            try {
                path.put(into, FieldText.parse(field, value));
            } catch (IllegalArgumentException e) {
                violations.add(new Violation(
                        path.name(), "is \"" + value + "\"; expected " + FieldText.expected(field) + ".", "query"));
            }
        }
    }

    private static String example(String name, FieldDescriptor field) {
        return field.getMessageType().getFields().stream()
                .map(inner -> name + "." + inner.getJsonName())
                .collect(Collectors.joining(", "));
    }

    private String known() {
        String names = open
                ? type.getFields().stream()
                        .filter(field ->
                                taken.stream().noneMatch(path -> path.fields().equals(List.of(field))))
                        .map(FieldDescriptor::getJsonName)
                        .collect(Collectors.joining(", "))
                : "";
        return names.isEmpty() ? "none" : "one of " + names;
    }
}
