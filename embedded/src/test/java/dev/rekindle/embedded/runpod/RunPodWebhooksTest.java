package dev.rekindle.embedded.runpod;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stand-in tells of ends as RunPod does, and as scripted. Its clock stands until it is turned. */
@Tag("AI-01")
@Timeout(120)
class RunPodWebhooksTest {
    private static final Duration RUN = Duration.ofSeconds(8);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource time = () -> now;
    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<JsonObject> told = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedDeque<Integer> answers = new ConcurrentLinkedDeque<>();
    private HttpServer ears;
    private RunPodServer server;

    @BeforeEach
    void open() throws IOException {
        ears = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ears.createContext("/", this::hear);
        ears.start();
        server = RunPodServer.start(
                new RunPodServer.Config(
                        0,
                        "key",
                        "ep1",
                        Duration.ofSeconds(2),
                        RUN.minusSeconds(2),
                        Duration.ofMinutes(30),
                        address("/hooks")),
                time.withZone(ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        server.close();
        ears.stop(0);
        http.close();
    }

    private void hear(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            JsonObject message = JsonParser.parseString(body).getAsJsonObject();
            message.addProperty("path", exchange.getRequestURI().getPath());
            Integer status = answers.poll();
            exchange.sendResponseHeaders(status == null ? 200 : status, -1);
            told.add(message);
        }
    }

    private String address(String path) {
        return "http://127.0.0.1:" + ears.getAddress().getPort() + path;
    }

    private String submit(String webhook, RunPodFault fault) throws Exception {
        server.script(fault);
        // No picture: the job fails, which is told like any other end.
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/ep1/run"))
                .header("Authorization", "Bearer key")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"input\":{\"prompt\":\"p\"},\"webhook\":\"" + webhook + "\"}"))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonObject().get("id").getAsString();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private JsonObject next() throws InterruptedException {
        return Objects.requireNonNull(told.poll(30, TimeUnit.SECONDS), "nothing was told");
    }

    private static String text(JsonObject message, String field) {
        return message.get(field).getAsString();
    }

    @Test
    void an_end_is_told_with_what_runpod_tells_at_the_address_that_was_asked_for() throws Exception {
        String id = submit(address("/hooks/t1"), RunPodFault.NONE);
        pass(RUN);
        JsonObject message = next();
        assertThat(text(message, "path")).isEqualTo("/hooks/t1");
        assertThat(text(message, "id")).isEqualTo(id);
        assertThat(text(message, "status")).isEqualTo("FAILED");
        assertThat(text(message, "webhook")).isEqualTo(address("/hooks/t1"));
        assertThat(message.getAsJsonObject("input").get("prompt").getAsString()).isEqualTo("p");
        assertThat(message.keySet()).contains("output", "delayTime", "executionTime");
        assertThat(server.jobs().getFirst().looks()).as("telling is no look").isZero();
    }

    @Test
    void what_is_not_answered_by_200_is_told_twice_more_ten_seconds_apart() throws Exception {
        answers.addAll(List.of(500, 404, 503));
        submit(address("/hooks/t1"), RunPodFault.NONE);
        pass(RUN);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(text(next(), "path")).isEqualTo("/hooks/t1");
            assertThat(told).as("the clock stands").isEmpty();
            pass(AGAIN);
        }
        submit(address("/hooks/t2"), RunPodFault.NONE);
        pass(RUN.plus(AGAIN));
        assertThat(text(next(), "path")).as("three times are all").isEqualTo("/hooks/t2");
    }

    @Test
    void an_end_may_be_told_twice_late_or_never() throws Exception {
        submit(address("/hooks/never"), RunPodFault.NOT_TOLD);
        submit(address("/hooks/late"), RunPodFault.TOLD_LATE);
        submit(address("/hooks/twice"), RunPodFault.TOLD_TWICE);
        pass(RUN);
        Instant ended = now;
        assertThat(text(next(), "path")).isEqualTo("/hooks/twice");
        assertThat(text(next(), "path")).isEqualTo("/hooks/twice");
        assertThat(told).as("the clock stands").isEmpty();
        JsonObject late = told.poll();
        while (late == null) {
            pass(Duration.ofSeconds(1));
            late = told.poll(20, TimeUnit.MILLISECONDS);
        }
        assertThat(text(late, "path")).isEqualTo("/hooks/late");
        assertThat(Duration.between(ended, now)).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(told).isEmpty();
    }

    @Test
    void an_end_may_be_told_before_it_has_come() throws Exception {
        submit(address("/hooks/t1"), RunPodFault.TOLD_EARLY);
        assertThat(text(next(), "status")).isEqualTo("IN_QUEUE");
        pass(RUN);
        assertThat(text(next(), "status")).isEqualTo("FAILED");
    }

    @Test
    void nothing_is_posted_but_where_the_stand_in_was_told_it_may() throws Exception {
        submit(address("/elsewhere/t1"), RunPodFault.NONE);
        submit(address("/hooks"), RunPodFault.NONE);
        submit(address("/hooks-of-others/t1"), RunPodFault.NONE);
        submit(address("/hooks/t2"), RunPodFault.NONE);
        pass(RUN);
        assertThat(text(next(), "path")).isEqualTo("/hooks/t2");
        pass(Duration.ofMinutes(5));
        submit(address("/hooks/t3"), RunPodFault.NONE);
        pass(RUN);
        assertThat(text(next(), "path")).isEqualTo("/hooks/t3");
        assertThat(told).isEmpty();
    }
}
