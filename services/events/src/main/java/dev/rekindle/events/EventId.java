package dev.rekindle.events;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The id of an event, made by its publisher: a UUIDv7 by contract, any UUID in practice. */
record EventId(UUID uuid) {
    /** How far ahead of ours a publisher's clock may be. */
    static final Duration CLOCK_AHEAD_MAX = Duration.ofDays(1);

    private static final int TEXT_LENGTH = 36;

    /** The id in its usual form of 36 characters; null if the text is none. */
    static @Nullable EventId parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return null;
        }
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equalsIgnoreCase(text) ? new EventId(uuid) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** When the id was made by its publisher's clock; null if it is no UUIDv7. */
    @Nullable
    Instant time() {
        return uuid.version() == 7 ? Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16) : null;
    }

    /**
     * The place before which an event of this id cannot be in the log, since ids too far in the future are refused. It
     * keeps a look-up out of the partitions of days before.
     */
    Position earliest() {
        Instant time = time();
        return time == null
                ? Position.START
                : Position.at(time.minus(CLOCK_AHEAD_MAX)).max(Position.START);
    }
}
