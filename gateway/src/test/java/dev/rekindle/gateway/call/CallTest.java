package dev.rekindle.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.Reasons;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CallTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Deadlines DEADLINES = new Deadlines(Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofSeconds(30));

    private static Identity until(Instant expiry) {
        return new Identity("ada", Set.of(Role.ROLE_USER), null, expiry);
    }

    private static long seconds(CallOptions options) {
        var deadline = options.getDeadline();
        return deadline == null ? -1 : Math.round(deadline.timeRemaining(TimeUnit.MILLISECONDS) / 1000.0);
    }

    @Test
    @Tag("API-05")
    void a_unary_call_ends_with_its_clients_patience_or_ours() {
        assertThat(seconds(DEADLINES.unary(null))).isEqualTo(30);
        assertThat(seconds(DEADLINES.unary(Duration.ofSeconds(5)))).isEqualTo(5);
        assertThat(seconds(DEADLINES.unary(Duration.ofHours(5)))).isEqualTo(30);
    }

    @Test
    @Tag("API-04")
    void a_stream_ends_with_the_credentials_of_its_reader() {
        assertThat(seconds(DEADLINES.stream(null, null))).isEqualTo(-1);
        assertThat(seconds(DEADLINES.stream(null, until(Instant.MAX)))).isEqualTo(-1);
        assertThat(seconds(DEADLINES.stream(null, until(NOW.plusSeconds(90))))).isEqualTo(90);
        assertThat(seconds(DEADLINES.stream(Duration.ofSeconds(9), until(NOW.plusSeconds(90)))))
                .isEqualTo(9);
        assertThat(seconds(DEADLINES.stream(Duration.ofSeconds(99), until(NOW.minusSeconds(9)))))
                .isZero();
    }

    @Test
    @Tag("API-04")
    void a_deadline_by_credentials_says_so() {
        Failure late = Failure.of(Reason.REASON_DEADLINE_EXCEEDED, "late");
        assertThat(DEADLINES.explain(late, until(NOW)).reason()).isEqualTo(Reason.REASON_CREDENTIALS_EXPIRED);
        assertThat(DEADLINES.explain(late, until(NOW.plusSeconds(1)))).isSameAs(late);
        assertThat(DEADLINES.explain(late, null)).isSameAs(late);
    }

    @Test
    @Tag("API-02")
    void every_reason_is_a_problem_of_its_own_with_its_status() {
        for (Reason reason : Reason.values()) {
            if (reason == Reason.UNRECOGNIZED || reason == Reason.REASON_UNSPECIFIED) {
                continue;
            }
            Problem problem = Problem.of(Failure.of(reason, "words"), "/v1/x", "id-1", NOW);
            JsonObject json = JsonParser.parseString(problem.toJson()).getAsJsonObject();
            assertThat(problem.status().code()).isEqualTo(Reasons.httpStatusOf(reason));
            assertThat(json.get("type").getAsString()).matches("https://rekindle\\.dev/problems/[a-z-]+");
            assertThat(json.get("title").getAsString()).matches("[A-Z][a-z ]+");
            assertThat(json.get("timestamp").getAsString()).isEqualTo("2026-11-22T10:00:00Z");
        }
    }

    @Test
    @Tag("API-02")
    void headers_of_a_problem_say_what_to_do() {
        AggregatedHttpResponse busy = Problem.of(
                        Failure.of(Reason.REASON_RATE_LIMITED, "busy").withRetryDelay(Duration.ofMillis(1200)),
                        "/",
                        "id",
                        NOW)
                .toResponse(false);
        assertThat(busy.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("2");
        AggregatedHttpResponse away = Problem.of(Status.UNAVAILABLE.asRuntimeException(), "/", "id", NOW)
                .toResponse(false);
        assertThat(away.status().code()).isEqualTo(503);
        assertThat(away.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
        AggregatedHttpResponse wrong = Problem.of(
                        HttpRefusal.methodNotAllowed(HttpMethod.PUT, List.of(HttpMethod.POST, HttpMethod.GET)),
                        "/",
                        "id",
                        NOW)
                .toResponse(false);
        assertThat(wrong.status().code()).isEqualTo(405);
        assertThat(wrong.headers().get(HttpHeaderNames.ALLOW)).isEqualTo("GET, POST");
        assertThat(wrong.contentUtf8()).contains("\"status\":405", "PUT is not allowed here");
    }

    @Test
    @Tag("API-02")
    void what_was_never_meant_for_clients_stays_inside() {
        String json = Problem.of(new IllegalStateException("password=hunter2"), "/", "id", NOW)
                .toJson();
        assertThat(json).doesNotContain("hunter2").contains("INTERNAL");
        String grpc = Problem.of(
                        Status.UNKNOWN
                                .withDescription("io exception /10.0.0.7:443")
                                .asRuntimeException(),
                        "/",
                        "id",
                        NOW)
                .toJson();
        assertThat(grpc).doesNotContain("10.0.0.7");
    }

    @Test
    @Tag("API-05")
    void open_streams_have_a_limit_and_an_end() {
        OpenStreams streams = new OpenStreams(2);
        AtomicInteger ended = new AtomicInteger();
        OpenStreams.Entry first = streams.add(ended::incrementAndGet);
        streams.add(ended::incrementAndGet);
        assertThatThrownBy(() -> streams.add(ended::incrementAndGet))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_OVERLOADED));
        first.close();
        streams.add(ended::incrementAndGet);
        assertThat(streams.size()).isEqualTo(2);
        streams.close();
        assertThat(ended.get()).isEqualTo(2);
        assertThatThrownBy(() -> streams.add(ended::incrementAndGet))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE));
    }

    @Test
    @Tag("PHO-10")
    @Tag("AI-01")
    void no_code_of_a_hand_over_and_no_token_of_a_run_is_logged() {
        assertThat(AccessLog.shown("/v1/handoffs/0123456789AB:claim")).isEqualTo("/v1/handoffs/***:claim");
        assertThat(AccessLog.shown("/v1/handoffs")).isEqualTo("/v1/handoffs");
        assertThat(AccessLog.shown("/v1/webhooks/runpod/abc_-Z")).isEqualTo("/v1/webhooks/runpod/***");
        assertThat(AccessLog.shown("/v1/webhooks/runpod/abc/d:e")).isEqualTo("/v1/webhooks/runpod/***");
        assertThat(AccessLog.shown("/v1/webhooks/7")).isEqualTo("/v1/webhooks/7");
        assertThat(AccessLog.shown("/v1/jobs/7:cancel")).isEqualTo("/v1/jobs/7:cancel");
    }

    @Test
    @Tag("AI-01")
    void nor_is_it_in_a_trace() {
        ServiceRequestContext ctx =
                ServiceRequestContext.of(HttpRequest.of(HttpMethod.POST, "/v1/webhooks/runpod/abc"));
        AttributesBuilder attributes = Attributes.builder().put("url.path", ctx.path());
        new SpanPath().onStart(attributes, Context.root(), ctx);
        assertThat(attributes.build().asMap().values()).containsExactly("/v1/webhooks/runpod/***");
    }
}
