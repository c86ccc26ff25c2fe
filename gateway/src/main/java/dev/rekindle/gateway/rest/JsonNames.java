package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failure.Violation;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names fields of a request as who sends JSON knows them, which is as the OpenAPI document does: in lowerCamelCase, and
 * from where the body begins. Services know the names of the contract only.
 *
 * @param inPath fields that the path gives; the document names them as the contract does
 * @param body the field that is the whole body; empty where the request is
 */
record JsonNames(Descriptor type, Set<String> inPath, String body) {

    /** The names of a message that is the whole body. */
    static JsonNames of(Descriptor type) {
        return new JsonNames(type, Set.of(), "");
    }

    /** The names of a request by REST. */
    static JsonNames of(RestBinding binding) {
        return new JsonNames(
                binding.rpc().proto().getInputType(),
                Set.copyOf(binding.path().fields()),
                binding.body() instanceof RestBinding.Body.Field(FieldDescriptor field) ? field.getName() : "");
    }

    /** What was thrown, with these names where it names fields. */
    RuntimeException in(RuntimeException thrown) {
        return switch (thrown) {
            case Failure failure -> named(failure);
            case StatusRuntimeException status -> {
                Failure failure = WireFailures.of(status);
                yield failure.violations().isEmpty() ? status : named(failure);
            }
            case RuntimeException other -> other;
        };
    }

    /** The failure with these names. */
    Failure named(Failure failure) {
        if (failure.violations().isEmpty()) {
            return failure;
        }
        List<Violation> named = failure.violations().stream()
                .map(violation -> new Violation(name(violation.field()), violation.description(), violation.rule()))
                .toList();
        String before = failure.violations().getFirst().field() + ": ";
        String message = failure.message().startsWith(before)
                ? named.getFirst().field() + ": " + failure.message().substring(before.length())
                : failure.message();
        return failure.withMessage(message).withViolations(named);
    }

    /** The name of what the contract calls, for example, {@code spec.image.outputs[0].resize_mode}. */
    String name(String field) {
        if (inPath.contains(field)) {
            return field;
        }
        String inBody = body + ".";
        FieldDescriptor whole = type.findFieldByName(body);
        return whole != null && field.startsWith(inBody)
                ? name(whole.getMessageType(), field.substring(inBody.length()))
                : name(type, field);
    }

    private static String name(@Nullable Descriptor type, String path) {
        int nameEnd = 0;
        while (nameEnd < path.length() && path.charAt(nameEnd) != '.' && path.charAt(nameEnd) != '[') {
            nameEnd++;
        }
        FieldDescriptor field = type == null ? null : FieldPath.fieldOf(type, path.substring(0, nameEnd));
        if (field == null) {
            return path; // a name of the client's own
        }
        int end = nameEnd; // behind the index or the key, which may have dots in it
        if (end < path.length() && path.charAt(end) == '[') {
            int next = path.indexOf("].", end);
            end = next < 0 ? path.length() : next + 1;
        }
        String here = field.getJsonName() + path.substring(nameEnd, end);
        return end == path.length() ? here : here + "." + name(inside(field), path.substring(end + 1));
    }

    private static @Nullable Descriptor inside(FieldDescriptor field) {
        FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
        return value.getJavaType() == JavaType.MESSAGE ? value.getMessageType() : null;
    }
}
