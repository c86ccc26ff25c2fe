package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A field, perhaps inside of other messages, as {@code from.year} names it. */
record FieldPath(List<FieldDescriptor> fields) {

    /** The field of that name, each part as in the contract or in lowerCamelCase; null if there is none. */
    static @Nullable FieldPath find(Descriptor type, String name) {
        List<FieldDescriptor> fields = new ArrayList<>();
        Descriptor current = type;
        for (String part : name.split("\\.", -1)) {
            FieldDescriptor field = current == null ? null : fieldOf(current, part);
            if (field == null || (!fields.isEmpty() && fields.getLast().isRepeated())) {
                return null;
            }
            fields.add(field);
            current = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : null;
        }
        return new FieldPath(List.copyOf(fields));
    }

    /** The field of that name, as in the contract or in lowerCamelCase; null if there is none. */
    static @Nullable FieldDescriptor fieldOf(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field != null) {
            return field;
        }
        return type.getFields().stream()
                .filter(candidate -> candidate.getJsonName().equals(name))
                .findFirst()
                .orElse(null);
    }

    FieldDescriptor last() {
        return fields.getLast();
    }

    /** The name as in the contract. */
    String name() {
        return fields.stream().map(FieldDescriptor::getName).collect(Collectors.joining("."));
    }

    /** True if the other field is this one or lies inside of it. */
    boolean covers(FieldPath other) {
        return other.fields.size() >= fields.size()
                && other.fields.subList(0, fields.size()).equals(fields);
    }

    /** Sets the field, or adds to it where it is repeated. */
    void put(Message.Builder root, Object value) {
        Message.Builder owner = root;
        for (FieldDescriptor field : fields.subList(0, fields.size() - 1)) {
            owner = owner.getFieldBuilder(field);
        }
        if (last().isRepeated()) {
            owner.addRepeatedField(last(), value);
        } else {
            owner.setField(last(), value);
        }
    }

    /** The text in the field; empty where it or a message around it is not set. */
    String text(MessageOrBuilder root) {
        MessageOrBuilder owner = root;
        for (FieldDescriptor field : fields.subList(0, fields.size() - 1)) {
            if (!owner.hasField(field)) {
                return "";
            }
            owner = (MessageOrBuilder) owner.getField(field);
        }
        return String.valueOf(owner.getField(last()));
    }
}
