package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.gateway.call.Contract;
import dev.rekindle.platform.rpc.RpcService;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is no JSON and no text, over REST and WebSocket: random bytes, deep nesting, huge numbers, broken UTF-8. */
class WireFuzzTest {
    private static final int ROUNDS = 300;
    private final Random random;
    private GatewayFixture fixture;
    private String token = "";

    WireFuzzTest() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("WireFuzzTest: -Dfuzz.seed=" + seed);
        random = new Random(seed);
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new GatewayFixture(
                Contract.SERVICES.stream()
                        .map(descriptor -> RpcService.of(descriptor).build())
                        .toList(),
                Map.of());
        token = fixture.token("ada");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
        return fixture.send(fixture.anonymous(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] brokenUtf8() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("{\"settings\":{\"url\":\"".getBytes(StandardCharsets.US_ASCII));
        byte[][] broken = {
            {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xf5}, {(byte) 0x80}
        };
        out.writeBytes(broken[random.nextInt(broken.length)]);
        out.writeBytes("\"}}".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private byte[] json() {
        int depth = 1 + random.nextInt(20_000);
        String text = switch (random.nextInt(5)) {
            case 0 -> "[".repeat(depth) + "]".repeat(depth);
            case 1 -> "{\"settings\":".repeat(depth) + "1" + "}".repeat(depth);
            case 2 -> "{\"settings\":{\"milestonesPercent\":[" + "9".repeat(depth) + "]}}";
            case 3 -> "{\"settings\":{\"milestonesPercent\":[1e" + depth + "]}}";
            default -> "{\"settings\":{\"url\":\"" + "\\ud800".repeat(depth / 10) + "\"}}";
        };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Tag("API-02")
    void no_body_over_rest_is_our_mistake() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] body = switch (random.nextInt(3)) {
                case 0 -> bytes(200);
                case 1 -> brokenUtf8();
                default -> json();
            };
            HttpResponse<String> response = post("/v1/webhooks", "application/json", body);
            assertThat(response.statusCode())
                    .as(response.body())
                    .isIn(400, 501); // 501: what is empty or all right finds nothing behind
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        }
    }

    @Test
    @Tag("EV-01")
    void no_message_on_a_websocket_is_our_mistake() throws Exception {
        for (int round = 0; round < 10; round++) {
            try (SocketClient client = SocketClient.connect(fixture, "rekindle.v1", "bearer." + token)) {
                assertThat(client.next()).contains("identified");
                for (int i = 0; i < 8; i++) {
                    String text = random.nextBoolean()
                            ? new String(bytes(100), StandardCharsets.ISO_8859_1)
                            : new String(json(), StandardCharsets.UTF_8).substring(0, 1 + random.nextInt(10));
                    client.send(text);
                    assertThat(client.next()).as(text).contains("\"INVALID_REQUEST\"");
                }
                client.send("{\"type\":\"ping\"}");
                assertThat(client.next()).contains("pong");
            }
        }
    }

    @Test
    @Tag("API-02")
    void no_method_or_type_is_our_mistake() throws Exception {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "POST")) {
            for (String path : List.of("/v1/webhooks", "/v1/events/ws", "/v1/%00", "/v1/jobs/%ff/events", "/v1//")) {
                HttpResponse<String> response = fixture.send(fixture.anonymous(path)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "text/" + random.nextInt())
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(bytes(10))));
                assertThat(response.statusCode()).as(method + " " + path).isNotIn(500, 502, 504);
            }
        }
    }
}
