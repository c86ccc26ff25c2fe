package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Role;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.KeepAlive;
import dev.rekindle.events.v1.Ready;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The event bus over a WebSocket. */
@Tag("EV-01")
class SocketIT {
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"subscription\":\"s\",\"rooms\":[\"job:7\"]}";
    private static GatewayFixture fixture;
    private static volatile SubscribeRequest subscribed = SubscribeRequest.getDefaultInstance();
    private static volatile String reader = "";
    private static volatile CountDownLatch cancelled = new CountDownLatch(1);

    @BeforeAll
    static void start() throws Exception {
        fixture = start(Map.of("socket.identify_max", "2s", "socket.subscriptions_max", "2"));
    }

    private static GatewayFixture start(Map<String, String> settings) throws InterruptedException {
        return new GatewayFixture(
                List.of(RpcService.of(EventsServiceGrpc.getServiceDescriptor())
                        .serverStreaming(EventsServiceGrpc.getSubscribeMethod(), SocketIT::subscribe)
                        .build()),
                settings);
    }

    /** Ready, one event, a sign of life, and silence until the reader goes; the room job:none is none. */
    private static void subscribe(SubscribeRequest request, MessageSink<SubscribeResponse> answers)
            throws InterruptedException {
        if (request.getRoomsList().contains("job:none")) {
            throw Failure.notFound("job", "none");
        }
        subscribed = request;
        reader = Identity.currentUser();
        CountDownLatch gone = new CountDownLatch(1);
        cancelled = gone;
        answers.onCancel(gone::countDown);
        answers.send(SubscribeResponse.newBuilder()
                .setReady(Ready.newBuilder().setResumeAfter("p1"))
                .build());
        answers.send(SubscribeResponse.newBuilder()
                .setEvent(Event.newBuilder().setId("e1").setType("job.queued").setJobId("7"))
                .build());
        answers.send(SubscribeResponse.newBuilder()
                .setKeepAlive(KeepAlive.getDefaultInstance())
                .build());
        gone.await(30, TimeUnit.SECONDS);
    }

    private static double open() {
        return fixture.telemetry
                .metrics()
                .get("websocket_connections_active")
                .gauge()
                .value();
    }

    @Test
    @Tag("OPS-03")
    void open_connections_are_counted() throws Exception {
        Until.so("no connection is open", () -> open() == 0);
        try (SocketClient first = identified();
                SocketClient second = identified()) {
            assertThat(first).isNotSameAs(second);
            assertThat(open()).isEqualTo(2);
        }
        Until.so("no connection is open", () -> open() == 0);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static SocketClient connect(String... subprotocols) throws Exception {
        return SocketClient.connect(fixture, subprotocols);
    }

    private static SocketClient identified() throws Exception {
        SocketClient client = connect();
        client.send("{\"type\":\"identify\",\"token\":\"" + fixture.token("ada") + "\"}");
        assertThat(client.next()).isEqualTo("{\"type\":\"identified\"}");
        return client;
    }

    @Test
    void a_client_identifies_subscribes_unsubscribes_and_pings() throws Exception {
        try (SocketClient client = identified()) {
            client.send("{\"type\":\"subscribe\",\"subscription\":\"my \\\"job\\\"\",\"rooms\":[\"job:7\"],"
                    + "\"types\":[\"job.*\"],\"resumeAfter\":\"e0\"}");
            String name = "\"subscription\":\"my \\\"job\\\"\"";
            assertThat(client.next()).isEqualTo("{\"type\":\"ready\"," + name + ",\"ready\":{\"resumeAfter\":\"p1\"}}");
            assertThat(client.next()).startsWith("{\"type\":\"event\"," + name + ",\"event\":{\"id\":\"e1\",");
            assertThat(client.next()).isEqualTo("{\"type\":\"keep_alive\"," + name + "}");
            assertThat(subscribed.getRoomsList()).containsExactly("job:7");
            assertThat(subscribed.getTypesList()).containsExactly("job.*");
            assertThat(subscribed.getResumeAfter()).isEqualTo("e0");
            assertThat(reader).isEqualTo("ada");

            client.send("{\"type\":\"ping\"}");
            assertThat(client.next()).isEqualTo("{\"type\":\"pong\"}");
            client.send("{\"type\":\"unsubscribe\"," + name + "}");
            assertThat(client.next()).isEqualTo("{\"type\":\"unsubscribed\"," + name + "}");
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            client.send("{\"type\":\"subscribe\"," + name + "}");
            assertThat(client.next()).startsWith("{\"type\":\"ready\"");
        }
        assertThat(cancelled.await(10, TimeUnit.SECONDS))
                .as("a client that goes ends its subscriptions")
                .isTrue();
    }

    @Test
    void a_browser_offers_its_token_among_the_subprotocols() throws Exception {
        try (SocketClient client = connect("rekindle.v1", "bearer." + fixture.token("bob"))) {
            assertThat(client.next()).isEqualTo("{\"type\":\"identified\"}");
            assertThat(client.subprotocol()).isEqualTo("rekindle.v1");
            client.send(SUBSCRIBE);
            assertThat(client.next()).startsWith("{\"type\":\"ready\"");
            assertThat(reader).isEqualTo("bob");
        }
    }

    @Test
    @Tag("API-04")
    void who_does_not_say_who_he_is_is_let_go() throws Exception {
        try (SocketClient silent = connect();
                SocketClient early = connect();
                SocketClient wrong = connect();
                SocketClient forged = connect("rekindle.v1", "bearer.a.b.c")) {
            early.send(SUBSCRIBE);
            assertThat(early.next()).contains("\"reason\":\"UNAUTHENTICATED\"");
            assertThat(early.closed()).isEqualTo(4401);
            wrong.send("{\"type\":\"identify\",\"token\":\"rk_unknown\"}");
            assertThat(wrong.closed()).isEqualTo(4401);
            assertThat(forged.closed()).isEqualTo(4401);
            assertThat(silent.closed()).isEqualTo(4401);
        }
        String inAddress = "/v1/events/ws?access_token=" + fixture.token("ada");
        try (SocketClient client = SocketClient.connect(fixture.http(), address(inAddress))) {
            assertThat(client.closed()).isEqualTo(4401);
        }
    }

    private static URI address(String path) {
        return URI.create(fixture.uri(path).toString().replaceFirst("^http", "ws"));
    }

    @Test
    @Tag("API-04")
    void a_connection_ends_with_the_credentials_of_its_client() throws Exception {
        // Tokens are good for 30 s past their end, so that clocks need not agree: this one has 2 s left.
        String token = fixture.issuer.token("ada", Set.of(Role.ROLE_USER), Duration.ofSeconds(-28));
        try (SocketClient client = connect("rekindle.v1", "bearer." + token);
                SocketClient idle = connect("rekindle.v1", "bearer." + token)) {
            client.send(SUBSCRIBE);
            assertThat(client.closed()).isEqualTo(4401);
            assertThat(client.received()).last().asString().contains("\"reason\":\"CREDENTIALS_EXPIRED\"");
            assertThat(idle.closed()).isEqualTo(4401);
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @Tag("API-02")
    void a_wrong_message_is_told_of_and_the_connection_stays() throws Exception {
        try (SocketClient client = identified()) {
            for (String wrong : List.of(
                    "nonsense",
                    "[]",
                    "{}",
                    "{\"type\":7}",
                    "{\"type\":\"dance\"}",
                    "{\"type\":\"ping\",\"more\":1}",
                    "{\"type\":\"subscribe\",\"rooms\":\"job:7\"}",
                    "{\"type\":\"subscribe\",\"rooms\":[\"cellar\"]}",
                    "{\"type\":\"subscribe\",\"nonsense\":true}")) {
                client.send(wrong);
                assertThat(client.next())
                        .as(wrong)
                        .startsWith("{\"type\":\"error\"")
                        .contains("\"reason\":\"INVALID_REQUEST\"");
            }
            client.send("{\"type\":\"subscribe\",\"subscription\":\"mine\",\"resume_after\":[]}");
            assertThat(client.next())
                    .startsWith("{\"type\":\"error\",\"subscription\":\"mine\",\"problem\":")
                    .contains("\"field\":\"resumeAfter\"");
            client.send("{\"type\":\"subscribe\",\"subscription\":\"n\",\"rooms\":[\"job:none\"]}");
            assertThat(client.next())
                    .startsWith("{\"type\":\"error\",\"subscription\":\"n\"")
                    .contains("\"reason\":\"NOT_FOUND\"");
            client.send("{\"type\":\"unsubscribe\",\"subscription\":\"n\"}");
            assertThat(client.next()).contains("\"reason\":\"STATE_CONFLICT\"");
            client.send("{\"type\":\"ping\"}");
            assertThat(client.next()).isEqualTo("{\"type\":\"pong\"}");
        }
    }

    @Test
    @Tag("API-05")
    void a_connection_has_limits() throws Exception {
        try (SocketClient client = identified()) {
            for (String name : List.of("a", "b", "c")) {
                client.send("{\"type\":\"subscribe\",\"subscription\":\"" + name + "\"}");
            }
            Until.so(
                    "the third is refused",
                    () -> client.received().stream()
                            .anyMatch(message -> message.contains("\"c\"") && message.contains("RATE_LIMITED")));
        }
        try (SocketClient flood = identified()) {
            for (int i = 0; i < 150; i++) {
                flood.send("{\"type\":\"ping\"}");
            }
            assertThat(flood.closed()).isEqualTo(1013);
        }
        try (SocketClient big = identified()) {
            big.send("{\"type\":\"ping\",\"more\":\"" + "x".repeat(20_000) + "\"}");
            assertThat(big.closed()).isEqualTo(1009);
        }
    }

    @Test
    @Tag("PRC-04")
    void a_gateway_that_stops_tells_its_clients_to_come_back() throws Exception {
        try (GatewayFixture other = start(Map.of());
                SocketClient client = SocketClient.connect(other, "rekindle.v1", "bearer." + other.token("ada"))) {
            assertThat(client.next()).isEqualTo("{\"type\":\"identified\"}");
            other.gateway.close();
            assertThat(client.closed()).isEqualTo(1012);
        }
    }

    @Test
    @Tag("API-02")
    void a_plain_request_hears_that_this_is_a_websocket() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.as("ada", "/v1/events/ws"));
        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    }
}
