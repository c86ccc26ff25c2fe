package dev.rekindle.events.webhooks;

import com.google.protobuf.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Times as tables keep them: in UTC, to the microsecond. */
public final class Times {
    private Times() {}

    public static OffsetDateTime now(Clock clock) {
        return of(clock.instant());
    }

    public static OffsetDateTime of(Instant time) {
        return OffsetDateTime.ofInstant(time, ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    }

    public static Timestamp timestamp(OffsetDateTime time) {
        return Timestamp.newBuilder()
                .setSeconds(time.toEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
