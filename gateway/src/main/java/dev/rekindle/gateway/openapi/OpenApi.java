package dev.rekindle.gateway.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.linecorp.armeria.common.MediaType;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.rest.AnswerForm;
import dev.rekindle.gateway.rest.RestBinder;
import dev.rekindle.gateway.rest.RestBinding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The REST API as an OpenAPI 3.1 document: every rule of the contracts with its comments, and the paths for files. */
public final class OpenApi {
    private static final String PROBLEM = "#/components/responses/Problem";

    private final ContractComments comments = ContractComments.load();
    private final OpenApiSchemas schemas = new OpenApiSchemas(comments);
    private final Map<String, Integer> operationIds = new HashMap<>();

    private OpenApi() {}

    /** The document. */
    public static String document() {
        return new OpenApi().build().toString();
    }

    private JsonObject build() {
        JsonObject paths = new JsonObject();
        for (RestBinding binding : RestBinder.bindings()) {
            if (FilePaths.replaces(binding)) {
                continue;
            }
            put(paths, binding.path().text(), binding.method().name(), operation(binding));
        }
        FilePaths.add(paths, schemas, problem());
        JsonObject components = Json.object(
                "schemas",
                schemas.all(),
                "responses",
                Json.object("Problem", problemResponse()),
                "securitySchemes",
                Json.object(
                        "bearer",
                        Json.object(
                                "type",
                                "http",
                                "scheme",
                                "bearer",
                                "description",
                                "A token of the sign-in, or an API key (rk_…).")));
        components.getAsJsonObject("schemas").add("Problem", ProblemSchema.schema());
        return Json.object(
                "openapi",
                "3.1.0",
                "info",
                Json.object(
                        "title",
                        "Rekindle",
                        "version",
                        "1",
                        "license",
                        Json.object("name", "Apache License 2.0", "identifier", "Apache-2.0"),
                        "description",
                        "Restores and colourizes family photos. JSON is that of proto3: lowerCamelCase, numbers of 64 bits"
                                + " as texts, times as RFC 3339. Errors are problems (RFC 9457). Streams are server-sent"
                                + " events, or lines of JSON where Accept asks for application/x-ndjson."),
                "servers",
                Json.array(List.of(Json.object("url", "/"))),
                "security",
                Json.array(List.of(Json.object("bearer", new JsonArray()))),
                "tags",
                tags(),
                "paths",
                paths,
                "components",
                components);
    }

    static void put(JsonObject paths, String path, String method, JsonObject operation) {
        if (!paths.has(path)) {
            paths.add(path, new JsonObject());
        }
        paths.getAsJsonObject(path).add(method.toLowerCase(Locale.ROOT), operation);
    }

    private JsonArray tags() {
        JsonArray tags = new JsonArray();
        Contract.publicRpcs().stream()
                .map(rpc -> rpc.proto().getService())
                .distinct()
                .forEach(service -> tags.add(
                        Json.object("name", service.getName(), "description", comments.of(service.getFullName()))));
        return tags;
    }

    private JsonObject operation(RestBinding binding) {
        ServiceDescriptor service = binding.rpc().proto().getService();
        String comment = comments.of(binding.rpc().proto().getFullName());
        JsonObject operation = Json.object(
                "operationId",
                operationId(service.getName() + "_" + binding.rpc().proto().getName()),
                "tags",
                Json.array(List.of(service.getName())),
                "summary",
                summary(comment, binding.rpc().proto().getName()));
        if (!comment.isEmpty()) {
            operation.addProperty("description", comment);
        }
        operation.addProperty("x-rpc", binding.rpc().method().getFullMethodName());
        addAccess(binding, operation);
        JsonArray parameters = new OpenApiParameters(binding, schemas).all();
        if (!parameters.isEmpty()) {
            operation.add("parameters", parameters);
        }
        body(binding, operation);
        operation.add("responses", responses(binding));
        return operation;
    }

    private String operationId(String name) {
        int count = operationIds.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + "_" + count;
    }

    private static String summary(String comment, String name) {
        int end = comment.indexOf(". ");
        String first = end < 0 ? comment : comment.substring(0, end);
        String text = first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
        return text.isEmpty() ? name.replaceAll("(?<=[a-z])(?=[A-Z])", " ") : text;
    }

    private static void addAccess(RestBinding binding, JsonObject operation) {
        var rule = binding.rpc().rule();
        if (rule.getAnonymous()) {
            operation.add("security", new JsonArray());
            return;
        }
        operation.add(
                "x-roles",
                Json.array(rule.getRolesList().stream()
                        .map(role -> role.name().substring("ROLE_".length()).toLowerCase(Locale.ROOT))
                        .filter(role -> !role.equals("internal"))
                        .toList()));
        if (!rule.getScope().isEmpty()) {
            operation.addProperty("x-scope", rule.getScope());
        }
    }

    private void body(RestBinding binding, JsonObject operation) {
        switch (binding.body()) {
            case RestBinding.Body.None none -> {
                // nothing to send
            }
            case RestBinding.Body.Whole whole ->
                operation.add("requestBody", jsonBody(wholeBody(binding), hasRequired(binding)));
            case RestBinding.Body.Field(FieldDescriptor field) ->
                operation.add("requestBody", jsonBody(schemas.reference(field.getMessageType()), true));
        }
    }

    private JsonObject wholeBody(RestBinding binding) {
        Descriptor type = binding.rpc().proto().getInputType();
        Set<FieldDescriptor> inPath = inPath(binding);
        return inPath.isEmpty() ? schemas.reference(type) : schemas.message(type, inPath);
    }

    private static Set<FieldDescriptor> inPath(RestBinding binding) {
        Descriptor type = binding.rpc().proto().getInputType();
        Set<FieldDescriptor> fields = new HashSet<>();
        binding.path().fields().forEach(name -> {
            FieldDescriptor field = type.findFieldByName(name);
            if (field != null) {
                fields.add(field);
            }
        });
        return fields;
    }

    private boolean hasRequired(RestBinding binding) {
        return schemas.message(binding.rpc().proto().getInputType(), inPath(binding))
                .has("required");
    }

    private static JsonObject jsonBody(JsonObject schema, boolean required) {
        return Json.object(
                "required", required, "content", Json.object("application/json", Json.object("schema", schema)));
    }

    private JsonObject responses(RestBinding binding) {
        JsonObject answer = schemas.reference(binding.answerType());
        JsonObject success;
        if (binding.rpc().answersStream()) {
            success = Json.object(
                    "description",
                    "A stream. Server-sent events carry the message in data, its id in id; \"end\" is the last event,"
                            + " \"error\" carries a problem.",
                    "content",
                    Json.object(
                            "text/event-stream",
                            Json.object("schema", answer),
                            "application/x-ndjson",
                            Json.object("schema", answer)));
        } else {
            success = Json.object(
                    "description", binding.creates() ? "Made." : "Done.", "content", forms(binding, answer));
        }
        return Json.object(binding.creates() ? "201" : "200", success, "default", problem());
    }

    private static JsonObject forms(RestBinding binding, JsonObject answer) {
        JsonObject content = new JsonObject();
        for (AnswerForm form : AnswerForm.of(binding.answerType())) {
            boolean whole = form.type().is(MediaType.JSON);
            content.add(
                    form.type().withoutParameters().toString(),
                    Json.object(
                            "schema",
                            whole
                                    ? answer
                                    : Json.object(
                                            "type", form.type().subtype().endsWith("json") ? "object" : "string")));
        }
        return content;
    }

    private static JsonObject problem() {
        return Json.object("$ref", PROBLEM);
    }

    private static JsonObject problemResponse() {
        return Json.object(
                "description",
                "A problem. " + ProblemSchema.REASONS.stream().collect(Collectors.joining(", ", "Reasons: ", ".")),
                "content",
                Json.object(
                        "application/problem+json",
                        Json.object("schema", Json.object("$ref", "#/components/schemas/Problem"))));
    }
}
