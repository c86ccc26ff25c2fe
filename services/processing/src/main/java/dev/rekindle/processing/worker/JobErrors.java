package dev.rekindle.processing.worker;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkFailed;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What is reported of a job that failed: for its owner a sentence, for operators the whole story. */
final class JobErrors {
    private static final int DETAIL_CHARS_MAX = 4_000;

    private JobErrors() {}

    /** The report of work that ended with this exception in that stage. */
    static WorkFailed of(Throwable thrown, String stage) {
        Failure failure = failure(thrown);
        JobError.Builder error = JobError.newBuilder()
                .setReason(failure.reason())
                .setMessage(failure.message())
                .setFailureClass(classOf(failure.reason()))
                .setRetryable(retryable(classOf(failure.reason())))
                .setStage(stage);
        WorkFailed.Builder failed = WorkFailed.newBuilder().setError(error).setDetail(detail(failure, thrown));
        if (failure.retryDelay() != null) {
            failed.setRetryDelay(com.google.protobuf.Duration.newBuilder()
                    .setSeconds(failure.retryDelay().toSeconds())
                    .setNanos(failure.retryDelay().toNanosPart()));
        }
        return failed.build();
    }

    private static Failure failure(Throwable thrown) {
        return switch (thrown) {
            case Stop.Stopped stopped -> stopped(stopped.why());
            case OutOfMemoryError e ->
                Failure.of(Reason.REASON_NOT_ENOUGH_MEMORY, "The picture needed more memory than the server had.");
            case Throwable other -> Failures.of(other);
        };
    }

    private static Failure stopped(Stop.Cause why) {
        return switch (why) {
            case TIMEOUT -> Failure.of(Reason.REASON_JOB_TIMEOUT, "The work took longer than it may and was stopped.");
            case STALLED -> Failure.of(Reason.REASON_JOB_TIMEOUT, "The work made no progress and was stopped.");
            case CANCELLED -> Failure.of(Reason.REASON_CANCELLED, "The job was cancelled.");
            case LEASE_LOST, SHUTDOWN -> Failure.of(Reason.REASON_WORKER_LOST, "The worker had to stop.");
        };
    }

    private static boolean retryable(FailureClass failureClass) {
        return switch (failureClass) {
            case FAILURE_CLASS_TEMPORARY, FAILURE_CLASS_RESOURCE, FAILURE_CLASS_DEPENDENCY, FAILURE_CLASS_LOGIC -> true;
            case FAILURE_CLASS_DATA,
                    FAILURE_CLASS_SECURITY,
                    FAILURE_CLASS_CONFIGURATION,
                    FAILURE_CLASS_UNSPECIFIED,
                    UNRECOGNIZED -> false;
        };
    }

    /** The class of each reason: the one table. */
    static FailureClass classOf(Reason reason) {
        return switch (reason) {
            case REASON_UNSUPPORTED_MEDIA,
                    REASON_CORRUPT_MEDIA,
                    REASON_TOO_LARGE,
                    REASON_TOO_MANY_PIXELS,
                    REASON_CHECKSUM_MISMATCH,
                    REASON_OFFSET_MISMATCH,
                    REASON_INVALID_REQUEST,
                    REASON_INVALID_TOKEN,
                    REASON_NOT_FOUND,
                    REASON_IDEMPOTENCY_CONFLICT,
                    REASON_STATE_CONFLICT,
                    REASON_CONTENT_REFUSED -> FailureClass.FAILURE_CLASS_DATA;
            case REASON_ENGINE_FAILED, REASON_STORAGE_FAILED -> FailureClass.FAILURE_CLASS_DEPENDENCY;
            case REASON_NOT_ENOUGH_MEMORY,
                    REASON_RATE_LIMITED,
                    REASON_OVERLOADED,
                    REASON_INSUFFICIENT_CREDITS,
                    REASON_TIER_LIMIT,
                    REASON_BUDGET_EXHAUSTED -> FailureClass.FAILURE_CLASS_RESOURCE;
            case REASON_UNAVAILABLE,
                    REASON_DEADLINE_EXCEEDED,
                    REASON_CANCELLED,
                    REASON_CONCURRENT_CHANGE,
                    REASON_JOB_TIMEOUT,
                    REASON_WORKER_LOST,
                    // A result that failed its check is made again.
                    REASON_RESULT_REJECTED -> FailureClass.FAILURE_CLASS_TEMPORARY;
            case REASON_UNAUTHENTICATED, REASON_CREDENTIALS_EXPIRED, REASON_PERMISSION_DENIED ->
                FailureClass.FAILURE_CLASS_SECURITY;
            case REASON_UNIMPLEMENTED -> FailureClass.FAILURE_CLASS_CONFIGURATION;
            case REASON_INTERNAL, REASON_UNSPECIFIED, UNRECOGNIZED -> FailureClass.FAILURE_CLASS_LOGIC;
        };
    }

    private static String detail(Failure failure, Throwable thrown) {
        StringWriter text = new StringWriter();
        text.append(failure.detail());
        if (classOf(failure.reason()) == FailureClass.FAILURE_CLASS_LOGIC) {
            text.append('\n');
            thrown.printStackTrace(new PrintWriter(text, true));
        }
        String detail = text.toString().strip();
        return detail.substring(0, Math.min(detail.length(), DETAIL_CHARS_MAX));
    }
}
