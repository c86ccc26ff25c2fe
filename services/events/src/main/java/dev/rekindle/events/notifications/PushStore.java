package dev.rekindle.events.notifications;

import static dev.rekindle.events.tables.Tables.PUSH_SUBSCRIPTIONS;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.events.v1.PushSubscription;
import dev.rekindle.events.webhooks.EndpointRow;
import dev.rekindle.events.webhooks.Kind;
import dev.rekindle.events.webhooks.Times;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.net.URI;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Browsers that are pushed to. */
final class PushStore {
    /** What a browser's subscription encrypts by. */
    @SuppressWarnings("ArrayRecordComponent") // compared by areThoseOf only
    record Keys(byte[] p256dh, byte[] auth) {
        boolean areThoseOf(Keys other) {
            return Arrays.equals(p256dh, other.p256dh) && Arrays.equals(auth, other.auth);
        }
    }

    private static final Condition PUSH = WEBHOOK_ENDPOINTS.KIND.eq(Kind.PUSH.inlined());

    private final Database database;
    private final Ids ids;
    private final Clock clock;
    private final int perUserMax;

    PushStore(Database database, Ids ids, Clock clock, int perUserMax) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.perUserMax = perUserMax;
    }

    /**
     * Registers a browser, or updates it.
     *
     * @throws Failure STATE_CONFLICT if it is somebody else's by other keys
     */
    PushSubscription register(String userId, String endpoint, Keys keys, String label) {
        return database.transact(sql -> {
            PreferencesStore.lock(sql, userId);
            OffsetDateTime now = Times.now(clock);
            WebhookEndpointsRecord row = sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(PUSH, WEBHOOK_ENDPOINTS.URL.eq(endpoint))
                    .forUpdate()
                    .fetchOne();
            if (row != null && !row.getUserId().equals(userId)) {
                takeOver(sql, row.getId(), keys);
                row = null;
            }
            if (row == null) {
                row = insert(sql, userId, endpoint, label, now);
            }
            row.setDescription(label);
            sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.DESCRIPTION, label)
                    .set(WEBHOOK_ENDPOINTS.UPDATED_AT, now)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(row.getId()))
                    .execute();
            sql.insertInto(PUSH_SUBSCRIPTIONS)
                    .set(PUSH_SUBSCRIPTIONS.ENDPOINT_ID, row.getId())
                    .set(PUSH_SUBSCRIPTIONS.P256DH, keys.p256dh())
                    .set(PUSH_SUBSCRIPTIONS.AUTH, keys.auth())
                    .onConflict(PUSH_SUBSCRIPTIONS.ENDPOINT_ID)
                    .doUpdate()
                    .set(PUSH_SUBSCRIPTIONS.P256DH, keys.p256dh())
                    .set(PUSH_SUBSCRIPTIONS.AUTH, keys.auth())
                    .execute();
            return shown(row);
        });
    }

    /** Who signs in where somebody else was signed in before has the same browser, and with it the same keys. */
    private static void takeOver(DSLContext sql, UUID endpointId, Keys keys) {
        if (keys(sql, endpointId).filter(keys::areThoseOf).isEmpty()) {
            throw Failure.of(Reason.REASON_STATE_CONFLICT, "This push subscription is registered with other keys.");
        }
        sql.deleteFrom(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.ID.eq(endpointId))
                .execute();
    }

    private WebhookEndpointsRecord insert(
            DSLContext sql, String userId, String endpoint, String label, OffsetDateTime now) {
        WebhookEndpointsRecord row = EndpointRow.of(Kind.PUSH, ids.next(), userId, endpoint, now);
        row.setTypes(Notices.types(PreferencesStore.get(sql, userId).getPushList()));
        row.setDescription(label);
        int inserted = sql.insertInto(WEBHOOK_ENDPOINTS)
                .set(row)
                .onConflict(WEBHOOK_ENDPOINTS.URL)
                .where(PUSH)
                .doNothing()
                .execute();
        if (inserted == 0) {
            throw Failure.of(
                    Reason.REASON_CONCURRENT_CHANGE, "The subscription was registered at the same moment; try again.");
        }
        List<UUID> tooMany = sql.select(WEBHOOK_ENDPOINTS.ID)
                .from(WEBHOOK_ENDPOINTS)
                .where(own(userId))
                .orderBy(WEBHOOK_ENDPOINTS.ID.desc())
                .offset(perUserMax)
                .fetch(WEBHOOK_ENDPOINTS.ID);
        sql.deleteFrom(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.ID.in(tooMany))
                .execute();
        return row;
    }

    private static Condition own(String userId) {
        return WEBHOOK_ENDPOINTS.USER_ID.eq(userId).and(PUSH);
    }

    /** A user's, the newest first. */
    List<PushSubscription> list(String userId) {
        return database.query(sql -> sql.selectFrom(WEBHOOK_ENDPOINTS)
                .where(own(userId))
                .orderBy(WEBHOOK_ENDPOINTS.ID.desc())
                .limit(perUserMax)
                .fetch(PushStore::shown));
    }

    /** @throws Failure NOT_FOUND */
    void delete(String userId, UUID id) {
        int deleted = database.query(sql -> sql.deleteFrom(WEBHOOK_ENDPOINTS)
                .where(own(userId), WEBHOOK_ENDPOINTS.ID.eq(id))
                .execute());
        if (deleted == 0) {
            throw Failure.notFound("push subscription", id);
        }
    }

    /** What to encrypt by; null if the subscription is gone. */
    @Nullable
    Keys keys(UUID endpointId) {
        return database.query(sql -> keys(sql, endpointId)).orElse(null);
    }

    private static Optional<Keys> keys(DSLContext sql, UUID endpointId) {
        return sql.selectFrom(PUSH_SUBSCRIPTIONS)
                .where(PUSH_SUBSCRIPTIONS.ENDPOINT_ID.eq(endpointId))
                .fetchOptional(row -> new Keys(row.getP256dh(), row.getAuth()));
    }

    private static PushSubscription shown(WebhookEndpointsRecord row) {
        return PushSubscription.newBuilder()
                .setId(row.getId().toString())
                .setLabel(row.getDescription())
                .setPushService(String.valueOf(URI.create(row.getUrl()).getHost()))
                .setCreateTime(Times.timestamp(row.getCreatedAt()))
                .build();
    }
}
