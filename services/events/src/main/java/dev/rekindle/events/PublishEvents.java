package dev.rekindle.events;

import com.google.protobuf.Timestamp;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.webhooks.Webhooks;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes events of other services: checks them, appends what is to be kept to the log, and tells the readers. */
final class PublishEvents {
    private static final int EVENT_BYTES_MAX = 64 << 10;
    private static final int ID_LENGTH_MAX = 128;
    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");
    private static final Pattern TYPE = Pattern.compile("[a-z_]{1,50}(\\.[a-z_]{1,50}){1,5}");

    private final EventStore store;
    private final LogTail tail;
    private final LiveChannel channel;
    private final Webhooks webhooks;
    private final EventMetrics metrics;
    private final Clock clock;

    PublishEvents(
            EventStore store, LogTail tail, LiveChannel channel, Webhooks webhooks, EventMetrics metrics, Clock clock) {
        this.store = store;
        this.tail = tail;
        this.channel = channel;
        this.webhooks = webhooks;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Publishes all of the events or, when one is wrong, none.
     *
     * @return how many were new; transient ones always are
     * @throws Failure INVALID_REQUEST naming each wrong field
     */
    int publish(List<Event> events) {
        Instant now = clock.instant();
        Map<EventId, Event> kept = new LinkedHashMap<>();
        List<Event> transients = new ArrayList<>();
        List<Failure.Violation> violations = new ArrayList<>();
        int keptCount = 0;
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            EventId id = check("events[" + i + "].", event, now, violations);
            if (event.getTransient()) {
                transients.add(event);
            } else if (id != null) {
                kept.putIfAbsent(id, event);
                keptCount++;
            }
        }
        if (!violations.isEmpty()) {
            throw Failure.violations(violations);
        }
        int newCount = kept.isEmpty() ? 0 : append(kept);
        if (!transients.isEmpty()) {
            channel.tell(transients, now);
            webhooks.happened(transients);
        }
        metrics.published(newCount, keptCount - newCount, transients.size());
        return newCount + transients.size();
    }

    private int append(Map<EventId, Event> events) {
        EventStore.Appended appended = store.append(events);
        if (appended.count() > 0) {
            tail.wake(appended.head());
            channel.tellGrown(appended.head());
            webhooks.logHasGrown();
        }
        return appended.count();
    }

    private static @Nullable EventId check(String path, Event event, Instant now, List<Failure.Violation> violations) {
        EventId id = EventId.parse(event.getId());
        if (id == null) {
            violations.add(violation(path + "id", "\"" + event.getId() + "\" is not a UUID of 36 characters."));
        } else {
            Instant time = id.time();
            if (time != null && time.isAfter(now.plus(EventId.CLOCK_AHEAD_MAX))) {
                violations.add(violation(path + "id", event.getId() + " was made in the future, at " + time + "."));
            }
        }
        if (!TYPE.matcher(event.getType()).matches()) {
            violations.add(violation(
                    path + "type", "\"" + event.getType() + "\" is not two to six words such as \"job.completed\"."));
        }
        if (!event.hasTime() || !isValid(event.getTime())) {
            violations.add(violation(path + "time", "A time from the year 1 to the year 9999 is expected."));
        }
        checkId(path + "user_id", event.getUserId(), violations);
        checkId(path + "client_id", event.getClientId(), violations);
        checkId(path + "session_id", event.getSessionId(), violations);
        checkId(path + "photo_id", event.getPhotoId(), violations);
        checkId(path + "job_id", event.getJobId(), violations);
        if (event.getSerializedSize() > EVENT_BYTES_MAX) {
            violations.add(violation(
                    path.substring(0, path.length() - 1),
                    "It has " + event.getSerializedSize() + " bytes; at most " + EVENT_BYTES_MAX + " are taken."));
        }
        return id;
    }

    private static void checkId(String field, String id, List<Failure.Violation> violations) {
        if (id.length() > ID_LENGTH_MAX || id.chars().anyMatch(Character::isISOControl)) {
            violations.add(violation(
                    field,
                    "At most " + ID_LENGTH_MAX + " characters, none of them a control character, are expected."));
        }
    }

    private static boolean isValid(Timestamp time) {
        return time.getSeconds() >= YEAR_1.getEpochSecond()
                && time.getSeconds() < YEAR_10000.getEpochSecond()
                && time.getNanos() >= 0
                && time.getNanos() < 1_000_000_000;
    }

    private static Failure.Violation violation(String field, String description) {
        return new Failure.Violation(field, description, "");
    }
}
