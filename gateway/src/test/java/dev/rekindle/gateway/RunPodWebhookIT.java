package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.v1.ReceiveEngineHintRequest;
import dev.rekindle.processing.v1.ReceiveEngineHintResponse;
import dev.rekindle.testkit.Servers;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What RunPod tells at the address that it was given for a run. */
@Tag("AI-01")
class RunPodWebhookIT {
    private static final String TOKEN = "Ab3_".repeat(10) + "xyz";
    private static final String PATH = "/v1/webhooks/runpod/";
    private static final List<String> told = new CopyOnWriteArrayList<>();
    private static final AtomicBoolean away = new AtomicBoolean();
    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(processing());
    }

    private static ServerServiceDefinition processing() {
        return RpcService.of(ProcessingServiceGrpc.getServiceDescriptor())
                .unary(ProcessingServiceGrpc.getReceiveEngineHintMethod(), RunPodWebhookIT::receive)
                .build();
    }

    private static ReceiveEngineHintResponse receive(ReceiveEngineHintRequest request) {
        assertThat(Identity.current().subject()).isEqualTo("gateway");
        if (away.get()) {
            throw Failure.of(Reason.REASON_OVERLOADED, "Redis is away.");
        }
        told.add(request.getToken());
        return ReceiveEngineHintResponse.getDefaultInstance();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @BeforeEach
    void forget() {
        told.clear();
        away.set(false);
    }

    private static HttpResponse<String> post(String path, BodyPublisher body) throws Exception {
        return fixture.send(fixture.anonymous(path)
                .header("Content-Type", "application/json")
                .POST(body));
    }

    @Test
    void the_token_goes_on_for_who_is_not_signed_in_and_the_answer_tells_nothing() throws Exception {
        HttpResponse<String> answer =
                post(PATH + TOKEN, BodyPublishers.ofString("{\"id\":\"job-1\",\"status\":\"COMPLETED\"}"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{}");
        assertThat(told).containsExactly(TOKEN);
        String other = "-".repeat(43);
        HttpResponse<String> nobodys = post(PATH + other, BodyPublishers.noBody());
        assertThat(nobodys.statusCode()).isEqualTo(200);
        assertThat(nobodys.body()).isEqualTo(answer.body());
        assertThat(told).containsExactly(TOKEN, other);
    }

    @Test
    void a_body_of_any_kind_is_let_go_by_unread_a_whole_picture_too() throws Exception {
        byte[] picture = new byte[20 << 20];
        assertThat(post(PATH + TOKEN, BodyPublishers.ofByteArray(picture)).statusCode())
                .isEqualTo(200);
        assertThat(post(PATH + TOKEN, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(picture)))
                        .statusCode())
                .as("of a length that is not told")
                .isEqualTo(200);
        assertThat(fixture.send(fixture.anonymous(PATH + TOKEN).POST(BodyPublishers.ofString("no JSON {")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(told).hasSize(3);
    }

    @Test
    void a_body_beyond_all_measure_is_refused_before_it_comes() throws Exception {
        byte[] huge = new byte[(64 << 20) + 1];
        HttpResponse<String> refused = fixture.send(
                fixture.anonymous(PATH + TOKEN).expectContinue(true).POST(BodyPublishers.ofByteArray(huge)));
        problem(refused, 413, "TOO_LARGE");
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xy",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xyz0",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xy.",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xy%2F",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xyz%20",
                "Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_Ab3_xyz?more=1"
            })
    void what_is_no_token_goes_nowhere(String token) throws Exception {
        problem(post(PATH + token, BodyPublishers.noBody()), 400, "INVALID_REQUEST");
        assertThat(told).isEmpty();
    }

    @Test
    void nothing_else_is_there() throws Exception {
        for (String path : List.of(PATH, PATH + TOKEN + "/more", PATH + TOKEN + ":verb")) {
            assertThat(post(path, BodyPublishers.noBody()).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(fixture.send(fixture.anonymous(PATH + TOKEN)).statusCode()).isEqualTo(405);
        assertThat(told).isEmpty();
    }

    @Test
    void what_cannot_go_on_now_is_asked_for_again() throws Exception {
        away.set(true);
        problem(post(PATH + TOKEN, BodyPublishers.noBody()), 429, "OVERLOADED");
    }

    @Test
    @Tag("API-05")
    void an_address_that_tells_too_often_is_limited() throws Exception {
        Servers.emptyRedis();
        Map<String, String> limits = Map.of(
                "redis.url", Servers.redisConfig().url(),
                "rate_limits.answer_max", "5s",
                "rate_limits.address.per_second", "0.05",
                "rate_limits.address.burst", "8"); // the gateway warms up with calls to itself
        try (GatewayFixture limited = new GatewayFixture(List.of(processing()), limits)) {
            int status = 0;
            int calls = 0;
            while (status != 429 && calls++ < 10) {
                status = limited.send(limited.anonymous(PATH + TOKEN).POST(BodyPublishers.noBody()))
                        .statusCode();
                assertThat(status).isIn(200, 429);
            }
            assertThat(status).isEqualTo(429);
        }
    }
}
