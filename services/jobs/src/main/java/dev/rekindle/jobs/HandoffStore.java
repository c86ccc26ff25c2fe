package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.HANDOFFS;

import dev.rekindle.jobs.tables.tables.records.HandoffsRecord;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of hand-overs. A code or token is looked for by its digest, and counts until it expires. */
final class HandoffStore {

    void insert(DSLContext sql, HandoffsRecord handoff) {
        sql.executeInsert(handoff);
    }

    /** Takes back the codes of a session that nobody has redeemed. */
    void withdraw(DSLContext sql, String userId, String sessionId) {
        sql.deleteFrom(HANDOFFS)
                .where(HANDOFFS.USER_ID.eq(userId).and(HANDOFFS.SESSION_ID.eq(sessionId)))
                .and(HANDOFFS.CODE_SHA256.isNotNull())
                .execute();
    }

    /** When the codes and tokens of a user expire that are good now, the first of them first. */
    List<OffsetDateTime> expiries(DSLContext sql, String userId, OffsetDateTime now) {
        return sql.select(HANDOFFS.EXPIRES_AT)
                .from(HANDOFFS)
                .where(HANDOFFS.USER_ID.eq(userId).and(HANDOFFS.EXPIRES_AT.gt(now)))
                .orderBy(HANDOFFS.EXPIRES_AT)
                .fetch(HANDOFFS.EXPIRES_AT);
    }

    /** Gives a token for a code, if nobody has had one for it yet. */
    Optional<HandoffsRecord> redeem(
            DSLContext sql, byte[] code, byte[] token, OffsetDateTime now, OffsetDateTime expiresAt) {
        return sql.update(HANDOFFS)
                .setNull(HANDOFFS.CODE_SHA256)
                .set(HANDOFFS.TOKEN_SHA256, token)
                .set(HANDOFFS.EXPIRES_AT, expiresAt)
                .where(HANDOFFS.CODE_SHA256.eq(code).and(HANDOFFS.EXPIRES_AT.gt(now)))
                .returning()
                .fetchOptional();
    }

    Optional<HandoffsRecord> findByToken(DSLContext sql, byte[] token, OffsetDateTime now) {
        return sql.selectFrom(HANDOFFS)
                .where(HANDOFFS.TOKEN_SHA256.eq(token).and(HANDOFFS.EXPIRES_AT.gt(now)))
                .fetchOptional();
    }

    /** The hand-over of an uploader, kept from changing until the transaction ends. */
    Optional<HandoffsRecord> lock(DSLContext sql, String userId, UUID handoffId, OffsetDateTime now) {
        return sql.selectFrom(HANDOFFS)
                .where(HANDOFFS.ID.eq(handoffId).and(HANDOFFS.USER_ID.eq(userId)))
                .and(HANDOFFS.EXPIRES_AT.gt(now))
                .forUpdate()
                .fetchOptional();
    }

    void update(DSLContext sql, HandoffsRecord handoff) {
        sql.executeUpdate(handoff);
    }

    int deleteExpired(DSLContext sql, OffsetDateTime now, int limit) {
        return sql.deleteFrom(HANDOFFS)
                .where(HANDOFFS.ID.in(DSL.select(HANDOFFS.ID)
                        .from(HANDOFFS)
                        .where(HANDOFFS.EXPIRES_AT.le(now))
                        .limit(limit)))
                .execute();
    }
}
