package dev.rekindle.events.webhooks;

import static dev.rekindle.events.tables.Tables.WEBHOOK_DELIVERIES;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;

import com.google.protobuf.util.Timestamps;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.tables.tables.records.WebhookDeliveriesRecord;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.events.v1.Delivery;
import dev.rekindle.events.v1.DeliveryState;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Deliveries as their owners see them, and the making of them. */
public final class DeliveryStore {
    /** The first try and the five after 1, 2, 4, 8 and 16 minutes. */
    static final int TRIES_MAX = 6;

    /** Inlined into statements: a partial index is not used for a value that is only bound. */
    static final Field<String> WAITING = DSL.inline("waiting");

    static final Field<String> DELIVERED = DSL.inline("delivered");
    static final Field<String> DEAD = DSL.inline("dead");

    private static final int BODY_SHOWN_MAX = 4 << 10;
    private static final String TEST_TYPE = "webhook.test";

    private final Database database;
    private final Ids ids;
    private final Clock clock;
    private final int waitingMax;

    public DeliveryStore(Database database, Ids ids, Clock clock, int waitingMax) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.waitingMax = waitingMax;
    }

    /**
     * Makes deliveries to an endpoint, in a transaction of the caller's; of an event it has one of already none is made. Those it has no room for are dead from the beginning, so that their owner sees them and may send them again.
     */
    public void add(DSLContext sql, UUID webhookId, List<Outgoing> outgoing) {
        OffsetDateTime now = now();
        int waiting = sql.fetchCount(
                WEBHOOK_DELIVERIES, WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId), WEBHOOK_DELIVERIES.STATE.eq(WAITING));
        List<WebhookDeliveriesRecord> rows = new ArrayList<>(outgoing.size());
        for (Outgoing one : outgoing) {
            WebhookDeliveriesRecord row = row(webhookId, one, now);
            if (waiting++ >= waitingMax) {
                row.setState("dead");
                row.setTriesLeft(0);
                row.setError("More than " + waitingMax + " deliveries waited for this endpoint.");
            }
            rows.add(row);
        }
        for (WebhookDeliveriesRecord row : rows) {
            sql.insertInto(WEBHOOK_DELIVERIES)
                    .set(row)
                    .onConflict(WEBHOOK_DELIVERIES.WEBHOOK_ID, WEBHOOK_DELIVERIES.EVENT_ID)
                    .doNothing()
                    .execute();
        }
        call(sql, webhookId, now);
    }

    private WebhookDeliveriesRecord row(UUID webhookId, Outgoing one, OffsetDateTime now) {
        WebhookDeliveriesRecord row = new WebhookDeliveriesRecord();
        row.setId(ids.next());
        row.setWebhookId(webhookId);
        row.setEventId(one.eventId());
        row.setEventType(one.eventType());
        row.setBody(one.body());
        row.setState("waiting");
        row.setTriesLeft(TRIES_MAX);
        row.setDueAt(now);
        row.setCreatedAt(now);
        return row;
    }

    /** Has an endpoint looked at for deliveries that are due. */
    private static void call(DSLContext sql, UUID webhookId, OffsetDateTime now) {
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.DUE_AT, DSL.least(DSL.coalesce(WEBHOOK_ENDPOINTS.DUE_AT, now), DSL.val(now)))
                .where(WEBHOOK_ENDPOINTS.ID.eq(webhookId))
                .execute();
    }

    /**
     * Makes the delivery of a test event, which is tried once.
     *
     * @throws Failure NOT_FOUND, STATE_CONFLICT if the endpoint is switched off
     */
    Delivery addTest(String userId, UUID webhookId) {
        return database.transact(sql -> {
            WebhookEndpointsRecord endpoint = lockOn(sql, userId, webhookId);
            Event event = Event.newBuilder()
                    .setId(ids.next().toString())
                    .setType(TEST_TYPE)
                    .setSource("rekindle.events")
                    .setVersion("1")
                    .setUserId(userId)
                    .setTime(Timestamps.fromMillis(clock.millis()))
                    .build();
            WebhookDeliveriesRecord row = row(webhookId, Outgoing.of(event, Envelope.of(event)), now());
            row.setTriesLeft(1);
            sql.insertInto(WEBHOOK_DELIVERIES).set(row).execute();
            call(sql, webhookId, now());
            return delivery(Objects.requireNonNull(fetch(sql, webhookId, row.getId())), endpoint);
        });
    }

    /**
     * Sends a delivery again, from its first try on; one that waits is tried now. A test is tried once this time, too.
     *
     * @throws Failure NOT_FOUND, STATE_CONFLICT if the endpoint is switched off
     */
    Delivery redeliver(String userId, UUID webhookId, UUID deliveryId) {
        return database.transact(sql -> {
            WebhookEndpointsRecord endpoint = lockOn(sql, userId, webhookId);
            OffsetDateTime now = now();
            Condition underWay = WEBHOOK_DELIVERIES
                    .STATE
                    .eq(WAITING)
                    .and(DSL.coalesce(WEBHOOK_DELIVERIES.LEASED_UNTIL, now).gt(now));
            sql.update(WEBHOOK_DELIVERIES)
                    .set(WEBHOOK_DELIVERIES.STATE, WAITING)
                    .set(
                            WEBHOOK_DELIVERIES.TRIES_LEFT,
                            DSL.when(WEBHOOK_DELIVERIES.EVENT_TYPE.eq(TEST_TYPE), 1)
                                    .otherwise(TRIES_MAX))
                    .set(WEBHOOK_DELIVERIES.DUE_AT, now)
                    .setNull(WEBHOOK_DELIVERIES.LEASED_UNTIL)
                    .where(
                            WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId),
                            WEBHOOK_DELIVERIES.ID.eq(deliveryId),
                            DSL.not(underWay))
                    .execute();
            call(sql, webhookId, now);
            WebhookDeliveriesRecord row = fetch(sql, webhookId, deliveryId);
            if (row == null) {
                throw Failure.notFound("delivery", deliveryId);
            }
            return delivery(row, endpoint);
        });
    }

    private static WebhookEndpointsRecord lockOn(DSLContext sql, String userId, UUID webhookId) {
        WebhookEndpointsRecord endpoint = sql.selectFrom(WEBHOOK_ENDPOINTS)
                .where(EndpointStore.own(userId, webhookId))
                .forNoKeyUpdate()
                .fetchOne();
        if (endpoint == null) {
            throw Failure.notFound("webhook", webhookId);
        }
        if (endpoint.getDisabled()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT, "The webhook " + webhookId + " is disabled; enable it first.");
        }
        return endpoint;
    }

    private static @Nullable WebhookDeliveriesRecord fetch(DSLContext sql, UUID webhookId, UUID deliveryId) {
        return sql.selectFrom(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId), WEBHOOK_DELIVERIES.ID.eq(deliveryId))
                .fetchOne();
    }

    /** Deliveries to an endpoint of the user's, the newest first, before one where given. */
    List<Delivery> list(String userId, UUID webhookId, DeliveryState state, @Nullable UUID before, int limit) {
        Condition wanted = WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId);
        if (before != null) {
            wanted = wanted.and(WEBHOOK_DELIVERIES.ID.lt(before));
        }
        wanted = switch (state) {
            case DELIVERY_STATE_WAITING -> wanted.and(WEBHOOK_DELIVERIES.STATE.eq(WAITING));
            case DELIVERY_STATE_DELIVERED -> wanted.and(WEBHOOK_DELIVERIES.STATE.eq(DELIVERED));
            case DELIVERY_STATE_DEAD -> wanted.and(WEBHOOK_DELIVERIES.STATE.eq(DEAD));
            case DELIVERY_STATE_UNSPECIFIED, UNRECOGNIZED -> wanted;
        };
        Condition condition = wanted;
        return database.query(sql -> {
            WebhookEndpointsRecord endpoint = sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(EndpointStore.own(userId, webhookId))
                    .fetchOne();
            return endpoint == null
                    ? List.of()
                    : sql.selectFrom(WEBHOOK_DELIVERIES)
                            .where(condition)
                            .orderBy(WEBHOOK_DELIVERIES.ID.desc())
                            .limit(limit)
                            .fetch(row -> delivery(row, endpoint));
        });
    }

    private static Delivery delivery(WebhookDeliveriesRecord row, WebhookEndpointsRecord endpoint) {
        Delivery.Builder delivery = Delivery.newBuilder()
                .setId(row.getId().toString())
                .setEventId(row.getEventId().toString())
                .setEventType(row.getEventType())
                .setState(
                        DeliveryState.valueOf("DELIVERY_STATE_" + row.getState().toUpperCase(Locale.ROOT)))
                .setAttempt(row.getAttempt())
                .setHttpStatus(row.getHttpStatus())
                .setRequestBody(trimmed(row.getBody()))
                .setResponseBody(row.getResponseBody())
                .setError(row.getError())
                .setCreateTime(Times.timestamp(row.getCreatedAt()));
        if (row.getState().equals("waiting") && !endpoint.getDisabled()) {
            OffsetDateTime due = row.getDueAt();
            OffsetDateTime paused = endpoint.getPausedUntil();
            delivery.setNextAttemptTime(Times.timestamp(paused != null && paused.isAfter(due) ? paused : due));
        }
        return delivery.build();
    }

    private static String trimmed(String body) {
        if (body.length() <= BODY_SHOWN_MAX) {
            return body;
        }
        int end = Character.isHighSurrogate(body.charAt(BODY_SHOWN_MAX - 1)) ? BODY_SHOWN_MAX - 1 : BODY_SHOWN_MAX;
        return body.substring(0, end);
    }

    private OffsetDateTime now() {
        return Times.now(clock);
    }

    /** Deletes deliveries made before, at most the limit; answers whether there may be more. */
    boolean trim(Instant before, int limit) {
        int count = database.query(sql -> sql.deleteFrom(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.ID.in(DSL.select(WEBHOOK_DELIVERIES.ID)
                        .from(WEBHOOK_DELIVERIES)
                        .where(WEBHOOK_DELIVERIES.CREATED_AT.lt(Times.of(before)))
                        .limit(limit)))
                .execute());
        return count == limit;
    }
}
