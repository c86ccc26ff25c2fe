package dev.rekindle.gateway.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.rekindle.gateway.rest.RestBinding;
import java.util.HashSet;
import java.util.Set;

/** The parameters of one operation: in its path, its query, and its headers. */
final class OpenApiParameters {
    private static final int DEPTH_MAX = 3;

    private final RestBinding binding;
    private final OpenApiSchemas schemas;
    private final JsonArray parameters = new JsonArray();
    private final Set<String> taken = new HashSet<>();

    OpenApiParameters(RestBinding binding, OpenApiSchemas schemas) {
        this.binding = binding;
        this.schemas = schemas;
    }

    JsonArray all() {
        Descriptor request = binding.rpc().proto().getInputType();
        for (String name : binding.path().fields()) {
            FieldDescriptor field = request.findFieldByName(name);
            taken.add(name);
            add("path", name, field == null ? Json.object("type", "string") : schemas.field(field), true);
        }
        switch (binding.body()) {
            case RestBinding.Body.None none -> query(request, "", 1);
            case RestBinding.Body.Field(FieldDescriptor field) -> {
                taken.add(field.getName());
                query(request, "", 1);
            }
            case RestBinding.Body.Whole whole -> {
                // the query has nothing to say
            }
        }
        if (request.findFieldByName("request_id") != null) {
            add(
                    "header",
                    "Idempotency-Key",
                    Json.object(
                            "type", "string", "description", "Stands for requestId: repeated calls do the work once."),
                    false);
        }
        if (binding.rpc().answersStream() && request.findFieldByName("resume_after") != null) {
            add(
                    "header",
                    "Last-Event-ID",
                    Json.object("type", "string", "description", "Stands for resumeAfter: the last event seen."),
                    false);
        }
        return parameters;
    }

    private void query(Descriptor type, String prefix, int depth) {
        for (FieldDescriptor field : type.getFields()) {
            if (prefix.isEmpty() && taken.contains(field.getName())) {
                continue;
            }
            boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.getMessageType().getFile().getPackage().equals("google.protobuf");
            if (!message) {
                add("query", prefix + field.getJsonName(), schemas.field(field), false);
            } else if (!field.isRepeated() && depth < DEPTH_MAX) {
                query(field.getMessageType(), prefix + field.getJsonName() + ".", depth + 1);
            }
        }
    }

    private void add(String place, String name, JsonObject schema, boolean required) {
        JsonObject parameter = Json.object("name", name, "in", place);
        if (schema.has("description")) {
            parameter.addProperty("description", schema.remove("description").getAsString());
        }
        if (required) {
            parameter.addProperty("required", true);
        }
        parameter.add("schema", schema);
        parameters.add(parameter);
    }
}
