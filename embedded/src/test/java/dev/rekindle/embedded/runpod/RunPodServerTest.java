package dev.rekindle.embedded.runpod;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in keeps to what is known of RunPod. */
@Tag("AI-01")
class RunPodServerTest {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource time = () -> now;
    private final HttpClient http = HttpClient.newHttpClient();
    private RunPodServer server;

    @BeforeEach
    void open() throws IOException {
        server = RunPodServer.start(
                new RunPodServer.Config(
                        0, "key", "ep1", Duration.ofSeconds(2), Duration.ofSeconds(6), Duration.ofMinutes(30), ""),
                time.withZone(ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        server.close();
        http.close();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private HttpResponse<String> call(String operation, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/ep1/" + operation))
                .header("Authorization", "Bearer key");
        return http.send(
                body.isEmpty()
                        ? request.build()
                        : request.POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonObject json(String operation, String body) throws Exception {
        HttpResponse<String> answer = call(operation, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    private static String request() throws IOException {
        ByteArrayOutputStream picture = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB), "png", picture);
        return "{\"input\":{\"prompt\":\"p\",\"image\":\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(picture.toByteArray())
                + "\"},\"policy\":{\"executionTimeout\":60000,\"ttl\":120000}}";
    }

    private String submit() throws Exception {
        JsonObject job = json("run", request());
        assertThat(job.get("status").getAsString()).isEqualTo("IN_QUEUE");
        return job.get("id").getAsString();
    }

    private String state(String id) throws Exception {
        return json("status/" + id, "").get("status").getAsString();
    }

    @Test
    void a_job_waits_runs_and_gives_a_picture_and_is_forgotten_half_an_hour_later() throws Exception {
        String id = submit();
        assertThat(state(id)).isEqualTo("IN_QUEUE");
        pass(Duration.ofSeconds(5));
        JsonObject running = json("status/" + id, "");
        assertThat(running.get("status").getAsString()).isEqualTo("IN_PROGRESS");
        assertThat(running.getAsJsonObject("output").get("progress").getAsInt()).isEqualTo(50);
        pass(Duration.ofSeconds(10));
        JsonObject done = json("status/" + id, "");
        while (!done.get("status").getAsString().equals("COMPLETED")) {
            done = json("status/" + id, "");
        }
        assertThat(done.get("executionTime").getAsLong()).isEqualTo(6_000);
        assertThat(done.get("delayTime").getAsLong()).isEqualTo(2_000);
        String url = done.getAsJsonObject("output").get("image_url").getAsString();
        byte[] picture = http.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body();
        assertThat(ImageIO.read(new ByteArrayInputStream(picture)).getWidth()).isEqualTo(8);
        pass(Duration.ofMinutes(31));
        assertThat(call("status/" + id, "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_job_that_outlives_its_ttl_is_deleted() throws Exception {
        server.script(RunPodFault.HANG);
        String id = submit();
        pass(Duration.ofMinutes(1));
        assertThat(state(id)).isEqualTo("IN_PROGRESS");
        pass(Duration.ofMinutes(2));
        assertThat(call("status/" + id, "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_job_can_be_cancelled_and_health_counts() throws Exception {
        String id = submit();
        assertThat(json("health", "").getAsJsonObject("jobs").get("inQueue").getAsInt())
                .isEqualTo(1);
        assertThat(json("cancel/" + id, "{}").get("status").getAsString()).isEqualTo("CANCELLED");
        assertThat(state(id)).isEqualTo("CANCELLED");
        assertThat(json("health", "").getAsJsonObject("workers").get("ready").getAsInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"input\":{}}",
                "no json",
                "{\"input\":{\"a\":1},\"webhook\":\"not here\"}",
                "{\"input\":{\"a\":1},\"webhook\":{}}",
                "{\"input\":{\"a\":1},\"policy\":{\"executionTimeout\":4999}}",
                "{\"input\":{\"a\":1},\"policy\":{\"ttl\":9999}}"
            })
    void what_runpod_refuses_is_refused(String body) throws Exception {
        assertThat(call("run", body).statusCode()).isEqualTo(400);
        assertThat(server.jobs()).isEmpty();
    }

    @Test
    void faults_can_be_asked_for_by_hand() throws Exception {
        URI faults = server.baseUrl().resolve("/faults/limited");
        HttpRequest post = HttpRequest.newBuilder(faults)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(204);
        HttpResponse<String> limited = call("run", request());
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(call("run", request()).statusCode()).isEqualTo(200);
    }
}
