package dev.rekindle.platform.rpc;

import com.google.protobuf.Any;
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

    private Failures() {}

    /** The status of a failure, with ErrorInfo, BadRequest and RetryInfo. */
    public static StatusRuntimeException toStatus(Failure failure) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(Reasons.codeOf(failure.reason()).value())
                .setMessage(failure.message());
        status.addDetails(Any.pack(ErrorInfo.newBuilder()
                .setReason(Reasons.nameOf(failure.reason()))
                .setDomain(DOMAIN)
                .build()));
        if (!failure.violations().isEmpty()) {
            BadRequest.Builder badRequest = BadRequest.newBuilder();
            failure.violations()
                    .forEach(violation -> badRequest
                            .addFieldViolationsBuilder()
                            .setField(violation.field())
                            .setDescription(violation.description())
                            .setReason(violation.rule()));
            status.addDetails(Any.pack(badRequest.build()));
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
        Reason reason = Reasons.byCode(status.getCode());
        String message = switch (status.getCode()) {
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
