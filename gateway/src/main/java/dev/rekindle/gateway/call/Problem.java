package dev.rekindle.gateway.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.util.Exceptions;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Reasons;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A failure as RFC 9457 tells it over HTTP, the same reason and violations as in the details of a gRPC status.
 *
 * @param instance the path of the request
 * @param headers what the answer carries besides, for example Allow
 */
public record Problem(
        HttpStatus status, Failure failure, String instance, String requestId, Instant time, HttpHeaders headers) {
    private static final String TYPE_PREFIX = "https://rekindle.dev/problems/";
    private static final MediaType TYPE = MediaType.parse("application/problem+json");

    /** The problem of an exception. */
    public static Problem of(Throwable thrown, String instance, String requestId, Instant time) {
        Failure failure = WireFailures.of(thrown);
        return Exceptions.peel(thrown) instanceof HttpRefusal refusal
                ? new Problem(refusal.status(), failure, instance, requestId, time, refusal.headers())
                : new Problem(
                        HttpStatus.valueOf(Reasons.httpStatusOf(failure.reason())),
                        failure,
                        instance,
                        requestId,
                        time,
                        HttpHeaders.of());
    }

    /** The problem as JSON. */
    public String toJson() {
        JsonObject json = new JsonObject();
        String reason = Reasons.nameOf(failure.reason());
        json.addProperty("type", TYPE_PREFIX + reason.toLowerCase(Locale.ROOT).replace('_', '-'));
        json.addProperty("title", title(reason));
        json.addProperty("status", status.code());
        json.addProperty("detail", failure.message());
        json.addProperty("instance", instance);
        json.addProperty("timestamp", time.toString());
        json.addProperty("request_id", requestId);
        json.addProperty("reason", reason);
        JsonArray violations = new JsonArray();
        for (Failure.Violation violation : failure.violations()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("field", violation.field());
            entry.addProperty("description", violation.description());
            if (!violation.rule().isEmpty()) {
                entry.addProperty("rule", violation.rule());
            }
            violations.add(entry);
        }
        json.add("violations", violations);
        return json.toString();
    }

    /**
     * The problem as an answer.
     *
     * @param isCredentialGiven whether the request came with one, which by RFC 6750 is then what the challenge finds at fault
     */
    public AggregatedHttpResponse toResponse(boolean isCredentialGiven) {
        ResponseHeadersBuilder answer = ResponseHeaders.builder(status)
                .contentType(TYPE)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .add(headers);
        Duration delay = failure.retryDelay();
        if (delay != null) {
            answer.set(
                    HttpHeaderNames.RETRY_AFTER,
                    String.valueOf(Math.max(1, delay.plusMillis(999).toSeconds())));
        }
        if (status.equals(HttpStatus.UNAUTHORIZED)) {
            answer.set(
                    HttpHeaderNames.WWW_AUTHENTICATE,
                    isCredentialGiven
                            ? "Bearer realm=\"rekindle\", error=\"invalid_token\""
                            : "Bearer realm=\"rekindle\"");
        }
        return AggregatedHttpResponse.of(answer.build(), HttpData.ofUtf8(toJson()));
    }

    /** {@code INSUFFICIENT_CREDITS} reads "Insufficient credits". */
    private static String title(String reason) {
        String words = reason.replace('_', ' ').toLowerCase(Locale.ROOT);
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
