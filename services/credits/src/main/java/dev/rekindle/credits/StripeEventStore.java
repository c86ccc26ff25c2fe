package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.STRIPE_CUSTOMERS;
import static dev.rekindle.credits.tables.Tables.STRIPE_EVENTS;

import dev.rekindle.credits.tables.tables.records.StripeEventsRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The SQL of Stripe's events as they came. */
final class StripeEventStore {

    /** An event as it came. */
    record Received(String id, String type, Instant createdAt, String payload) {}

    /** Keeps an event. False if it is there already. */
    boolean insert(DSLContext sql, Received event, Instant now) {
        return sql.insertInto(STRIPE_EVENTS)
                        .set(STRIPE_EVENTS.ID, event.id())
                        .set(STRIPE_EVENTS.TYPE, event.type())
                        .set(STRIPE_EVENTS.CREATED_AT, Times.utc(event.createdAt()))
                        .set(STRIPE_EVENTS.PAYLOAD, event.payload().getBytes(StandardCharsets.UTF_8))
                        .set(STRIPE_EVENTS.RECEIVED_AT, Times.utc(now))
                        .set(STRIPE_EVENTS.OUTCOME, "")
                        .set(STRIPE_EVENTS.ATTEMPTS, 0)
                        .set(STRIPE_EVENTS.DUE_AT, Times.utc(now))
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** An event that is not applied yet, locked; empty if it is, or somebody else is at it. */
    Optional<StripeEventsRecord> takeUnapplied(DSLContext sql, String id) {
        return sql.selectFrom(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.ID.eq(id).and(STRIPE_EVENTS.APPLIED_AT.isNull()))
                .forUpdate()
                .skipLocked()
                .fetchOptional();
    }

    /** Events to apply now, in the order of their making. */
    List<String> due(DSLContext sql, Instant now, int limit) {
        return sql.select(STRIPE_EVENTS.ID)
                .from(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.APPLIED_AT.isNull().and(STRIPE_EVENTS.DUE_AT.le(Times.utc(now))))
                .orderBy(STRIPE_EVENTS.CREATED_AT, STRIPE_EVENTS.ID)
                .limit(limit)
                .fetch(STRIPE_EVENTS.ID);
    }

    void applied(DSLContext sql, String id, String outcome, @Nullable UUID accountId, Instant now) {
        sql.update(STRIPE_EVENTS)
                .set(STRIPE_EVENTS.APPLIED_AT, Times.utc(now))
                .set(STRIPE_EVENTS.OUTCOME, outcome)
                .set(STRIPE_EVENTS.ACCOUNT_ID, accountId)
                .set(STRIPE_EVENTS.ATTEMPTS, STRIPE_EVENTS.ATTEMPTS.plus(1))
                .where(STRIPE_EVENTS.ID.eq(id))
                .execute();
    }

    /** Puts an event off that could not be applied. */
    void putOff(DSLContext sql, String id, String why, Instant until) {
        sql.update(STRIPE_EVENTS)
                .set(STRIPE_EVENTS.OUTCOME, why.substring(0, Math.min(500, why.length())))
                .set(STRIPE_EVENTS.ATTEMPTS, STRIPE_EVENTS.ATTEMPTS.plus(1))
                .set(STRIPE_EVENTS.DUE_AT, Times.utc(until))
                .where(STRIPE_EVENTS.ID.eq(id).and(STRIPE_EVENTS.APPLIED_AT.isNull()))
                .execute();
    }

    int attempts(DSLContext sql, String id) {
        return sql.select(STRIPE_EVENTS.ATTEMPTS)
                .from(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.ID.eq(id))
                .fetchSingle(STRIPE_EVENTS.ATTEMPTS);
    }

    /** What was told of an account and has the person in it still; of its customer too, where no account was made out. */
    List<StripeEventsRecord> unscrubbed(DSLContext sql, UUID accountId, int limit) {
        return sql.selectFrom(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.SCRUBBED_AT.isNull().and(STRIPE_EVENTS.APPLIED_AT.isNotNull()))
                .and(STRIPE_EVENTS
                        .ACCOUNT_ID
                        .eq(accountId)
                        .or(STRIPE_EVENTS
                                .ACCOUNT_ID
                                .isNull()
                                .and(DSL.exists(DSL.selectOne()
                                        .from(STRIPE_CUSTOMERS)
                                        .where(STRIPE_CUSTOMERS.ACCOUNT_ID.eq(accountId))
                                        .and(DSL.condition(
                                                "position(convert_to({0}, 'UTF8') in {1}) > 0",
                                                STRIPE_CUSTOMERS.CUSTOMER_ID, STRIPE_EVENTS.PAYLOAD))))))
                .limit(limit)
                .fetch();
    }

    /** What was told of accounts since they were erased. */
    List<StripeEventsRecord> unscrubbed(DSLContext sql, int limit) {
        return sql.selectFrom(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.SCRUBBED_AT.isNull().and(STRIPE_EVENTS.APPLIED_AT.isNotNull()))
                .and(STRIPE_EVENTS.ACCOUNT_ID.in(
                        DSL.select(ACCOUNTS.ID).from(ACCOUNTS).where(ACCOUNTS.ERASED_AT.isNotNull())))
                .limit(limit)
                .fetch();
    }

    void scrubbed(DSLContext sql, String id, byte[] payload, Instant now) {
        sql.update(STRIPE_EVENTS)
                .set(STRIPE_EVENTS.PAYLOAD, payload)
                .set(STRIPE_EVENTS.SCRUBBED_AT, Times.utc(now))
                .where(STRIPE_EVENTS.ID.eq(id).and(STRIPE_EVENTS.SCRUBBED_AT.isNull()))
                .execute();
    }

    /** Which of these are there. */
    Set<String> known(DSLContext sql, List<String> ids) {
        return sql.select(STRIPE_EVENTS.ID)
                .from(STRIPE_EVENTS)
                .where(STRIPE_EVENTS.ID.in(ids))
                .fetchSet(STRIPE_EVENTS.ID);
    }

    /** When the newest event was made; empty before the first. */
    Optional<Instant> newest(DSLContext sql) {
        return sql.select(DSL.max(STRIPE_EVENTS.CREATED_AT))
                .from(STRIPE_EVENTS)
                .fetchOptional(row -> Times.instant(row.value1()));
    }
}
