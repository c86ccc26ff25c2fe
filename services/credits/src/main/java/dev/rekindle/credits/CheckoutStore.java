package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.CHECKOUTS;
import static dev.rekindle.credits.tables.Tables.STRIPE_CUSTOMERS;

import dev.rekindle.credits.tables.tables.records.CheckoutsRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** The SQL of what users set out to buy, and of who they are at Stripe. */
final class CheckoutStore {

    Optional<CheckoutsRecord> ofRequest(DSLContext sql, UUID accountId, String requestId) {
        return requestId.isEmpty()
                ? Optional.empty()
                : sql.selectFrom(CHECKOUTS)
                        .where(CHECKOUTS.ACCOUNT_ID.eq(accountId).and(CHECKOUTS.REQUEST_ID.eq(requestId)))
                        .fetchOptional();
    }

    Optional<CheckoutsRecord> find(DSLContext sql, UUID id) {
        return sql.selectFrom(CHECKOUTS).where(CHECKOUTS.ID.eq(id)).fetchOptional();
    }

    /** False if the account has a checkout of that request id already. */
    boolean insert(DSLContext sql, CheckoutsRecord row) {
        return sql.insertInto(CHECKOUTS).set(row).onConflictDoNothing().execute() == 1;
    }

    int countSince(DSLContext sql, UUID accountId, Instant time) {
        return sql.fetchCount(
                CHECKOUTS, CHECKOUTS.ACCOUNT_ID.eq(accountId).and(CHECKOUTS.CREATED_AT.ge(Times.utc(time))));
    }

    /** Keeps where the checkout can be paid. */
    void opened(DSLContext sql, UUID id, String sessionId, String url, Instant expiresAt) {
        sql.update(CHECKOUTS)
                .set(CHECKOUTS.SESSION_ID, sessionId)
                .set(CHECKOUTS.URL, url)
                .set(CHECKOUTS.EXPIRES_AT, Times.utc(expiresAt))
                .where(CHECKOUTS.ID.eq(id))
                .execute();
    }

    /** Keeps that the checkout can be paid no more. */
    void over(DSLContext sql, UUID id, Instant now) {
        sql.update(CHECKOUTS)
                .set(CHECKOUTS.EXPIRES_AT, Times.utc(now))
                .where(CHECKOUTS.ID.eq(id))
                .execute();
    }

    /** An account's checkouts that may still be paid, the oldest first. */
    List<CheckoutsRecord> open(DSLContext sql, UUID accountId, Instant now) {
        return sql.selectFrom(CHECKOUTS)
                .where(CHECKOUTS.ACCOUNT_ID.eq(accountId))
                .and(CHECKOUTS.SESSION_ID.isNotNull())
                .and(CHECKOUTS.EXPIRES_AT.gt(Times.utc(now)))
                .orderBy(CHECKOUTS.ID)
                .fetch();
    }

    /** Takes from an account's checkouts all but what was bought. */
    void scrub(DSLContext sql, UUID accountId) {
        sql.update(CHECKOUTS)
                .setNull(CHECKOUTS.URL)
                .set(CHECKOUTS.RETURN_PATH, "")
                .where(CHECKOUTS.ACCOUNT_ID.eq(accountId))
                .execute();
    }

    Optional<String> customer(DSLContext sql, UUID accountId) {
        return sql.select(STRIPE_CUSTOMERS.CUSTOMER_ID)
                .from(STRIPE_CUSTOMERS)
                .where(STRIPE_CUSTOMERS.ACCOUNT_ID.eq(accountId))
                .fetchOptional(STRIPE_CUSTOMERS.CUSTOMER_ID);
    }

    Optional<UUID> accountOf(DSLContext sql, String customerId) {
        return sql.select(STRIPE_CUSTOMERS.ACCOUNT_ID)
                .from(STRIPE_CUSTOMERS)
                .where(STRIPE_CUSTOMERS.CUSTOMER_ID.eq(customerId))
                .fetchOptional(STRIPE_CUSTOMERS.ACCOUNT_ID);
    }

    /** Keeps who an account is at Stripe; the first answer stays. */
    void setCustomer(DSLContext sql, UUID accountId, String customerId, Instant now) {
        sql.insertInto(STRIPE_CUSTOMERS)
                .set(STRIPE_CUSTOMERS.ACCOUNT_ID, accountId)
                .set(STRIPE_CUSTOMERS.CUSTOMER_ID, customerId)
                .set(STRIPE_CUSTOMERS.CREATED_AT, Times.utc(now))
                .onConflictDoNothing()
                .execute();
    }
}
