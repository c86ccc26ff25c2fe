package dev.rekindle.platform.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rekindle.common.v1.Reason;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Failures as gRPC statuses with details of google.rpc, and back. */
public final class Failures {
    /** ErrorInfo.domain of every failure of the mesh. */
    public static final String DOMAIN = "rekindle.dev";

    /**
     * What a caller is told travels in the trailers of a call, which gRPC bounds at 8 KiB: a longer one would end the whole
     * connection, with everybody's calls on it. Percent-encoded, the message may take three times its bytes.
     */
    private static final int MESSAGE_BYTES_MAX = 700;

    private static final int VIOLATIONS_BYTES_MAX = 2500;
    private static final int VIOLATION_BYTES_MAX = 500;

    private Failures() {}

    /** The status of a failure, with ErrorInfo, BadRequest and RetryInfo. */
    public static StatusRuntimeException toStatus(Failure failure) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(Reasons.codeOf(failure.reason()).value())
                .setMessage(clipped(failure.message(), MESSAGE_BYTES_MAX));
        status.addDetails(Any.pack(ErrorInfo.newBuilder()
                .setReason(Reasons.nameOf(failure.reason()))
                .setDomain(DOMAIN)
                .build()));
        if (!failure.violations().isEmpty()) {
            status.addDetails(Any.pack(badRequest(failure.violations())));
        }
        Duration delay = failure.retryDelay();
        if (delay != null) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(delay.toSeconds())
                            .setNanos(delay.toNanosPart()))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** The first of them, as many as there is room for; how many there were stands in the message. */
    private static BadRequest badRequest(List<Failure.Violation> violations) {
        BadRequest.Builder badRequest = BadRequest.newBuilder();
        int left = VIOLATIONS_BYTES_MAX;
        for (Failure.Violation violation : violations) {
            BadRequest.FieldViolation told = BadRequest.FieldViolation.newBuilder()
                    .setField(clipped(violation.field(), VIOLATION_BYTES_MAX))
                    .setDescription(clipped(violation.description(), VIOLATION_BYTES_MAX))
                    .setReason(clipped(violation.rule(), VIOLATION_BYTES_MAX))
                    .build();
            left -= told.getSerializedSize();
            if (left < 0) {
                break;
            }
            badRequest.addFieldViolations(told);
        }
        return badRequest.build();
    }

    /** As much of a text as takes so many bytes in UTF-8, with a mark where it was longer. */
    private static String clipped(String text, int bytesMax) {
        ByteString bytes = ByteString.copyFromUtf8(text);
        if (bytes.size() <= bytesMax) {
            return text;
        }
        int end = bytesMax;
        while (end > 0 && (bytes.byteAt(end) & 0xc0) == 0x80) {
            end--; // not within a character
        }
        return bytes.substring(0, end).toStringUtf8() + "…";
    }

    /** The failure any exception stands for. What is not a failure or a status is a mistake of ours. */
    public static Failure of(Throwable thrown) {
        return switch (thrown) {
            case Failure failure -> failure;
            case StatusRuntimeException status -> ofStatus(status.getStatus(), status.getTrailers());
            case StatusException status -> ofStatus(status.getStatus(), status.getTrailers());
            case CancellationException e -> cancelled();
            case InterruptedException e -> cancelled();
            case TimeoutException e -> deadlineExceeded();
            case Throwable other -> Failure.internal(String.valueOf(other.getMessage()), other);
        };
    }

    /** The failure of a call that ended: by its details where they are ours, else by its code. */
    public static Failure ofStatus(Status status, @Nullable Metadata trailers) {
        com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
        Reason reason = Reason.REASON_UNSPECIFIED;
        Duration delay = null;
        List<Failure.Violation> violations = new ArrayList<>();
        if (details != null && details.getCode() != Code.OK_VALUE) {
            for (Any detail : details.getDetailsList()) {
                ErrorInfo info = unpack(detail, ErrorInfo.class);
                if (info != null && info.getDomain().equals(DOMAIN)) {
                    reason = Reasons.byName(info.getReason());
                }
                RetryInfo retry = unpack(detail, RetryInfo.class);
                if (retry != null) {
                    delay = Duration.ofSeconds(
                            retry.getRetryDelay().getSeconds(),
                            retry.getRetryDelay().getNanos());
                }
                BadRequest badRequest = unpack(detail, BadRequest.class);
                if (badRequest != null) {
                    badRequest
                            .getFieldViolationsList()
                            .forEach(violation -> violations.add(new Failure.Violation(
                                    violation.getField(), violation.getDescription(), violation.getReason())));
                }
            }
        }
        Failure failure = reason == Reason.REASON_UNSPECIFIED ? foreign(status) : named(reason, status);
        failure = violations.isEmpty() ? failure : failure.withViolations(violations);
        return delay == null ? failure : failure.withRetryDelay(delay);
    }

    private static Failure named(Reason reason, Status status) {
        String description = status.getDescription();
        return Failure.of(reason, description == null ? "" : description);
    }

    /** A status made by gRPC itself: its words may name addresses, so they stay in the log. */
    private static Failure foreign(Status status) {
        Status.Code code = isLostConnection(status) ? Status.Code.UNAVAILABLE : status.getCode();
        Reason reason = Reasons.byCode(code);
        String message = switch (code) {
            case UNAVAILABLE -> "A part of Rekindle is away for the moment. Please try again.";
            case DEADLINE_EXCEEDED -> "The answer was not ready in time. Please try again.";
            case CANCELLED -> "The caller went away.";
            case UNIMPLEMENTED -> "This call is not available on this server.";
            case RESOURCE_EXHAUSTED -> "A message is too large, or the server is too busy.";
            case INVALID_ARGUMENT, OUT_OF_RANGE -> "The request could not be read.";
            case OK,
                    UNKNOWN,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED -> "Something went wrong on our side. The request id finds it in our logs.";
        };
        return Failure.of(reason, message).withDetail(String.valueOf(status), status.getCause());
    }

    /** A connection closed while a call was being written to it is UNKNOWN to gRPC; only the cause tells. */
    private static boolean isLostConnection(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
    }

    private static Failure cancelled() {
        return Context.current().getDeadline() != null
                        && Context.current().getDeadline().isExpired()
                ? deadlineExceeded()
                : Failure.of(Reason.REASON_CANCELLED, "The caller went away.");
    }

    private static Failure deadlineExceeded() {
        return Failure.of(Reason.REASON_DEADLINE_EXCEEDED, "The answer was not ready in time. Please try again.");
    }

    private static <T extends Message> @Nullable T unpack(Any detail, Class<T> type) {
        if (!detail.is(type)) {
            return null;
        }
        try {
            return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }
}
