package dev.rekindle.gateway.openapi;

import com.google.gson.JsonObject;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Reasons;
import java.util.Arrays;
import java.util.List;

/** What a problem looks like. */
final class ProblemSchema {
    /** Every reason, with its HTTP status. */
    static final List<String> REASONS = Arrays.stream(Reason.values())
            .filter(reason -> reason != Reason.REASON_UNSPECIFIED && reason != Reason.UNRECOGNIZED)
            .map(reason -> Reasons.nameOf(reason) + " (" + Reasons.httpStatusOf(reason) + ")")
            .toList();

    private ProblemSchema() {}

    static JsonObject schema() {
        JsonObject violation = Json.object(
                "type",
                "object",
                "properties",
                Json.object(
                        "field",
                                text(
                                        "The field as this document names it, for example spec.image.outputs[0].resizeMode."),
                        "description", text("What it is and what was expected."),
                        "rule", text("The rule it breaks.")));
        return Json.object(
                "type",
                "object",
                "description",
                "RFC 9457. The same reason and violations stand in the details of a gRPC status.",
                "required",
                Json.array(
                        List.of("type", "title", "status", "detail", "instance", "timestamp", "request_id", "reason")),
                "properties",
                Json.object(
                        "type", text("https://rekindle.dev/problems/ and the reason in kebab case."),
                        "title", text("The reason in words."),
                        "status", Json.object("type", "integer", "description", "The HTTP status."),
                        "detail", text("What happened, naming the value and what was expected."),
                        "instance", text("The path of the request."),
                        "timestamp", Json.object("type", "string", "format", "date-time"),
                        "request_id", text("Finds the request in the logs."),
                        "reason", text("Stable; programs decide by it."),
                        "violations", Json.object("type", "array", "items", violation)));
    }

    private static JsonObject text(String description) {
        return Json.object("type", "string", "description", description);
    }
}
