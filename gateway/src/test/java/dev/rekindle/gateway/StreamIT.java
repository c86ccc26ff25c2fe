package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.Ready;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams over plain HTTP: server-sent events, and lines of JSON. */
class StreamIT {
    private static final String ID = "01890000-0000-7000-8000-00000000000";
    /** What the service does is told by the last digit of the job's id. */
    private static final String THREE = ID + 1;

    private static final String FAILS_FIRST = ID + 2;
    private static final String FAILS_LATER = ID + 3;
    private static final String QUIET = ID + 4;
    private static final String FLOOD = ID + 5;

    private static GatewayFixture fixture;
    private static volatile WatchJobRequest watched = WatchJobRequest.getDefaultInstance();
    private static volatile SubscribeRequest subscribed = SubscribeRequest.getDefaultInstance();
    private static volatile CountDownLatch cancelled = new CountDownLatch(1);
    private static final AtomicInteger sent = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        fixture = start(Map.of("limits.keep_alive", "300ms", "limits.idle_max", "3s"));
    }

    private static GatewayFixture start(Map<String, String> settings) throws InterruptedException {
        return new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), StreamIT::watch)
                                .build(),
                        RpcService.of(EventsServiceGrpc.getServiceDescriptor())
                                .serverStreaming(EventsServiceGrpc.getSubscribeMethod(), (request, answers) -> {
                                    subscribed = request;
                                    answers.send(SubscribeResponse.newBuilder()
                                            .setReady(Ready.newBuilder().setResumeAfter("e0"))
                                            .build());
                                    answers.send(SubscribeResponse.newBuilder()
                                            .setEvent(Event.newBuilder()
                                                    .setId("e1")
                                                    .setType("job.queued"))
                                            .build());
                                    answers.send(SubscribeResponse.newBuilder()
                                            .setEvent(Event.newBuilder()
                                                    .setId("t1")
                                                    .setTransient(true))
                                            .build());
                                })
                                .build()),
                settings);
    }

    private static void watch(WatchJobRequest request, MessageSink<WatchJobResponse> answers)
            throws InterruptedException {
        watched = request;
        CountDownLatch gone = new CountDownLatch(1);
        cancelled = gone;
        answers.onCancel(gone::countDown);
        switch (request.getJobId()) {
            case THREE -> {
                for (int i = 1; i <= 3; i++) {
                    answers.send(message(i, "a job"));
                }
            }
            case FAILS_FIRST -> throw Failure.notFound("job", request.getJobId());
            case FAILS_LATER -> {
                answers.send(message(1, "a job"));
                throw Failure.of(Reason.REASON_UNAVAILABLE, "The queue is away.");
            }
            case QUIET -> {
                answers.send(message(1, "a job"));
                gone.await(30, TimeUnit.SECONDS);
            }
            case FLOOD -> {
                for (int i = 0; i < 10_000; i++) {
                    answers.send(message(i, "x".repeat(64 << 10)));
                    sent.incrementAndGet();
                }
            }
            default -> throw new IllegalStateException(request.getJobId());
        }
    }

    private static WatchJobResponse message(int number, String text) {
        return WatchJobResponse.newBuilder()
                .setEventId("e" + number)
                .setJob(Job.newBuilder().setId(text))
                .build();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static HttpResponse<String> events(String job) throws Exception {
        return fixture.send(fixture.as("ada", "/v1/jobs/" + job + "/events"));
    }

    @Test
    @Tag("CARD-02")
    void a_stream_is_server_sent_events_with_ids_and_an_end() throws Exception {
        HttpResponse<String> response = events(THREE);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(response.headers().firstValue("cache-control")).contains("no-store");
        List<String> parts = List.of(response.body().split("\n\n", -1));
        assertThat(parts).hasSize(5).last().isEqualTo("");
        assertThat(parts.get(0)).startsWith("id: e1\ndata: {\"job\":{\"id\":\"a job\"");
        assertThat(parts.get(2)).startsWith("id: e3\n");
        assertThat(parts.get(3)).isEqualTo("event: end\ndata: {}");
    }

    @Test
    @Tag("EV-01")
    void the_last_event_id_resumes_the_stream() throws Exception {
        fixture.send(fixture.as("ada", "/v1/jobs/" + THREE + "/events?resumeAfter=e1")
                .header("Last-Event-ID", "e2"));
        assertThat(watched.getResumeAfter()).isEqualTo("e2");
        fixture.send(fixture.as("ada", "/v1/jobs/" + THREE + "/events?resumeAfter=e1"));
        assertThat(watched.getResumeAfter()).isEqualTo("e1");
    }

    @Test
    @Tag("EV-01")
    void events_of_rooms_carry_the_id_of_the_event_inside() throws Exception {
        HttpResponse<String> response =
                fixture.send(fixture.as("ada", "/v1/events?rooms=user&rooms=job:7&types=job.*"));
        assertThat(response.body()).contains("id: e0\n", "id: e1\ndata: {\"event\":{\"id\":\"e1\"");
        assertThat(response.body())
                .contains("\n\ndata: {\"event\":{\"id\":\"t1\"")
                .doesNotContain("id: t1");
        assertThat(subscribed.getRoomsList()).containsExactly("user", "job:7");
    }

    @Test
    @Tag("API-03")
    void lines_of_json_are_sent_to_those_who_ask() throws Exception {
        HttpResponse<String> response = fixture.send(
                fixture.as("ada", "/v1/jobs/" + THREE + "/events").header("Accept", "application/x-ndjson"));
        assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
        assertThat(response.body().lines()).hasSize(3).allMatch(line -> line.startsWith("{\"job\""));
    }

    @Test
    @Tag("API-02")
    void what_fails_before_the_first_message_is_a_problem() throws Exception {
        HttpResponse<String> response = events(FAILS_FIRST);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(fixture.send(fixture.as("ada", "/v1/jobs/" + THREE + "/events")
                                .header("Accept", "text/html"))
                        .statusCode())
                .isEqualTo(406);
        assertThat(fixture.send(fixture.anonymous("/v1/jobs/" + THREE + "/events"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @Tag("API-02")
    void what_fails_later_is_an_error_event() throws Exception {
        String body = events(FAILS_LATER).body();
        assertThat(body)
                .contains("id: e1\n", "event: error\ndata: {\"type\":\"https://rekindle.dev/problems/unavailable\"");
        assertThat(body).doesNotContain("event: end");
        String lines = fixture.send(fixture.as("ada", "/v1/jobs/" + FAILS_LATER + "/events")
                        .header("Accept", "application/x-ndjson"))
                .body();
        assertThat(lines).contains("\n{\"error\":{\"type\":");
    }

    @Test
    @Tag("EV-05")
    void a_quiet_stream_says_that_it_still_stands_and_ends_when_the_client_leaves() throws Exception {
        HttpResponse<Stream<String>> response = fixture.http()
                .send(fixture.as("ada", "/v1/jobs/" + QUIET + "/events").build(), BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            assertThat(lines.filter(line -> line.equals(": keep-alive")).limit(3))
                    .hasSize(3);
        }
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("API-04")
    void a_stream_does_not_outlive_the_credentials_of_its_reader() throws Exception {
        // Tokens are good for 30 s past their end, so that clocks need not agree: this one has 2 s left.
        String token = fixture.issuer.token("ada", Set.of(Role.ROLE_USER), Duration.ofSeconds(-28));
        HttpResponse<String> response = fixture.send(
                fixture.anonymous("/v1/jobs/" + QUIET + "/events").header("Authorization", "Bearer " + token));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("event: error\n", "\"reason\":\"CREDENTIALS_EXPIRED\"");
    }

    @Test
    @Tag("EV-05")
    void a_reader_that_takes_nothing_holds_the_service_back_and_is_cut() throws Exception {
        sent.set(0);
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            socket.setReceiveBufferSize(4096);
            RawHttp.head(socket, "GET /v1/jobs/" + FLOOD + "/events", "Authorization: Bearer " + fixture.token("ada"));
            Until.so("the first event", () -> sent.get() > 0);
            Until.steady(sent::get);
            assertThat(sent.get()).isLessThan(400);
            assertThat(cancelled.await(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @Tag("PRC-04")
    void a_gateway_that_stops_tells_its_readers_to_come_back() throws Exception {
        try (GatewayFixture other = start(Map.of())) {
            HttpRequest.Builder live = other.anonymous("/health/live");
            assertThat(other.send(live).statusCode()).isEqualTo(200);
            HttpResponse<InputStream> response = other.http()
                    .send(other.as("ada", "/v1/jobs/" + QUIET + "/events").build(), BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("id: e1");
                long start = System.nanoTime();
                other.gateway.close();
                assertThat(lines.lines().filter(line -> line.startsWith("event: error")))
                        .hasSize(1);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            }
            assertThatThrownBy(() -> other.send(live)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @Tag("API-05")
    void too_many_streams_are_refused() throws Exception {
        try (GatewayFixture other = start(Map.of("limits.streams_max", "1"))) {
            HttpResponse<InputStream> first = other.http()
                    .send(other.as("ada", "/v1/jobs/" + QUIET + "/events").build(), BodyHandlers.ofInputStream());
            assertThat(first.statusCode()).isEqualTo(200);
            HttpResponse<String> second = other.send(other.as("ada", "/v1/jobs/" + QUIET + "/events"));
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(second.headers().firstValue("retry-after")).contains("5");
            first.body().close();
        }
    }
}
