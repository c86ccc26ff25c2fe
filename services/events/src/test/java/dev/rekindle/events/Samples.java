package dev.rekindle.events;

import com.google.protobuf.Timestamp;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.platform.Ids;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Events and users as tests need them. */
final class Samples {
    private static final Ids ids = Ids.timeOrdered();
    private static final AtomicInteger users = new AtomicInteger();

    private Samples() {}

    /** A user no other test has. */
    static String newUser() {
        return "user-" + users.incrementAndGet() + "-" + ids.next();
    }

    static Event.Builder event(String user, String type) {
        return event(user, type, Instant.now());
    }

    static Event.Builder event(String user, String type, Instant time) {
        return Event.newBuilder()
                .setId(idOf(time).toString())
                .setType(type)
                .setSource("rekindle.test")
                .setVersion("1")
                .setUserId(user)
                .setTime(Timestamp.newBuilder().setSeconds(time.getEpochSecond()));
    }

    /** A UUIDv7 made at that time. */
    private static UUID idOf(Instant time) {
        UUID id = ids.next();
        return new UUID(
                (time.toEpochMilli() << 16) | (id.getMostSignificantBits() & 0xffff), id.getLeastSignificantBits());
    }

    static Event job(String user, String jobId, String type) {
        return event(user, type).setJobId(jobId).build();
    }

    static Event progress(String user, String jobId, double percent) {
        return event(user, "job.progress")
                .setJobId(jobId)
                .setTransient(true)
                .setJob(JobEvent.newBuilder().setPercent(percent))
                .build();
    }

    /** An event of about that many bytes. */
    static Event big(String user, int bytes) {
        return event(user, "job.failed")
                .setJob(JobEvent.newBuilder().setMessage("x".repeat(bytes)))
                .build();
    }

    static Map<EventId, Event> byId(Collection<Event> events) {
        Map<EventId, Event> byId = new LinkedHashMap<>();
        events.forEach(event -> byId.put(id(event), event));
        return byId;
    }

    static EventId id(Event event) {
        return Objects.requireNonNull(EventId.parse(event.getId()));
    }
}
