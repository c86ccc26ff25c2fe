package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** Makes, shows, revokes and recognises the keys of users. */
final class ApiKeys {
    /** How exactly the last use is kept, so that a busy key is not a row written with each call. */
    static final Duration USE_EXACT_TO = Duration.ofMinutes(1);

    /** Keys that are good no more and are still shown. */
    static final int ENDED_SHOWN_MAX = 50;

    /** What a new key shall be. */
    record Wish(String name, List<String> scopes, @Nullable Instant expiresAt, ApiKeyStore.Origin origin) {}

    /** A key and, the one time it is shown, its secret. */
    record Made(ApiKeyRow key, @Nullable ApiKeySecret secret) {}

    private final Database database;
    private final AccountStore accounts;
    private final ApiKeyStore keys;
    private final ApiKeysConfig config;
    private final Ids ids;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ApiKeys(Database database, AccountStore accounts, ApiKeyStore keys, ApiKeysConfig config, Ids ids, Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        this.config = config;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Makes a key. The same request again answers the key it made, without the secret: that is nowhere any more.
     *
     * @throws Failure INVALID_REQUEST if a scope opens nothing or it would expire in the past; STATE_CONFLICT if the user
     *     has as many good keys as may be, or is being erased; IDEMPOTENCY_CONFLICT if the request id was used for another key
     */
    Made create(Account account, Wish wish) {
        Instant now = Times.now(clock);
        KeyScopes.check(wish.scopes());
        refuseBadExpiry(wish.expiresAt(), now);
        return database.transact(sql -> {
            accounts.lock(sql, account.id()).requireOpen();
            Optional<Record> first = wish.origin().requestId().isEmpty()
                    ? Optional.empty()
                    : keys.ofRequest(sql, account.id(), wish.origin().requestId());
            return first.isPresent() ? repeat(first.get(), wish) : make(sql, account, wish, now);
        });
    }

    private static Made repeat(Record first, Wish wish) {
        if (!ApiKeyStore.origin(first).equals(wish.origin())) {
            throw Failure.of(
                    Reason.REASON_IDEMPOTENCY_CONFLICT,
                    "The request id " + wish.origin().requestId() + " was used for another key; use a new one.");
        }
        return new Made(ApiKeyStore.key(first), null);
    }

    private Made make(DSLContext sql, Account account, Wish wish, Instant now) {
        int good = keys.countGood(sql, account.id(), now);
        if (good >= config.activeMax()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "You have " + good + " API keys and at most " + config.activeMax()
                            + " can be good at once; revoke one first.");
        }
        ApiKeySecret secret = ApiKeySecret.random(random);
        ApiKeyRow key = new ApiKeyRow(
                ids.next(),
                account.id(),
                wish.name(),
                secret.prefix(),
                wish.scopes(),
                now,
                wish.expiresAt(),
                null,
                null);
        keys.insert(sql, key, secret.digest(), wish.origin());
        keys.forgetEnded(sql, account.id(), now, ENDED_SHOWN_MAX);
        return new Made(key, secret);
    }

    private void refuseBadExpiry(@Nullable Instant expiresAt, Instant now) {
        if (expiresAt == null) {
            return;
        }
        Instant last = now.plus(config.lifeMax());
        if (!expiresAt.isAfter(now) || expiresAt.isAfter(last)) {
            throw Failure.invalid(
                    "expire_time", "is " + expiresAt + "; expected a time after " + now + " and at most " + last + ".");
        }
    }

    /** Newest first: the good ones, and some that are good no more. */
    List<ApiKeyRow> list(Account account) {
        return database.query(sql -> keys.list(sql, account.id()));
    }

    /**
     * Ends a key at once.
     *
     * @throws Failure NOT_FOUND if it is not the account's
     */
    void revoke(Account account, UUID id) {
        if (!database.query(sql -> keys.revoke(sql, account.id(), id, Times.now(clock)))) {
            throw Failure.notFound("API key", id);
        }
    }

    /**
     * Who holds a secret.
     *
     * @throws Failure UNAUTHENTICATED if nobody does or the key is revoked, CREDENTIALS_EXPIRED if it has expired
     */
    ApiKeyStore.Held verify(String secret) {
        Instant now = Times.now(clock);
        ApiKeyStore.Held held = database.query(sql -> keys.find(sql, new ApiKeySecret(secret).digest()))
                .orElseThrow(() -> Failure.of(Reason.REASON_UNAUTHENTICATED, "This API key is not known."));
        ApiKeyRow key = held.key();
        if (key.revokedAt() != null) {
            throw Failure.of(Reason.REASON_UNAUTHENTICATED, "This API key was revoked at " + key.revokedAt() + ".");
        }
        if (!key.isGood(now)) {
            throw Failure.of(Reason.REASON_CREDENTIALS_EXPIRED, "This API key expired at " + key.expiresAt() + ".");
        }
        Instant last = key.lastUsedAt();
        if (last == null || !now.isBefore(last.plus(USE_EXACT_TO))) {
            database.query(sql -> {
                keys.used(sql, key.id(), now);
                return true;
            });
        }
        return held;
    }
}
