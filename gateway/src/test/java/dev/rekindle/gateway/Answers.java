package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpResponse;
import java.util.Locale;

/** Answers of the gateway in JSON, read. */
final class Answers {
    private Answers() {}

    /** The body, which is an object. */
    static JsonObject json(HttpResponse<String> response) {
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    /** The body, which is a problem as every refusal must be. */
    static JsonObject problem(HttpResponse<String> response, int status, String reason) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        JsonObject problem = json(response);
        assertThat(problem.get("status").getAsInt()).isEqualTo(status);
        assertThat(problem.get("reason").getAsString()).isEqualTo(reason);
        assertThat(problem.get("type").getAsString())
                .isEqualTo("https://rekindle.dev/problems/"
                        + reason.toLowerCase(Locale.ROOT).replace('_', '-'));
        assertThat(problem.get("request_id").getAsString())
                .isEqualTo(response.headers().firstValue("x-request-id").orElse("none"));
        assertThat(problem.keySet()).contains("title", "detail", "instance", "timestamp", "violations");
        return problem;
    }

    /** What a problem says of one field. */
    static JsonObject violation(JsonObject problem, String field) {
        JsonArray violations = problem.getAsJsonArray("violations");
        for (int i = 0; i < violations.size(); i++) {
            if (violations.get(i).getAsJsonObject().get("field").getAsString().equals(field)) {
                return violations.get(i).getAsJsonObject();
            }
        }
        throw new AssertionError("No violation of " + field + " in " + problem);
    }
}
