package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import io.grpc.Status;

/** What each reason of the contract is on the wire: one table, both directions. */
public final class Reasons {
    private static final String PREFIX = "REASON_";

    private Reasons() {}

    /** The gRPC status code of a reason. */
    public static Status.Code codeOf(Reason reason) {
        return switch (reason) {
            case REASON_INVALID_REQUEST,
                    REASON_INVALID_TOKEN,
                    REASON_UNSUPPORTED_MEDIA,
                    REASON_CORRUPT_MEDIA,
                    REASON_TOO_LARGE,
                    REASON_TOO_MANY_PIXELS,
                    REASON_CHECKSUM_MISMATCH -> Status.Code.INVALID_ARGUMENT;
            case REASON_UNAUTHENTICATED, REASON_CREDENTIALS_EXPIRED -> Status.Code.UNAUTHENTICATED;
            case REASON_PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
            case REASON_NOT_FOUND -> Status.Code.NOT_FOUND;
            case REASON_IDEMPOTENCY_CONFLICT -> Status.Code.ALREADY_EXISTS;
            case REASON_STATE_CONFLICT,
                    REASON_INSUFFICIENT_CREDITS,
                    REASON_TIER_LIMIT,
                    REASON_BUDGET_EXHAUSTED,
                    REASON_ENGINE_FAILED,
                    REASON_CONTENT_REFUSED -> Status.Code.FAILED_PRECONDITION;
            case REASON_CONCURRENT_CHANGE, REASON_WORKER_LOST -> Status.Code.ABORTED;
            case REASON_RATE_LIMITED, REASON_OVERLOADED, REASON_NOT_ENOUGH_MEMORY -> Status.Code.RESOURCE_EXHAUSTED;
            case REASON_UNAVAILABLE, REASON_STORAGE_FAILED -> Status.Code.UNAVAILABLE;
            case REASON_DEADLINE_EXCEEDED, REASON_JOB_TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
            case REASON_CANCELLED -> Status.Code.CANCELLED;
            case REASON_UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
            case REASON_OFFSET_MISMATCH -> Status.Code.OUT_OF_RANGE;
            case REASON_RESULT_REJECTED -> Status.Code.DATA_LOSS;
            case REASON_INTERNAL, REASON_UNSPECIFIED, UNRECOGNIZED -> Status.Code.INTERNAL;
        };
    }

    /** The HTTP status of a reason. */
    public static int httpStatusOf(Reason reason) {
        return switch (reason) {
            case REASON_INVALID_REQUEST, REASON_INVALID_TOKEN -> 400;
            case REASON_UNAUTHENTICATED, REASON_CREDENTIALS_EXPIRED -> 401;
            case REASON_INSUFFICIENT_CREDITS -> 402;
            case REASON_PERMISSION_DENIED, REASON_TIER_LIMIT, REASON_CONTENT_REFUSED -> 403;
            case REASON_NOT_FOUND -> 404;
            case REASON_IDEMPOTENCY_CONFLICT,
                    REASON_STATE_CONFLICT,
                    REASON_CONCURRENT_CHANGE,
                    REASON_OFFSET_MISMATCH,
                    REASON_WORKER_LOST -> 409;
            case REASON_TOO_LARGE -> 413;
            case REASON_UNSUPPORTED_MEDIA -> 415;
            case REASON_CORRUPT_MEDIA,
                    REASON_TOO_MANY_PIXELS,
                    REASON_CHECKSUM_MISMATCH,
                    REASON_ENGINE_FAILED,
                    REASON_RESULT_REJECTED -> 422;
            case REASON_RATE_LIMITED, REASON_OVERLOADED, REASON_BUDGET_EXHAUSTED, REASON_NOT_ENOUGH_MEMORY -> 429;
            case REASON_CANCELLED -> 499;
            case REASON_UNIMPLEMENTED -> 501;
            case REASON_UNAVAILABLE, REASON_STORAGE_FAILED -> 503;
            case REASON_DEADLINE_EXCEEDED, REASON_JOB_TIMEOUT -> 504;
            case REASON_INTERNAL, REASON_UNSPECIFIED, UNRECOGNIZED -> 500;
        };
    }

    /** True if the same call may succeed later without any change by the caller. */
    public static boolean retryable(Reason reason) {
        return switch (codeOf(reason)) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED, DEADLINE_EXCEEDED -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED -> false;
        };
    }

    /** The name in ErrorInfo and in a problem's type: {@code NOT_FOUND}. */
    public static String nameOf(Reason reason) {
        return reason == Reason.UNRECOGNIZED ? "INTERNAL" : reason.name().substring(PREFIX.length());
    }

    /** The reason of a name; UNSPECIFIED where it is not one of ours. */
    public static Reason byName(String name) {
        try {
            return Reason.valueOf(PREFIX + name);
        } catch (IllegalArgumentException e) {
            return Reason.REASON_UNSPECIFIED;
        }
    }

    /** The nearest reason of a status that carries no details of ours. */
    public static Reason byCode(Status.Code code) {
        return switch (code) {
            case CANCELLED -> Reason.REASON_CANCELLED;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.REASON_INVALID_REQUEST;
            case DEADLINE_EXCEEDED -> Reason.REASON_DEADLINE_EXCEEDED;
            case NOT_FOUND -> Reason.REASON_NOT_FOUND;
            case ALREADY_EXISTS, FAILED_PRECONDITION -> Reason.REASON_STATE_CONFLICT;
            case PERMISSION_DENIED -> Reason.REASON_PERMISSION_DENIED;
            case RESOURCE_EXHAUSTED -> Reason.REASON_OVERLOADED;
            case ABORTED -> Reason.REASON_CONCURRENT_CHANGE;
            case UNIMPLEMENTED -> Reason.REASON_UNIMPLEMENTED;
            case UNAVAILABLE -> Reason.REASON_UNAVAILABLE;
            case UNAUTHENTICATED -> Reason.REASON_UNAUTHENTICATED;
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> Reason.REASON_INTERNAL;
        };
    }
}
