package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.CancellationException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.multipart.MimeParsingException;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import java.time.Duration;

/** The failure any exception stands for at this door: ours, the mesh's, or the transport's. */
public final class WireFailures {
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private WireFailures() {}

    /** The failure of an exception. One that passes by itself always says when to come back. */
    public static Failure of(Throwable thrown) {
        Throwable cause = Exceptions.peel(thrown);
        Failure failure = switch (cause) {
            case HttpRefusal refusal -> refusal.failure();
            case RequestTimeoutException e -> timedOut();
            case ContentTooLargeException e -> tooLarge(e.maxContentLength());
            case ShuttingDownException e -> OpenStreams.shutdown();
            case HttpStatusException e -> of(e.httpStatus());
            case MimeParsingException e ->
                Failure.of(Reason.REASON_INVALID_REQUEST, "The multipart body cannot be read.")
                        .withDetail(String.valueOf(e.getMessage()), e);
            case ClosedStreamException e -> gone(e);
            case AbortedStreamException e -> gone(e);
            case CancellationException e -> gone(e);
            case Throwable other -> Failures.of(other);
        };
        boolean waits = failure.reason() == Reason.REASON_UNAVAILABLE || failure.reason() == Reason.REASON_OVERLOADED;
        return waits && failure.retryDelay() == null ? failure.withRetryDelay(RETRY_DELAY) : failure;
    }

    /** More bytes than allowed. */
    public static Failure tooLarge(long bytesMax) {
        return Failure.of(Reason.REASON_TOO_LARGE, "The request is larger than the " + bytesMax + " bytes allowed.");
    }

    /** The failure a bare HTTP status stands for. */
    public static Failure of(HttpStatus status) {
        return switch (status.code()) {
            case 404 -> Failure.of(Reason.REASON_NOT_FOUND, "There is nothing at this address.");
            case 408, 504 -> timedOut();
            case 413 -> Failure.of(Reason.REASON_TOO_LARGE, "The request is larger than allowed.");
            case 415 -> Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The Content-Type is not one this call takes.");
            case 403 -> Failure.of(Reason.REASON_PERMISSION_DENIED, "This is not allowed.");
            case 501 -> Failure.of(Reason.REASON_UNIMPLEMENTED, "This is not available on this server.");
            case 503 -> Failure.of(Reason.REASON_UNAVAILABLE, "Rekindle is away for the moment. Please try again.");
            default ->
                status.isClientError()
                        ? Failure.of(Reason.REASON_INVALID_REQUEST, "The request breaks the rules of HTTP.")
                        : Failure.internal("HTTP status " + status, null);
        };
    }

    private static Failure timedOut() {
        return Failure.of(Reason.REASON_DEADLINE_EXCEEDED, "The answer was not ready in time. Please try again.");
    }

    private static Failure gone(Throwable cause) {
        return Failure.of(Reason.REASON_CANCELLED, "The caller went away.")
                .withDetail(cause.getClass().getSimpleName(), cause);
    }
}
