package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.rest.RestBinder;
import dev.rekindle.gateway.rest.RestBinding;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests made up at random: whatever comes, the answer is one of ours, and never that we have made a mistake. */
class RestFuzzTest {
    private static final int REQUESTS = 1500;
    private static final int DEPTH_MAX = 5;
    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "01890000-0000-7000-8000-000000000001",
            "-1",
            "999999999999999999999",
            "1e400",
            "NaN",
            "true",
            "null",
            "\u0000",
            "ä€😀",
            "../..",
            "a/b",
            "a:b",
            "%",
            "%zz",
            "PRIORITY_HIGH",
            "2026-01-01T00:00:00Z",
            "1.5s",
            "{}");

    private final Random random;
    private final List<RestBinding> bindings = RestBinder.bindings();

    RestFuzzTest() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("RestFuzzTest: -Dfuzz.seed=" + seed);
        random = new Random(seed);
    }

    @Test
    @Tag("API-02")
    void no_request_is_our_mistake() throws Exception {
        var services = Contract.SERVICES.stream()
                .map(descriptor -> RpcService.of(descriptor).build())
                .toList();
        try (GatewayFixture fixture = new GatewayFixture(services, Map.of("limits.keep_alive", "200ms"))) {
            String token = fixture.token(
                    "ada",
                    EnumSet.allOf(dev.rekindle.common.v1.Role.class).toArray(dev.rekindle.common.v1.Role[]::new));
            for (int i = 0; i < REQUESTS; i++) {
                HttpRequest request = request(fixture, token);
                HttpResponse<String> response = fixture.http().send(request, HttpResponse.BodyHandlers.ofString());
                assertAnswer(request, response);
            }
        }
    }

    private static void assertAnswer(HttpRequest request, HttpResponse<String> response) {
        String what = request.method() + " " + request.uri() + " " + response.statusCode() + " " + response.body();
        assertThat(response.statusCode()).as(what).isNotIn(500, 502, 504).isGreaterThanOrEqualTo(200);
        if (response.statusCode() >= 400 && !request.method().equals("HEAD")) {
            assertThat(response.headers().firstValue("content-type")).as(what).contains("application/problem+json");
            JsonObject problem = JsonParser.parseString(response.body()).getAsJsonObject();
            assertThat(problem.get("reason").getAsString()).as(what).isNotEqualTo("INTERNAL");
            assertThat(response.body()).doesNotContain("127.0.0.1", "Exception", "java.");
        }
    }

    private HttpRequest request(GatewayFixture fixture, String token) {
        RestBinding binding = bindings.get(random.nextInt(bindings.size()));
        String path = binding.path().text();
        for (String field : binding.path().fields()) {
            path = path.replace("{" + field + "}", encode(random.nextInt(4) > 0 ? TEXTS.get(2) : text()));
        }
        Descriptor type = binding.rpc().proto().getInputType();
        String method = random.nextInt(20) == 0
                ? List.of("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH").get(random.nextInt(6))
                : binding.method().name();
        HttpRequest.Builder request = fixture.anonymous(path + query(type));
        if (random.nextInt(10) > 0) {
            request.header("Authorization", "Bearer " + token);
        }
        if (random.nextInt(4) == 0) {
            request.header(
                    "Accept",
                    List.of("*/*", "text/html", "application/json", "a/b;q=x").get(random.nextInt(4)));
        }
        if (random.nextInt(4) == 0) {
            request.header("Idempotency-Key", "key " + random.nextInt());
        }
        if (random.nextInt(4) == 0) {
            request.header("Range", "bytes=" + random.nextInt(9) + "-");
        }
        if (random.nextInt(10) > 0) {
            request.header(
                    "Content-Type", random.nextInt(10) > 0 ? "application/json" : "multipart/form-data; boundary=b");
        }
        boolean body =
                binding.body() instanceof RestBinding.Body.None ? random.nextInt(10) == 0 : random.nextInt(10) > 0;
        return request.method(method, body ? BodyPublishers.ofString(body(type)) : BodyPublishers.noBody())
                .build();
    }

    private String query(Descriptor type) {
        StringBuilder query = new StringBuilder();
        while (random.nextInt(3) == 0) {
            String name = random.nextInt(4) == 0 || type.getFields().isEmpty()
                    ? text()
                    : type.getFields()
                            .get(random.nextInt(type.getFields().size()))
                            .getJsonName();
            query.append(query.isEmpty() ? '?' : '&')
                    .append(encode(name))
                    .append('=')
                    .append(encode(text()));
        }
        return query.toString();
    }

    private String body(Descriptor type) {
        String json = object(type, 0).toString();
        if (random.nextInt(5) == 0 && !json.isEmpty()) {
            int at = random.nextInt(json.length());
            return json.substring(0, at) + (char) (32 + random.nextInt(90)) + json.substring(at + random.nextInt(2));
        }
        return json;
    }

    private JsonElement object(Descriptor type, int depth) {
        JsonObject object = new JsonObject();
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(3) > 0) {
                object.add(random.nextInt(15) == 0 ? text() : field.getJsonName(), value(field, depth));
            }
        }
        return object;
    }

    private JsonElement value(FieldDescriptor field, int depth) {
        if (random.nextInt(12) == 0) {
            return anything();
        }
        if (field.isRepeated() && !field.isMapField()) {
            JsonArray array = new JsonArray();
            for (int i = random.nextInt(4); i > 0; i--) {
                array.add(single(field, depth));
            }
            return array;
        }
        return single(field, depth);
    }

    private JsonElement single(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT, LONG -> new JsonPrimitive(random.nextInt(100) - 10);
            case FLOAT, DOUBLE -> new JsonPrimitive(random.nextDouble() * 2 - 0.5);
            case BOOLEAN -> new JsonPrimitive(random.nextBoolean());
            case STRING, BYTE_STRING -> new JsonPrimitive(text());
            case ENUM ->
                new JsonPrimitive(field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()))
                        .getName());
            case MESSAGE -> depth > DEPTH_MAX ? new JsonObject() : object(field.getMessageType(), depth + 1);
        };
    }

    private JsonElement anything() {
        return switch (random.nextInt(5)) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> new JsonPrimitive(text());
            case 2 -> new JsonPrimitive(random.nextLong());
            case 3 -> new JsonArray();
            default -> new JsonObject();
        };
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append('%').append(String.format("%02X", b));
        }
        return encoded.toString();
    }
}
