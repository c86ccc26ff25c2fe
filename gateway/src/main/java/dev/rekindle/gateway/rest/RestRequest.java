package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.JsonBody;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the message of a binding out of an HTTP request: path, query, body, and the headers that stand for fields. */
final class RestRequest {
    /** The header that is the field {@code request_id}. */
    static final String IDEMPOTENCY_KEY = "idempotency-key";

    /** The header that is the field {@code resume_after}: where a browser's event source goes on. */
    static final String LAST_EVENT_ID = "last-event-id";

    private final RestBinding binding;
    private final long bodyBytesMax;
    private final Map<String, FieldPath> pathFields = new LinkedHashMap<>();
    private final QueryBinder query;
    private final @Nullable FieldPath requestId;
    private final @Nullable FieldPath resumeAfter;

    RestRequest(RestBinding binding, long bodyBytesMax) {
        this.binding = binding;
        this.bodyBytesMax = bodyBytesMax;
        Descriptor type = binding.rpc().proto().getInputType();
        for (String name : binding.path().fields()) {
            pathFields.put(name, Objects.requireNonNull(FieldPath.find(type, name)));
        }
        List<FieldPath> taken = new ArrayList<>(pathFields.values());
        if (binding.body() instanceof RestBinding.Body.Field(FieldDescriptor field)) {
            taken.add(new FieldPath(List.of(field)));
        }
        this.query = new QueryBinder(type, taken, !(binding.body() instanceof RestBinding.Body.Whole));
        this.requestId = FieldPath.find(type, "request_id");
        this.resumeAfter = FieldPath.find(type, "resume_after");
    }

    /** The message. Blocks until the body is there. */
    Message read(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        Message.Builder request = binding.rpc().newRequest();
        String json = JsonBody.text(ctx, req, bodyBytesMax);
        switch (binding.body()) {
            case RestBinding.Body.None none -> {
                if (!json.isEmpty()) {
                    throw Failure.invalid("", "This call takes no body.");
                }
            }
            case RestBinding.Body.Whole whole -> JsonTranscoder.read(json, "", request);
            case RestBinding.Body.Field(FieldDescriptor field) -> {
                if (!json.isBlank()) {
                    JsonTranscoder.read(json, field.getName(), request.getFieldBuilder(field));
                }
            }
        }
        query.bind(ctx.queryParams(), request);
        pathFields.forEach(
                (name, field) -> putPathVariable(request, field, Objects.requireNonNull(variables.get(name))));
        putHeaders(request, req.headers());
        return request.build();
    }

    private static void putPathVariable(Message.Builder request, FieldPath field, String text) {
        String inBody = field.text(request);
        if (field.last().getJavaType() == FieldDescriptor.JavaType.STRING
                && !inBody.isEmpty()
                && !inBody.equals(text)) {
            throw Failure.invalid(field.name(), "is \"" + inBody + "\" in the body and \"" + text + "\" in the path.");
        }
        try {
            field.put(request, FieldText.parse(field.last(), text));
        } catch (IllegalArgumentException e) {
            throw Failure.invalid(
                    field.name(), "is \"" + text + "\"; expected " + FieldText.expected(field.last()) + ".");
        }
    }

    private void putHeaders(Message.Builder request, RequestHeaders headers) {
        String key = headers.get(IDEMPOTENCY_KEY);
        if (requestId != null && key != null) {
            String inBody = requestId.text(request);
            if (!inBody.isEmpty() && !inBody.equals(key)) {
                throw Failure.invalid(
                        "request_id", "is \"" + inBody + "\" in the body and another in the header Idempotency-Key.");
            }
            requestId.put(request, key);
        }
        String lastEvent = headers.get(LAST_EVENT_ID);
        if (resumeAfter != null && lastEvent != null && !lastEvent.isEmpty()) {
            // Newer than the query: a browser connects again to the same address with a new header.
            resumeAfter.put(request, lastEvent);
        }
    }
}
