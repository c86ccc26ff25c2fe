package dev.rekindle.events.webhooks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one attempt to deliver ended. */
public sealed interface Attempt {
    /**
     * The endpoint answered.
     *
     * @param body the beginning of its answer
     * @param retryAfter what it said of when to come back; null where it did not
     */
    record Answered(int status, String body, @Nullable Duration retryAfter) implements Attempt {}

    /**
     * A mail server said how it went.
     *
     * @param code of SMTP: 2xx taken, 4xx not now, 5xx never
     */
    record Replied(int code, String text) implements Attempt {}

    /**
     * There was no answer.
     *
     * @param nobodyThere there was not even a connection
     */
    record Unreachable(String why, boolean nobodyThere) implements Attempt {}

    /** We do not send there, and did not. */
    record Refused(String why) implements Attempt {}

    /** The status of the answer, of HTTP or SMTP; 0 where there was none. */
    default int httpStatus() {
        return switch (this) {
            case Answered answered -> answered.status();
            case Replied replied -> replied.code();
            case Unreachable _, Refused _ -> 0;
        };
    }

    /** The beginning of the answer; empty where there was none. */
    default String responseBody() {
        return switch (this) {
            case Answered answered -> answered.body();
            case Replied replied -> replied.text();
            case Unreachable _, Refused _ -> "";
        };
    }

    /** What went wrong; empty where it went well. */
    default String error() {
        return switch (this) {
            case Answered answered ->
                answered.status() >= 200 && answered.status() < 300 ? "" : "HTTP status " + answered.status();
            case Replied replied -> replied.code() / 100 == 2 ? "" : "SMTP status " + replied.code();
            case Unreachable unreachable -> unreachable.why();
            case Refused(String why) -> why;
        };
    }
}
