package dev.rekindle.events.webhooks;

import static dev.rekindle.events.tables.Tables.WEBHOOK_CURSOR;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;
import static dev.rekindle.events.tables.Tables.WEBHOOK_MILESTONES;

import dev.rekindle.events.TypeFilter;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Turns events into deliveries: those of the log in order, and progress where it passes a milestone. */
final class FanOutStore {
    private static final Condition WANTS_MILESTONES = WEBHOOK_ENDPOINTS
            .DISABLED
            .isFalse()
            .and(WEBHOOK_ENDPOINTS.KIND.eq(Kind.WEBHOOK.inlined()))
            .and(DSL.cardinality(WEBHOOK_ENDPOINTS.MILESTONES_PERCENT).gt(0));

    private final Database database;
    private final DeliveryStore deliveries;
    private final Carriers carriers;
    private final Clock clock;

    FanOutStore(Database database, DeliveryStore deliveries, Carriers carriers, Clock clock) {
        this.database = database;
        this.deliveries = deliveries;
        this.carriers = carriers;
        this.clock = clock;
    }

    /** How far the log has been turned into deliveries. */
    long cursor() {
        return database.query(sql -> sql.select(WEBHOOK_CURSOR.SEQ)
                .from(WEBHOOK_CURSOR)
                .fetchSingle()
                .value1());
    }

    /**
     * Makes the deliveries of a stretch of the log that begins at the cursor, and moves the cursor to its end.
     *
     * @return false if another process was faster; then nothing is done
     */
    boolean add(long cursor, EventLog.Stretch stretch) {
        Set<String> users = stretch.events().stream()
                .map(Event::getUserId)
                .filter(user -> !user.isEmpty())
                .collect(Collectors.toSet());
        return database.transact(sql -> {
            int moved = sql.update(WEBHOOK_CURSOR)
                    .set(WEBHOOK_CURSOR.SEQ, stretch.end())
                    .where(WEBHOOK_CURSOR.SEQ.eq(cursor))
                    .execute();
            if (moved == 0) {
                return false;
            }
            if (users.isEmpty()) {
                return true;
            }
            for (WebhookEndpointsRecord endpoint : sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(
                            WEBHOOK_ENDPOINTS.USER_ID.eq(DSL.any(users.toArray(String[]::new))),
                            WEBHOOK_ENDPOINTS.DISABLED.isFalse())
                    .orderBy(WEBHOOK_ENDPOINTS.ID)
                    .fetch()) {
                List<Outgoing> wanted = wanted(endpoint, stretch.events());
                if (!wanted.isEmpty()) {
                    deliveries.add(sql, endpoint.getId(), wanted);
                }
            }
            return true;
        });
    }

    private List<Outgoing> wanted(WebhookEndpointsRecord endpoint, List<Event> events) {
        Kind kind = Kind.of(endpoint.getKind());
        if (kind != Kind.WEBHOOK && endpoint.getTypes().length == 0) {
            return List.of(); // only a webhook that names no type is told of all
        }
        TypeFilter filter = TypeFilter.of(Arrays.asList(endpoint.getTypes()));
        List<Outgoing> wanted = new ArrayList<>();
        for (Event event : events) {
            if (event.getUserId().equals(endpoint.getUserId()) && filter.takes(event.getType())) {
                String body = carriers.of(kind).body(event);
                if (body != null) {
                    wanted.add(Outgoing.of(event, body));
                }
            }
        }
        return wanted;
    }

    /** The events of users of whom an endpoint wants milestones. */
    List<Event> withMilestones(List<Event> progress) {
        String[] users = progress.stream().map(Event::getUserId).distinct().toArray(String[]::new);
        Set<String> wanting = database.query(sql -> sql.selectDistinct(WEBHOOK_ENDPOINTS.USER_ID)
                .from(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.USER_ID.eq(DSL.any(users)), WANTS_MILESTONES)
                .fetchSet(WEBHOOK_ENDPOINTS.USER_ID));
        return progress.stream()
                .filter(event -> wanting.contains(event.getUserId()))
                .toList();
    }

    /**
     * Makes a delivery of a job's progress for every endpoint with a milestone it has passed, each milestone once a job;
     * of several passed at once, the highest counts.
     *
     * @return whether there was any
     */
    boolean addProgress(Event progress) {
        int percent = (int) Math.floor(progress.getJob().getPercent());
        return database.transact(sql -> {
            boolean any = false;
            for (WebhookEndpointsRecord endpoint : sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.USER_ID.eq(progress.getUserId()), WANTS_MILESTONES)
                    .orderBy(WEBHOOK_ENDPOINTS.ID)
                    .fetch()) {
                int passed = Arrays.stream(endpoint.getMilestonesPercent())
                        .mapToInt(Integer::intValue)
                        .filter(milestone -> milestone <= percent)
                        .max()
                        .orElse(0);
                if (passed == 0) {
                    continue;
                }
                OffsetDateTime now = Times.now(clock);
                int risen = sql.insertInto(WEBHOOK_MILESTONES)
                        .set(WEBHOOK_MILESTONES.WEBHOOK_ID, endpoint.getId())
                        .set(WEBHOOK_MILESTONES.JOB_ID, progress.getJobId())
                        .set(WEBHOOK_MILESTONES.PERCENT, passed)
                        .set(WEBHOOK_MILESTONES.UPDATED_AT, now)
                        .onConflict(WEBHOOK_MILESTONES.WEBHOOK_ID, WEBHOOK_MILESTONES.JOB_ID)
                        .doUpdate()
                        .set(WEBHOOK_MILESTONES.PERCENT, passed)
                        .set(WEBHOOK_MILESTONES.UPDATED_AT, now)
                        .where(WEBHOOK_MILESTONES.PERCENT.lt(passed))
                        .execute();
                if (risen == 1) {
                    deliveries.add(sql, endpoint.getId(), List.of(Outgoing.of(progress, Envelope.of(progress))));
                    any = true;
                }
            }
            return any;
        });
    }

    /** Forgets what jobs have passed that made no progress since. */
    void trimMilestones(Instant before) {
        database.query(sql -> sql.deleteFrom(WEBHOOK_MILESTONES)
                .where(WEBHOOK_MILESTONES.UPDATED_AT.lt(Times.of(before)))
                .execute());
    }
}
