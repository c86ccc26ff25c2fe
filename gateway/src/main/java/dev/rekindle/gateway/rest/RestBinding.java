package dev.rekindle.gateway.rest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.linecorp.armeria.common.HttpMethod;
import dev.rekindle.gateway.call.Contract.Rpc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One REST form of an RPC, as a google.api.http rule gives it.
 *
 * @param body what of the request the body is
 * @param responseField the field of the answer that is shown in its stead; null for the whole answer
 */
public record RestBinding(
        Rpc rpc,
        HttpMethod method,
        PathTemplate path,
        Body body,
        @Nullable FieldDescriptor responseField) {

    /** What of the request the body of the HTTP request is. */
    public sealed interface Body {
        /** There is no body. */
        record None() implements Body {}

        /** The whole request, but for what the path says. */
        record Whole() implements Body {}

        /** One field of it. */
        record Field(FieldDescriptor field) implements Body {}
    }

    /**
     * All forms of an RPC; none if its contract gives none.
     *
     * @throws IllegalArgumentException if a rule names what the messages do not have
     */
    static List<RestBinding> of(Rpc rpc) {
        if (!rpc.proto().getOptions().hasExtension(AnnotationsProto.http)) {
            return List.of();
        }
        HttpRule rule = rpc.proto().getOptions().getExtension(AnnotationsProto.http);
        List<RestBinding> bindings = new ArrayList<>();
        bindings.add(of(rpc, rule));
        rule.getAdditionalBindingsList().forEach(additional -> bindings.add(of(rpc, additional)));
        return bindings;
    }

    private static RestBinding of(Rpc rpc, HttpRule rule) {
        PathTemplate path = PathTemplate.parse(path(rule));
        Descriptor request = rpc.proto().getInputType();
        for (String name : path.fields()) {
            FieldPath field = FieldPath.find(request, name);
            if (field == null || !FieldText.isText(field.last()) || field.last().isRepeated()) {
                throw new IllegalArgumentException(path.text() + " names no text field of " + request.getName());
            }
        }
        Body body = switch (rule.getBody()) {
            case "" -> new Body.None();
            case "*" -> new Body.Whole();
            case String name -> new Body.Field(messageField(request, name));
        };
        FieldDescriptor responseField = rule.getResponseBody().isEmpty()
                ? null
                : messageField(rpc.proto().getOutputType(), rule.getResponseBody());
        return new RestBinding(rpc, method(rule), path, body, responseField);
    }

    private static FieldDescriptor messageField(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field == null || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || field.isRepeated()) {
            throw new IllegalArgumentException(type.getName() + " has no message " + name);
        }
        return field;
    }

    private static String path(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> rule.getGet();
            case PUT -> rule.getPut();
            case POST -> rule.getPost();
            case DELETE -> rule.getDelete();
            case PATCH -> rule.getPatch();
            case CUSTOM -> rule.getCustom().getPath();
            case PATTERN_NOT_SET -> throw new IllegalArgumentException("A rule has no path: " + rule);
        };
    }

    private static HttpMethod method(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> HttpMethod.GET;
            case PUT -> HttpMethod.PUT;
            case POST -> HttpMethod.POST;
            case DELETE -> HttpMethod.DELETE;
            case PATCH -> HttpMethod.PATCH;
            case CUSTOM -> HttpMethod.valueOf(rule.getCustom().getKind());
            case PATTERN_NOT_SET -> throw new IllegalArgumentException("A rule has no method: " + rule);
        };
    }

    /** True if it makes a thing in a collection, which HTTP answers with 201. */
    public boolean creates() {
        return method == HttpMethod.POST && path.isCollection();
    }

    /** What of the answer is shown. */
    public Descriptor answerType() {
        return responseField == null ? rpc.proto().getOutputType() : responseField.getMessageType();
    }
}
