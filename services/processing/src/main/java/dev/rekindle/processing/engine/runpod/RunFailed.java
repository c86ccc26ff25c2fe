package dev.rekindle.processing.engine.runpod;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;

/** A run that failed, and what that says of the endpoint. */
final class RunFailed extends RuntimeException {
    /** What a failure says of the endpoint. */
    enum Verdict {
        /** It may be unwell. */
        COUNTS,
        /** It will fail at all others too: a wrong key, a wrong address. */
        TRIPS,
        /** Nothing. */
        SAYS_NOTHING
    }

    private static final String MESSAGE = "The cloud engine failed at this photo. It is tried again.";

    private final Verdict verdict;
    private final transient Failure failure;

    private RunFailed(Verdict verdict, Failure failure) {
        super(failure);
        this.verdict = verdict;
        this.failure = failure;
    }

    /** The endpoint failed; the detail is for the log. */
    static RunFailed counting(String detail) {
        return new RunFailed(
                Verdict.COUNTS, Failure.of(Reason.REASON_ENGINE_FAILED, MESSAGE).withDetail(detail, null));
    }

    /** It took too long. */
    static RunFailed late(String detail) {
        return new RunFailed(
                Verdict.COUNTS,
                Failure.of(Reason.REASON_JOB_TIMEOUT, "The cloud engine took too long. It is tried again.")
                        .withDetail(detail, null));
    }

    /** The endpoint cannot be used as it is configured. */
    static RunFailed tripping(String detail) {
        return new RunFailed(
                Verdict.TRIPS, Failure.of(Reason.REASON_ENGINE_FAILED, MESSAGE).withDetail(detail, null));
    }

    /** It has no room now. */
    static RunFailed limited(java.time.Duration retryDelay) {
        return new RunFailed(
                Verdict.SAYS_NOTHING,
                Failure.of(Reason.REASON_RATE_LIMITED, "The cloud engine is busy. It is tried again in a moment.")
                        .withRetryDelay(retryDelay));
    }

    Verdict verdict() {
        return verdict;
    }

    Failure failure() {
        return failure;
    }
}
