package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which anything here refuses or fails. The message is for the caller: it names the value and what was
 * expected. The detail is for the log and never leaves the process.
 */
public final class Failure extends RuntimeException {
    private static final int VIOLATIONS_MAX = 20;

    /** One field that breaks its rule. */
    public record Violation(String field, String description, String rule) {}

    private final Reason reason;
    private final String detail;
    private final @Nullable Duration retryDelay;
    private final transient List<Violation> violations;

    private Failure(
            Reason reason,
            String message,
            String detail,
            @Nullable Duration retryDelay,
            List<Violation> violations,
            @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.detail = detail;
        this.retryDelay = retryDelay;
        this.violations = List.copyOf(violations);
    }

    /** A failure with a message for the caller. */
    public static Failure of(Reason reason, String message) {
        return new Failure(reason, message, "", null, List.of(), null);
    }

    /** A field that breaks its rule: which field, what it is, what was expected. */
    public static Failure invalid(String field, String description) {
        return violations(List.of(new Violation(field, description, "")));
    }

    /** Fields that break their rules; the first twenty are named. */
    public static Failure violations(List<Violation> violations) {
        Violation first = violations.getFirst();
        String message = first.field().isEmpty() ? first.description() : first.field() + ": " + first.description();
        String more = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        List<Violation> named = violations.subList(0, Math.min(violations.size(), VIOLATIONS_MAX));
        return new Failure(Reason.REASON_INVALID_REQUEST, message + more, "", null, named, null);
    }

    /** There is no such thing, or it is not the caller's; which of the two is not told. */
    public static Failure notFound(String kind, Object id) {
        return of(Reason.REASON_NOT_FOUND, "There is no " + kind + " " + id + ".");
    }

    /** A mistake of ours. The caller learns nothing of it but the request id. */
    public static Failure internal(String detail, @Nullable Throwable cause) {
        return new Failure(
                Reason.REASON_INTERNAL,
                "Something went wrong on our side. The request id finds it in our logs.",
                detail,
                null,
                List.of(),
                cause);
    }

    /** The same failure with other words for the caller. */
    public Failure withMessage(String newMessage) {
        return new Failure(reason, newMessage, detail, retryDelay, violations, getCause());
    }

    /** The same failure with words for the log. */
    public Failure withDetail(String newDetail, @Nullable Throwable cause) {
        return new Failure(reason, message(), newDetail, retryDelay, violations, cause);
    }

    /** The same failure with the time after which to try again. */
    public Failure withRetryDelay(Duration delay) {
        return new Failure(reason, message(), detail, delay, violations, getCause());
    }

    /** The same failure with fields named. */
    public Failure withViolations(List<Violation> newViolations) {
        return new Failure(reason, message(), detail, retryDelay, newViolations, getCause());
    }

    public Reason reason() {
        return reason;
    }

    /** What the caller is told. */
    public String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** What only the log is told. */
    public String detail() {
        return detail;
    }

    public @Nullable Duration retryDelay() {
        return retryDelay;
    }

    public List<Violation> violations() {
        return violations;
    }

    public boolean retryable() {
        return Reasons.retryable(reason);
    }
}
