package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.API_KEYS;

import dev.rekindle.common.v1.Tier;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** The SQL of API keys. */
final class ApiKeyStore {

    /** A key with who holds it. */
    record Held(ApiKeyRow key, String userId, Tier tier) {}

    /** The call a key was made by. */
    record Origin(String requestId, String requestDigest) {}

    void insert(DSLContext sql, ApiKeyRow key, byte[] digest, Origin origin) {
        sql.insertInto(API_KEYS)
                .set(API_KEYS.ID, key.id())
                .set(API_KEYS.ACCOUNT_ID, key.accountId())
                .set(API_KEYS.NAME, key.name())
                .set(API_KEYS.PREFIX, key.prefix())
                .set(API_KEYS.SECRET_SHA256, digest)
                .set(API_KEYS.SCOPES, key.scopes().toArray(String[]::new))
                .set(API_KEYS.REQUEST_ID, origin.requestId())
                .set(API_KEYS.REQUEST_SHA256, origin.requestDigest())
                .set(API_KEYS.CREATED_AT, Times.utc(key.createdAt()))
                .set(API_KEYS.EXPIRES_AT, utc(key.expiresAt()))
                .execute();
    }

    /** The key a request made, with that request. */
    Optional<Record> ofRequest(DSLContext sql, UUID accountId, String requestId) {
        return sql.select(API_KEYS.fields())
                .from(API_KEYS)
                .where(API_KEYS.ACCOUNT_ID.eq(accountId).and(API_KEYS.REQUEST_ID.eq(requestId)))
                .fetchOptional()
                .map(row -> row);
    }

    /** Newest first. */
    List<ApiKeyRow> list(DSLContext sql, UUID accountId) {
        return sql.selectFrom(API_KEYS)
                .where(API_KEYS.ACCOUNT_ID.eq(accountId))
                .orderBy(API_KEYS.CREATED_AT.desc(), API_KEYS.ID.desc())
                .fetch(ApiKeyStore::key);
    }

    int countGood(DSLContext sql, UUID accountId, Instant now) {
        return sql.fetchCount(API_KEYS, API_KEYS.ACCOUNT_ID.eq(accountId).and(good(now)));
    }

    /** Forgets all but the newest of the keys that are good no more. */
    void forgetEnded(DSLContext sql, UUID accountId, Instant now, int kept) {
        sql.deleteFrom(API_KEYS)
                .where(API_KEYS.ID.in(sql.select(API_KEYS.ID)
                        .from(API_KEYS)
                        .where(API_KEYS.ACCOUNT_ID.eq(accountId).andNot(good(now)))
                        .orderBy(API_KEYS.CREATED_AT.desc())
                        .offset(kept)))
                .execute();
    }

    /** False if the account has no such key. A key that is revoked already stays revoked since then. */
    boolean revoke(DSLContext sql, UUID accountId, UUID id, Instant now) {
        return sql.update(API_KEYS)
                        .set(API_KEYS.REVOKED_AT, org.jooq.impl.DSL.coalesce(API_KEYS.REVOKED_AT, Times.utc(now)))
                        .where(API_KEYS.ID.eq(id).and(API_KEYS.ACCOUNT_ID.eq(accountId)))
                        .execute()
                == 1;
    }

    void revokeAll(DSLContext sql, UUID accountId, Instant now) {
        sql.update(API_KEYS)
                .set(API_KEYS.REVOKED_AT, Times.utc(now))
                .where(API_KEYS.ACCOUNT_ID.eq(accountId).and(API_KEYS.REVOKED_AT.isNull()))
                .execute();
    }

    void deleteAll(DSLContext sql, UUID accountId) {
        sql.deleteFrom(API_KEYS).where(API_KEYS.ACCOUNT_ID.eq(accountId)).execute();
    }

    Optional<Held> find(DSLContext sql, byte[] digest) {
        return sql.select(API_KEYS.fields())
                .select(ACCOUNTS.USER_ID, ACCOUNTS.TIER)
                .from(API_KEYS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(API_KEYS.ACCOUNT_ID))
                .where(API_KEYS.SECRET_SHA256.eq(digest))
                .fetchOptional(
                        row -> new Held(key(row), row.get(ACCOUNTS.USER_ID), EnumNames.tier(row.get(ACCOUNTS.TIER))));
    }

    void used(DSLContext sql, UUID id, Instant now) {
        sql.update(API_KEYS)
                .set(API_KEYS.LAST_USED_AT, Times.utc(now))
                .where(API_KEYS.ID.eq(id))
                .execute();
    }

    private static Condition good(Instant now) {
        return API_KEYS.REVOKED_AT
                .isNull()
                .and(API_KEYS.EXPIRES_AT.isNull().or(API_KEYS.EXPIRES_AT.gt(Times.utc(now))));
    }

    static ApiKeyRow key(Record row) {
        return new ApiKeyRow(
                row.get(API_KEYS.ID),
                row.get(API_KEYS.ACCOUNT_ID),
                row.get(API_KEYS.NAME),
                row.get(API_KEYS.PREFIX),
                List.of(row.get(API_KEYS.SCOPES)),
                row.get(API_KEYS.CREATED_AT).toInstant(),
                Times.instant(row.get(API_KEYS.EXPIRES_AT)),
                Times.instant(row.get(API_KEYS.LAST_USED_AT)),
                Times.instant(row.get(API_KEYS.REVOKED_AT)));
    }

    static Origin origin(Record row) {
        return new Origin(row.get(API_KEYS.REQUEST_ID), row.get(API_KEYS.REQUEST_SHA256));
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
        return time == null ? null : Times.utc(time);
    }
}
