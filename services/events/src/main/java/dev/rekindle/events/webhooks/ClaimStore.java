package dev.rekindle.events.webhooks;

import static dev.rekindle.events.tables.Tables.WEBHOOK_DELIVERIES;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;
import static dev.rekindle.events.tables.Tables.WEBHOOK_SECRETS;

import dev.rekindle.events.tables.tables.records.WebhookDeliveriesRecord;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Hands out deliveries that are due, and takes back how they went. An endpoint's row is locked while its deliveries are
 * claimed; endpoints another process is at are passed over. A claim is a lease: when its holder dies, the delivery is
 * due again at its end.
 */
final class ClaimStore {
    private static final int ENDPOINTS_MAX = 50;
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final int PAUSE_DOUBLINGS_MAX = 4;

    private final Database database;
    private final WebhooksConfig.Endpoints config;
    private final Duration lease;
    private final Clock clock;

    ClaimStore(Database database, WebhooksConfig config, Clock clock) {
        this.database = database;
        this.config = config.endpoints();
        this.lease = config.sending().lease();
        this.clock = clock;
    }

    /** Claims at most so many deliveries, of the endpoints that have waited longest first. */
    List<Claimed> claim(int room) {
        return database.transact(sql -> {
            OffsetDateTime now = now();
            List<Claimed> claimed = new ArrayList<>();
            for (WebhookEndpointsRecord endpoint : sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.DUE_AT.le(now))
                    .orderBy(WEBHOOK_ENDPOINTS.DUE_AT)
                    .limit(ENDPOINTS_MAX)
                    .forNoKeyUpdate()
                    .skipLocked()
                    .fetch()) {
                if (claimed.size() < room) {
                    claimed.addAll(claim(sql, endpoint, room - claimed.size(), now));
                }
            }
            return claimed;
        });
    }

    private List<Claimed> claim(DSLContext sql, WebhookEndpointsRecord endpoint, int room, OffsetDateTime now) {
        UUID id = endpoint.getId();
        OffsetDateTime pausedUntil = endpoint.getPausedUntil();
        if (endpoint.getDisabled() || (pausedUntil != null && pausedUntil.isAfter(now))) {
            look(sql, id, endpoint.getDisabled() ? null : pausedUntil);
            return List.of();
        }
        // While the circuit is half open, one delivery tells how the endpoint is.
        int concurrencyMax = endpoint.getFailureCount() >= config.circuitFailures() ? 1 : config.concurrencyMax();
        int underWay = sql.fetchCount(WEBHOOK_DELIVERIES, waiting(id), WEBHOOK_DELIVERIES.LEASED_UNTIL.gt(now));
        double tokens = tokens(endpoint, now);
        int count = Math.min(Math.min(room, concurrencyMax - underWay), (int) tokens);
        List<WebhookDeliveriesRecord> due = count <= 0
                ? List.of()
                : sql.selectFrom(WEBHOOK_DELIVERIES)
                        .where(waiting(id), WEBHOOK_DELIVERIES.DUE_AT.le(now))
                        .orderBy(WEBHOOK_DELIVERIES.DUE_AT, WEBHOOK_DELIVERIES.ID)
                        .limit(count)
                        .fetch();
        if (!due.isEmpty()) {
            OffsetDateTime leasedUntil = now.plus(lease);
            sql.update(WEBHOOK_DELIVERIES)
                    .set(WEBHOOK_DELIVERIES.ATTEMPT, WEBHOOK_DELIVERIES.ATTEMPT.plus(1))
                    .set(WEBHOOK_DELIVERIES.DUE_AT, leasedUntil)
                    .set(WEBHOOK_DELIVERIES.LEASED_UNTIL, leasedUntil)
                    .where(WEBHOOK_DELIVERIES.ID.in(
                            due.stream().map(WebhookDeliveriesRecord::getId).toList()))
                    .execute();
        }
        double tokensLeft = tokens - due.size();
        boolean full = underWay + due.size() >= concurrencyMax;
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.TOKENS, tokensLeft)
                .set(WEBHOOK_ENDPOINTS.TOKENS_AT, now)
                .set(WEBHOOK_ENDPOINTS.DUE_AT, nextLook(sql, id, full, tokensLeft, now))
                .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                .execute();
        List<String> secrets = due.isEmpty() ? List.of() : secrets(sql, id, now);
        return due.stream()
                .map(row -> new Claimed(
                        row.getId(),
                        id,
                        Kind.of(endpoint.getKind()),
                        row.getAttempt() + 1,
                        row.getTriesLeft(),
                        endpoint.getUrl(),
                        secrets,
                        row.getEventId(),
                        row.getBody()))
                .toList();
    }

    private double tokens(WebhookEndpointsRecord endpoint, OffsetDateTime now) {
        double seconds =
                Math.max(0, Duration.between(endpoint.getTokensAt(), now).toMillis()) / 1000.0;
        return Math.min(config.burst(), endpoint.getTokens() + seconds * config.ratePerSecond());
    }

    /** When an endpoint is worth a look again; whoever reports how a delivery went makes it look at once. */
    private @Nullable OffsetDateTime nextLook(
            DSLContext sql, UUID webhookId, boolean full, double tokensLeft, OffsetDateTime now) {
        Condition rows = waiting(webhookId);
        OffsetDateTime next = sql.select(DSL.min(WEBHOOK_DELIVERIES.DUE_AT))
                .from(WEBHOOK_DELIVERIES)
                .where(full ? rows.and(WEBHOOK_DELIVERIES.LEASED_UNTIL.gt(now)) : rows)
                .fetchSingle()
                .value1();
        if (next == null || full || tokensLeft >= 1) {
            return next;
        }
        OffsetDateTime token =
                now.plus(Duration.ofMillis((long) Math.ceil((1 - tokensLeft) * 1000 / config.ratePerSecond())));
        return next.isAfter(token) ? next : token;
    }

    private static Condition waiting(UUID webhookId) {
        return WEBHOOK_DELIVERIES.WEBHOOK_ID.eq(webhookId).and(WEBHOOK_DELIVERIES.STATE.eq(DeliveryStore.WAITING));
    }

    private static List<String> secrets(DSLContext sql, UUID webhookId, OffsetDateTime now) {
        return sql.select(WEBHOOK_SECRETS.SECRET)
                .from(WEBHOOK_SECRETS)
                .where(
                        WEBHOOK_SECRETS.WEBHOOK_ID.eq(webhookId),
                        WEBHOOK_SECRETS.EXPIRES_AT.isNull().or(WEBHOOK_SECRETS.EXPIRES_AT.gt(now)))
                .orderBy(WEBHOOK_SECRETS.ID.desc())
                .fetch(WEBHOOK_SECRETS.SECRET);
    }

    /**
     * Takes how a delivery went. A report of a claim that is no longer the last one changes nothing.
     *
     * @return what became of it, false where the report came too late
     */
    boolean report(Claimed claimed, Attempt attempt, Verdict verdict) {
        return database.transact(sql -> {
            OffsetDateTime now = now();
            // The endpoint first, as in claiming: whoever wants both rows takes them in this order.
            WebhookEndpointsRecord endpoint = sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(claimed.webhookId()))
                    .forNoKeyUpdate()
                    .fetchOne();
            if (endpoint == null || !settle(sql, claimed, attempt, verdict, now)) {
                return false;
            }
            switch (verdict) {
                case Verdict.Vanished _ -> { // with all that waits for it
                    sql.deleteFrom(WEBHOOK_ENDPOINTS)
                            .where(WEBHOOK_ENDPOINTS.ID.eq(claimed.webhookId()))
                            .execute();
                    return true;
                }
                case Verdict.Delivered _, Verdict.Permanent _ -> { // it answers, for better or worse
                    endpoint.setFailureCount(0);
                    endpoint.setPausedUntil(null);
                    look(sql, claimed.webhookId(), now);
                }
                case Verdict.Retry(Duration notBefore) -> {
                    endpoint.setFailureCount(endpoint.getFailureCount() + 1);
                    endpoint.setPausedUntil(pause(endpoint, notBefore, now));
                    look(sql, claimed.webhookId(), now);
                }
                case Verdict.Gone _ -> {
                    endpoint.setDisabled(true);
                    endpoint.setDisabledReason("The endpoint answered 410 Gone.");
                    endpoint.setUpdatedAt(now);
                    look(sql, claimed.webhookId(), null);
                }
            }
            sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.FAILURE_COUNT, endpoint.getFailureCount())
                    .set(WEBHOOK_ENDPOINTS.PAUSED_UNTIL, endpoint.getPausedUntil())
                    .set(WEBHOOK_ENDPOINTS.DISABLED, endpoint.getDisabled())
                    .set(WEBHOOK_ENDPOINTS.DISABLED_REASON, endpoint.getDisabledReason())
                    .set(WEBHOOK_ENDPOINTS.UPDATED_AT, endpoint.getUpdatedAt())
                    .where(WEBHOOK_ENDPOINTS.ID.eq(claimed.webhookId()))
                    .execute();
            return true;
        });
    }

    /**
     * Gives back a claimed delivery that was not tried: it counts as no attempt, and the endpoint's others wait as long.
     * A claim that is no longer the last one changes nothing.
     */
    void putOff(Claimed claimed, Duration wait) {
        database.transact(sql -> {
            OffsetDateTime until = now().plus(wait);
            WebhookEndpointsRecord endpoint = sql.selectFrom(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(claimed.webhookId()))
                    .forNoKeyUpdate()
                    .fetchOne();
            int put = sql.update(WEBHOOK_DELIVERIES)
                    .set(WEBHOOK_DELIVERIES.ATTEMPT, WEBHOOK_DELIVERIES.ATTEMPT.minus(1))
                    .set(WEBHOOK_DELIVERIES.DUE_AT, until)
                    .setNull(WEBHOOK_DELIVERIES.LEASED_UNTIL)
                    .where(isHeld(claimed))
                    .execute();
            if (endpoint == null || put == 0) {
                return false;
            }
            OffsetDateTime paused = endpoint.getPausedUntil();
            sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.PAUSED_UNTIL, paused != null && paused.isAfter(until) ? paused : until)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(claimed.webhookId()))
                    .execute();
            if (!endpoint.getDisabled()) {
                look(sql, claimed.webhookId(), until);
            }
            return true;
        });
    }

    private static Condition isHeld(Claimed claimed) {
        return WEBHOOK_DELIVERIES
                .ID
                .eq(claimed.id())
                .and(WEBHOOK_DELIVERIES.STATE.eq(DeliveryStore.WAITING))
                .and(WEBHOOK_DELIVERIES.ATTEMPT.eq(claimed.attempt()))
                .and(WEBHOOK_DELIVERIES.LEASED_UNTIL.isNotNull());
    }

    private static boolean settle(
            DSLContext sql, Claimed claimed, Attempt attempt, Verdict verdict, OffsetDateTime now) {
        int triesLeft = claimed.triesLeft() - 1;
        boolean again = verdict instanceof Verdict.Retry && triesLeft > 0;
        var state = verdict instanceof Verdict.Delivered
                ? DeliveryStore.DELIVERED
                : again ? DeliveryStore.WAITING : DeliveryStore.DEAD;
        OffsetDateTime due = again && verdict instanceof Verdict.Retry retry ? now.plus(delay(triesLeft, retry)) : now;
        return sql.update(WEBHOOK_DELIVERIES)
                        .set(WEBHOOK_DELIVERIES.STATE, state)
                        .set(WEBHOOK_DELIVERIES.TRIES_LEFT, triesLeft)
                        .set(WEBHOOK_DELIVERIES.DUE_AT, due)
                        .setNull(WEBHOOK_DELIVERIES.LEASED_UNTIL)
                        .set(WEBHOOK_DELIVERIES.HTTP_STATUS, attempt.httpStatus())
                        .set(WEBHOOK_DELIVERIES.RESPONSE_BODY, attempt.responseBody())
                        .set(WEBHOOK_DELIVERIES.ERROR, attempt.error())
                        .where(isHeld(claimed))
                        .execute()
                == 1;
    }

    /** 1, 2, 4, 8, 16 minutes, or as long as the endpoint asks for where that is longer. */
    private static Duration delay(int triesLeft, Verdict.Retry retry) {
        Duration usual = FIRST_RETRY.multipliedBy(1L << (DeliveryStore.TRIES_MAX - 1 - triesLeft));
        Duration asked = retry.notBefore();
        return asked != null && asked.compareTo(usual) > 0 ? asked : usual;
    }

    private @Nullable OffsetDateTime pause(
            WebhookEndpointsRecord endpoint, @Nullable Duration notBefore, OffsetDateTime now) {
        OffsetDateTime until = notBefore == null ? null : now.plus(notBefore);
        int beyond = endpoint.getFailureCount() - config.circuitFailures();
        if (beyond >= 0) {
            OffsetDateTime open =
                    now.plus(config.circuitPause().multipliedBy(1L << Math.min(beyond, PAUSE_DOUBLINGS_MAX)));
            until = until == null || open.isAfter(until) ? open : until;
        }
        return until;
    }

    private static void look(DSLContext sql, UUID webhookId, @Nullable OffsetDateTime at) {
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.DUE_AT, at)
                .where(WEBHOOK_ENDPOINTS.ID.eq(webhookId))
                .execute();
    }

    private OffsetDateTime now() {
        return Times.now(clock);
    }
}
