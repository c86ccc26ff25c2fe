package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.DATA_ORDERS;

import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.platform.rpc.Failure;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of orders about all there is of a user. A user is found by digest, since the name may be gone. */
final class DataOrderStore {
    private static final int MESSAGE_MAX = 500;

    /** What is ordered. */
    enum Kind {
        EXPORT,
        ERASE
    }

    /** How far an order is. */
    enum State {
        RUNNING,
        DONE,
        FAILED
    }

    void insert(DSLContext sql, UUID id, Kind kind, Account account, String requestId, String step, Instant now) {
        sql.insertInto(DATA_ORDERS)
                .set(DATA_ORDERS.ID, id)
                .set(DATA_ORDERS.KIND, kind.name())
                .set(DATA_ORDERS.USER_ID, account.userId())
                .set(DATA_ORDERS.USER_SHA256, Digests.sha256(account.userId()))
                .set(DATA_ORDERS.ACCOUNT_ID, account.id())
                .set(DATA_ORDERS.REQUEST_ID, requestId)
                .set(DATA_ORDERS.STATE, State.RUNNING.name())
                .set(DATA_ORDERS.STEP, step)
                .set(DATA_ORDERS.DUE_AT, Times.utc(now))
                .set(DATA_ORDERS.CREATED_AT, Times.utc(now))
                .execute();
    }

    Optional<DataOrdersRecord> newest(DSLContext sql, String userId, Kind kind) {
        return sql.selectFrom(DATA_ORDERS)
                .where(of(userId, kind))
                .orderBy(DATA_ORDERS.ID.desc())
                .limit(1)
                .fetchOptional();
    }

    private static Condition of(String userId, Kind kind) {
        return DATA_ORDERS.USER_SHA256.eq(Digests.sha256(userId)).and(DATA_ORDERS.KIND.eq(kind.name()));
    }

    /** Until when an erased user had been granted credits; empty for who was never erased. */
    Optional<Instant> grantedUntil(DSLContext sql, String userId) {
        return sql.select(DSL.max(DATA_ORDERS.GRANTED_UNTIL))
                .from(DATA_ORDERS)
                .where(of(userId, Kind.ERASE))
                .fetchOptional(row -> Times.instant(row.value1()));
    }

    /** Takes an order whose next step is due; nobody else does before the lease ends. */
    Optional<DataOrdersRecord> take(DSLContext sql, Kind kind, Instant now, Instant leaseEnd) {
        Optional<DataOrdersRecord> order = sql.selectFrom(DATA_ORDERS)
                .where(DATA_ORDERS.KIND.eq(kind.name()).and(DATA_ORDERS.STATE.eq(DSL.inline("RUNNING"))))
                .and(DATA_ORDERS.DUE_AT.le(Times.utc(now)))
                .orderBy(DATA_ORDERS.DUE_AT)
                .limit(1)
                .forUpdate()
                .skipLocked()
                .fetchOptional();
        order.ifPresent(row -> sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.DUE_AT, Times.utc(leaseEnd))
                .where(DATA_ORDERS.ID.eq(row.getId()))
                .execute());
        return order;
    }

    /** Goes on to another step, which is due at once. */
    void step(DSLContext sql, UUID id, String step, Instant now) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.STEP, step)
                .set(DATA_ORDERS.ATTEMPTS, 0)
                .set(DATA_ORDERS.DUE_AT, Times.utc(now))
                .where(running(id))
                .execute();
    }

    private static Condition running(UUID id) {
        return DATA_ORDERS.ID.eq(id).and(DATA_ORDERS.STATE.eq(DSL.inline("RUNNING")));
    }

    /** Keeps where the account's chain ended when its events were erased. */
    void seen(DSLContext sql, UUID id, int seq) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.SEEN_SEQ, seq)
                .where(DATA_ORDERS.ID.eq(id))
                .execute();
    }

    /** Keeps until when the user had been granted credits. */
    void grantedUntil(DSLContext sql, UUID id, Instant until) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.GRANTED_UNTIL, Times.utc(until))
                .where(DATA_ORDERS.ID.eq(id))
                .execute();
    }

    /** The same step again later: it waits for others, or has failed so many times in a row. */
    void later(DSLContext sql, UUID id, int attempts, Instant due) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.ATTEMPTS, attempts)
                .set(DATA_ORDERS.DUE_AT, Times.utc(due))
                .where(running(id))
                .execute();
    }

    void exported(DSLContext sql, UUID id, Instant expiresAt, Instant now) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.STATE, State.DONE.name())
                .set(DATA_ORDERS.EXPIRES_AT, Times.utc(expiresAt))
                .set(DATA_ORDERS.ENDED_AT, Times.utc(now))
                .where(running(id))
                .execute();
    }

    /** The erasure is over; the order forgets whose it was. */
    void erased(DSLContext sql, UUID id, Instant now) {
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.STATE, State.DONE.name())
                .setNull(DATA_ORDERS.USER_ID)
                .set(DATA_ORDERS.ENDED_AT, Times.utc(now))
                .where(running(id))
                .execute();
    }

    void failed(DSLContext sql, UUID id, Failure failure, Instant now) {
        String message = failure.message();
        sql.update(DATA_ORDERS)
                .set(DATA_ORDERS.STATE, State.FAILED.name())
                .set(DATA_ORDERS.REASON, failure.reason().name())
                .set(DATA_ORDERS.MESSAGE, message.substring(0, Math.min(MESSAGE_MAX, message.length())))
                .set(DATA_ORDERS.ENDED_AT, Times.utc(now))
                .where(running(id))
                .execute();
    }

    /** Forgets the archives that were ordered for a user; one that is being made finds its order gone. */
    void forgetExports(DSLContext sql, String userId) {
        sql.deleteFrom(DATA_ORDERS).where(of(userId, Kind.EXPORT)).execute();
    }
}
