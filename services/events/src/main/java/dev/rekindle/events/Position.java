package dev.rekindle.events;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place in the log: every event is before or after it. Its number is the time of appending in microseconds since 1970,
 * or one more than the last event's where that is later. Callers get it as an opaque token.
 */
record Position(long seq) implements Comparable<Position> {
    /** Before the first event. */
    static final Position START = new Position(0);

    private static final String TOKEN_PREFIX = "p";
    private static final int TOKEN_RADIX = 36;
    private static final int TOKEN_LENGTH_MAX = 14;

    /** Where the log would stand at that time if nothing had been appended faster than one event a microsecond. */
    static Position at(Instant time) {
        return new Position(
                Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000));
    }

    /** About when the event at this place was appended. */
    Instant time() {
        return Instant.EPOCH.plus(Duration.ofNanos(Math.multiplyExact(seq, 1_000L)));
    }

    Position plus(long events) {
        return new Position(Math.addExact(seq, events));
    }

    boolean isAfter(Position other) {
        return seq > other.seq;
    }

    Position max(Position other) {
        return isAfter(other) ? this : other;
    }

    /** The place as callers hold it. */
    String token() {
        return TOKEN_PREFIX + Long.toString(seq, TOKEN_RADIX);
    }

    /** The place a token stands for; null if it is none of ours. */
    static @Nullable Position parse(String token) {
        if (!token.startsWith(TOKEN_PREFIX) || token.length() > TOKEN_LENGTH_MAX) {
            return null;
        }
        try {
            Position position = new Position(Long.parseLong(token, 1, token.length(), TOKEN_RADIX));
            return position.token().equals(token) && position.seq >= 0 ? position : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    @Override
    public int compareTo(Position other) {
        return Long.compare(seq, other.seq);
    }
}
