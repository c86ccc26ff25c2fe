package dev.rekindle.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.gateway.rest.RestBinder;
import dev.rekindle.gateway.rest.RestBinding;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("API-01")
class OpenApiTest {
    private static final JsonObject DOCUMENT =
            JsonParser.parseString(OpenApi.document()).getAsJsonObject();

    private static JsonObject operation(String method, String path) {
        return DOCUMENT.getAsJsonObject("paths").getAsJsonObject(path).getAsJsonObject(method);
    }

    @Test
    void every_rule_of_the_contracts_is_there() {
        for (RestBinding binding : RestBinder.bindings()) {
            JsonObject operation = operation(
                    binding.method().name().toLowerCase(Locale.ROOT),
                    binding.path().text());
            assertThat(operation).as(binding.path().text()).isNotNull();
            assertThat(operation.get("summary").getAsString()).isNotBlank();
        }
    }

    @Test
    void every_reference_leads_somewhere_and_every_schema_is_used() {
        Set<String> used = new TreeSet<>();
        collect(DOCUMENT, used);
        Set<String> made = new HashSet<>();
        for (String kind : DOCUMENT.getAsJsonObject("components").keySet()) {
            DOCUMENT.getAsJsonObject("components")
                    .getAsJsonObject(kind)
                    .keySet()
                    .forEach(name -> made.add("#/components/" + kind + "/" + name));
        }
        assertThat(made).containsAll(used);
        made.removeIf(name -> name.startsWith("#/components/securitySchemes/"));
        assertThat(used).containsAll(made);
    }

    private static void collect(JsonElement element, Set<String> references) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(item -> collect(item, references));
        } else if (element.isJsonObject()) {
            for (Map.Entry<String, JsonElement> entry :
                    element.getAsJsonObject().entrySet()) {
                if (entry.getKey().equals("$ref") && entry.getValue().isJsonPrimitive()) {
                    references.add(entry.getValue().getAsString());
                } else {
                    collect(entry.getValue(), references);
                }
            }
        }
    }

    @Test
    void names_of_operations_are_given_once() {
        Set<String> names = new HashSet<>();
        for (Map.Entry<String, JsonElement> path :
                DOCUMENT.getAsJsonObject("paths").entrySet()) {
            path.getValue()
                    .getAsJsonObject()
                    .asMap()
                    .values()
                    .forEach(operation -> assertThat(names.add(operation
                                    .getAsJsonObject()
                                    .get("operationId")
                                    .getAsString()))
                            .isTrue());
        }
    }

    @Test
    void variables_of_a_path_are_required_parameters() {
        JsonObject cancel = operation("post", "/v1/jobs/{job_id}:cancel");
        JsonObject parameter = cancel.getAsJsonArray("parameters").get(0).getAsJsonObject();
        assertThat(parameter.get("name").getAsString()).isEqualTo("job_id");
        assertThat(parameter.get("required").getAsBoolean()).isTrue();
        assertThat(parameter.getAsJsonObject("schema").get("format").getAsString())
                .isEqualTo("uuid");
    }

    @Test
    void comments_and_rules_of_the_contract_are_told() {
        JsonObject schemas = DOCUMENT.getAsJsonObject("components").getAsJsonObject("schemas");
        JsonObject create = schemas.getAsJsonObject("jobs.v1.CreateJobRequest");
        assertThat(create.getAsJsonArray("required").toString()).contains("photoIds", "spec");
        JsonObject photos = create.getAsJsonObject("properties").getAsJsonObject("photoIds");
        assertThat(photos.get("maxItems").getAsInt()).isEqualTo(3);
        assertThat(photos.getAsJsonObject("items").get("format").getAsString()).isEqualTo("uuid");
        assertThat(photos.get("description").getAsString()).contains("two or three for a composition");
        assertThat(schemas.getAsJsonObject("jobs.v1.JobState")
                        .get("description")
                        .getAsString())
                .contains("JOB_STATE_QUEUED");
    }

    @Test
    void what_is_open_needs_no_token_and_streams_are_events() {
        assertThat(operation("get", "/v1/plans").getAsJsonArray("security")).isEmpty();
        assertThat(operation("get", "/v1/jobs/{job_id}").has("security")).isFalse();
        assertThat(operation("get", "/v1/jobs/{job_id}/events")
                        .getAsJsonObject("responses")
                        .getAsJsonObject("200")
                        .getAsJsonObject("content")
                        .keySet())
                .containsExactly("text/event-stream", "application/x-ndjson");
        assertThat(operation("post", "/v1/jobs").getAsJsonObject("responses").keySet())
                .containsExactly("201", "default");
    }
}
