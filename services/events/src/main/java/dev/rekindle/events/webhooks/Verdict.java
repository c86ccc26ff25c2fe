package dev.rekindle.events.webhooks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the end of an attempt means for its delivery. */
public sealed interface Verdict {
    /** The endpoint took it. */
    record Delivered() implements Verdict {}

    /**
     * It may go well another time.
     *
     * @param notBefore how long the endpoint asks to be left alone; null where it does not say
     */
    record Retry(@Nullable Duration notBefore) implements Verdict {}

    /** It will never go well. */
    record Permanent() implements Verdict {}

    /** The endpoint wants no more deliveries at all. */
    record Gone() implements Verdict {}

    /** There is no such receiver any more: its endpoint is deleted. */
    record Vanished() implements Verdict {}

    /** The verdict over an attempt, by the rules of webhooks for HTTP. */
    static Verdict of(Attempt attempt) {
        return switch (attempt) {
            case Attempt.Answered answered -> of(answered);
            case Attempt.Replied replied -> of(replied);
            case Attempt.Unreachable _ -> new Retry(null);
            case Attempt.Refused _ -> new Permanent();
        };
    }

    private static Verdict of(Attempt.Replied replied) {
        return switch (replied.code() / 100) {
            case 2 -> new Delivered();
            case 5 -> new Permanent();
            default -> new Retry(null);
        };
    }

    private static Verdict of(Attempt.Answered answered) {
        int status = answered.status();
        return switch (status) {
            case 410 -> new Gone();
            case 408, 425 -> new Retry(null);
            case 429, 503 -> new Retry(answered.retryAfter());
            // Redirects are not followed: whoever can answer for a host could send us anywhere.
            default ->
                status >= 200 && status < 300 ? new Delivered() : status >= 500 ? new Retry(null) : new Permanent();
        };
    }
}
