package dev.rekindle.events.webhooks;

import static dev.rekindle.events.tables.Tables.WEBHOOK_DELIVERIES;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;
import static dev.rekindle.events.tables.Tables.WEBHOOK_SECRETS;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.events.v1.Webhook;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Endpoints and their secrets. Every statement names the user whose they are. */
final class EndpointStore {
    /** How long a replaced secret signs beside the new one, and a request id is remembered. */
    static final Duration DAY = Duration.ofDays(1);

    private static final int SECRETS_MAX = 10;

    /** An endpoint and the secret it was made with. */
    record Created(Webhook webhook, String secret) {}

    /** A new secret, and until when those before it sign. */
    record Rotated(String secret, OffsetDateTime oldExpiry) {}

    private final Database database;
    private final Ids ids;
    private final Clock clock;
    private final WebhooksConfig.Endpoints config;

    EndpointStore(Database database, Ids ids, Clock clock, WebhooksConfig.Endpoints config) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.config = config;
    }

    /**
     * Makes an endpoint, or answers the one this request made before.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the request id made another one, STATE_CONFLICT if the user has too many
     */
    Created create(String userId, String requestId, byte[] digest, WebhookSettings settings, String secret) {
        return database.transact(sql -> {
            // One creation of a user at a time, so that neither the limit nor a request id is passed by two at once.
            sql.execute("select pg_advisory_xact_lock(hashtextextended({0}, 7))", DSL.val(userId));
            Created before = requestId.isEmpty() ? null : madeBefore(sql, userId, requestId, digest);
            if (before != null) {
                return before;
            }
            int count = sql.fetchCount(WEBHOOK_ENDPOINTS, own(userId));
            if (count >= config.perUserMax()) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "You have " + count + " webhooks; no more than " + config.perUserMax()
                                + " are allowed. Delete one first.");
            }
            OffsetDateTime now = now();
            WebhookEndpointsRecord row = EndpointRow.fresh(ids.next(), userId, now, config.burst());
            if (!requestId.isEmpty()) {
                row.setRequestId(requestId);
                row.setRequestDigest(digest);
            }
            put(row, settings);
            sql.insertInto(WEBHOOK_ENDPOINTS).set(row).execute();
            addSecret(sql, row.getId(), secret);
            return new Created(webhook(row), secret);
        });
    }

    /** Deletes deliveries of the user's by whatever way, and once there are few left the endpoints with all that hangs on them. */
    boolean erase(String userId, int deliveriesMax) {
        return database.transact(sql -> {
            var own = DSL.select(WEBHOOK_ENDPOINTS.ID)
                    .from(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.USER_ID.eq(userId));
            int deleted = sql.deleteFrom(WEBHOOK_DELIVERIES)
                    .where(WEBHOOK_DELIVERIES.ID.in(DSL.select(WEBHOOK_DELIVERIES.ID)
                            .from(WEBHOOK_DELIVERIES)
                            .where(WEBHOOK_DELIVERIES.WEBHOOK_ID.in(own))
                            .limit(deliveriesMax)))
                    .execute();
            if (deleted == deliveriesMax) {
                return true;
            }
            sql.deleteFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.USER_ID.eq(userId))
                    .execute();
            return false;
        });
    }

    private static @Nullable Created madeBefore(DSLContext sql, String userId, String requestId, byte[] digest) {
        WebhookEndpointsRecord row = sql.selectFrom(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.USER_ID.eq(userId), WEBHOOK_ENDPOINTS.REQUEST_ID.eq(requestId))
                .fetchOne();
        if (row == null) {
            return null;
        }
        if (!Arrays.equals(row.getRequestDigest(), digest)) {
            throw Failure.of(
                    Reason.REASON_IDEMPOTENCY_CONFLICT,
                    "The request id \"" + requestId + "\" made a webhook with other settings.");
        }
        String secret = sql.select(WEBHOOK_SECRETS.SECRET)
                .from(WEBHOOK_SECRETS)
                .where(WEBHOOK_SECRETS.WEBHOOK_ID.eq(row.getId()))
                .orderBy(WEBHOOK_SECRETS.ID)
                .limit(1)
                .fetchSingle()
                .value1();
        return new Created(webhook(row), secret);
    }

    private void addSecret(DSLContext sql, UUID webhookId, String secret) {
        sql.insertInto(WEBHOOK_SECRETS)
                .set(WEBHOOK_SECRETS.ID, ids.next())
                .set(WEBHOOK_SECRETS.WEBHOOK_ID, webhookId)
                .set(WEBHOOK_SECRETS.SECRET, secret)
                .execute();
    }

    private static void put(WebhookEndpointsRecord row, WebhookSettings settings) {
        row.setUrl(settings.getUrl());
        row.setTypes(settings.getTypesList().stream().distinct().toArray(String[]::new));
        row.setMilestonesPercent(
                settings.getMilestonesPercentList().stream().distinct().sorted().toArray(Integer[]::new));
        row.setDescription(settings.getDescription());
        row.setDisabled(settings.getDisabled());
    }

    /** @throws Failure NOT_FOUND */
    Webhook get(String userId, UUID webhookId) {
        return webhook(
                database.query(sql -> there(select(sql, userId, webhookId).fetchOne(), webhookId)));
    }

    private static WebhookEndpointsRecord lock(DSLContext sql, String userId, UUID webhookId) {
        return there(select(sql, userId, webhookId).forNoKeyUpdate().fetchOne(), webhookId);
    }

    private static SelectConditionStep<WebhookEndpointsRecord> select(DSLContext sql, String userId, UUID webhookId) {
        return sql.selectFrom(WEBHOOK_ENDPOINTS).where(own(userId, webhookId));
    }

    /** A user's webhooks, and of endpoints those alone. */
    private static Condition own(String userId) {
        return WEBHOOK_ENDPOINTS.USER_ID.eq(userId).and(WEBHOOK_ENDPOINTS.KIND.eq(Kind.WEBHOOK.inlined()));
    }

    static Condition own(String userId, UUID webhookId) {
        return own(userId).and(WEBHOOK_ENDPOINTS.ID.eq(webhookId));
    }

    private static WebhookEndpointsRecord there(@Nullable WebhookEndpointsRecord row, UUID webhookId) {
        if (row == null) {
            throw Failure.notFound("webhook", webhookId);
        }
        return row;
    }

    /** A user's endpoints, the newest first, before one where given. */
    List<Webhook> list(String userId, @Nullable UUID before, int limit) {
        Condition wanted = before == null ? own(userId) : own(userId).and(WEBHOOK_ENDPOINTS.ID.lt(before));
        return database.query(sql -> sql.selectFrom(WEBHOOK_ENDPOINTS)
                .where(wanted)
                .orderBy(WEBHOOK_ENDPOINTS.ID.desc())
                .limit(limit)
                .fetch(EndpointStore::webhook));
    }

    /**
     * Sets what its owner sets. That closes the circuit too: the owner says it works now. What waits is tried.
     *
     * @throws Failure NOT_FOUND
     */
    Webhook update(String userId, UUID webhookId, WebhookSettings settings) {
        return database.transact(sql -> {
            WebhookEndpointsRecord row = lock(sql, userId, webhookId);
            put(row, settings);
            row.setDisabledReason(settings.getDisabled() ? row.getDisabledReason() : "");
            row.setUpdatedAt(now());
            sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.URL, row.getUrl())
                    .set(WEBHOOK_ENDPOINTS.TYPES, row.getTypes())
                    .set(WEBHOOK_ENDPOINTS.MILESTONES_PERCENT, row.getMilestonesPercent())
                    .set(WEBHOOK_ENDPOINTS.DESCRIPTION, row.getDescription())
                    .set(WEBHOOK_ENDPOINTS.DISABLED, row.getDisabled())
                    .set(WEBHOOK_ENDPOINTS.DISABLED_REASON, row.getDisabledReason())
                    .set(WEBHOOK_ENDPOINTS.UPDATED_AT, row.getUpdatedAt())
                    .set(WEBHOOK_ENDPOINTS.FAILURE_COUNT, 0)
                    .setNull(WEBHOOK_ENDPOINTS.PAUSED_UNTIL)
                    .set(WEBHOOK_ENDPOINTS.DUE_AT, row.getUpdatedAt())
                    .where(WEBHOOK_ENDPOINTS.ID.eq(webhookId))
                    .execute();
            return webhook(row);
        });
    }

    /** Deletes an endpoint with all that was made for it. @throws Failure NOT_FOUND */
    void delete(String userId, UUID webhookId) {
        database.transact(sql -> {
            lock(sql, userId, webhookId);
            sql.deleteFrom(WEBHOOK_DELIVERIES)
                    .where(WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId))
                    .execute();
            return sql.deleteFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(webhookId))
                    .execute();
        });
    }

    /**
     * Adds a secret; those before it sign for a day more. So one whose answer was lost on the way makes no receiver deaf.
     *
     * @throws Failure NOT_FOUND, RATE_LIMITED where there are too many within a day
     */
    Rotated rotate(String userId, UUID webhookId, String secret) {
        return database.transact(sql -> {
            lock(sql, userId, webhookId);
            OffsetDateTime now = now();
            OffsetDateTime expiry = now.plus(DAY);
            sql.deleteFrom(WEBHOOK_SECRETS)
                    .where(WEBHOOK_SECRETS.WEBHOOK_ID.eq(webhookId), WEBHOOK_SECRETS.EXPIRES_AT.le(now))
                    .execute();
            if (sql.fetchCount(WEBHOOK_SECRETS, WEBHOOK_SECRETS.WEBHOOK_ID.eq(webhookId)) >= SECRETS_MAX) {
                throw Failure.of(
                                Reason.REASON_RATE_LIMITED,
                                "The secret was replaced " + (SECRETS_MAX - 1) + " times within a day, all it may be.")
                        .withRetryDelay(DAY);
            }
            sql.update(WEBHOOK_SECRETS)
                    .set(WEBHOOK_SECRETS.EXPIRES_AT, expiry)
                    .where(WEBHOOK_SECRETS.WEBHOOK_ID.eq(webhookId), WEBHOOK_SECRETS.EXPIRES_AT.isNull())
                    .execute();
            addSecret(sql, webhookId, secret);
            return new Rotated(secret, expiry);
        });
    }

    /** Forgets request ids of more than a day ago. */
    void forgetRequests() {
        database.query(sql -> sql.update(WEBHOOK_ENDPOINTS)
                .setNull(WEBHOOK_ENDPOINTS.REQUEST_ID)
                .setNull(WEBHOOK_ENDPOINTS.REQUEST_DIGEST)
                .where(WEBHOOK_ENDPOINTS.REQUEST_ID.isNotNull(), WEBHOOK_ENDPOINTS.CREATED_AT.lt(now().minus(DAY)))
                .execute());
    }

    private static Webhook webhook(WebhookEndpointsRecord row) {
        return Webhook.newBuilder()
                .setId(row.getId().toString())
                .setSettings(WebhookSettings.newBuilder()
                        .setUrl(row.getUrl())
                        .addAllTypes(Arrays.asList(row.getTypes()))
                        .addAllMilestonesPercent(Arrays.asList(row.getMilestonesPercent()))
                        .setDisabled(row.getDisabled())
                        .setDescription(row.getDescription()))
                .setDisabledReason(row.getDisabledReason())
                .setCreateTime(Times.timestamp(row.getCreatedAt()))
                .setUpdateTime(Times.timestamp(row.getUpdatedAt()))
                .build();
    }

    private OffsetDateTime now() {
        return Times.now(clock);
    }
}
