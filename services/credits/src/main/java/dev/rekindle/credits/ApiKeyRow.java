package dev.rekindle.credits;

import dev.rekindle.credits.v1.ApiKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: everything but its secret.
 *
 * @param prefix the secret's first characters, by which people tell keys apart
 * @param expiresAt null: never
 */
record ApiKeyRow(
        UUID id,
        UUID accountId,
        String name,
        String prefix,
        List<String> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt,
        @Nullable Instant revokedAt) {

    /** True while calls may be made with it. */
    boolean isGood(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** The key as the contract has it. */
    ApiKey toMessage(int callsPerMinute) {
        ApiKey.Builder message = ApiKey.newBuilder()
                .setId(id.toString())
                .setName(name)
                .setPrefix(prefix)
                .addAllScopes(scopes)
                .setCallsPerMinute(callsPerMinute)
                .setCreateTime(Times.message(createdAt));
        if (expiresAt != null) {
            message.setExpireTime(Times.message(expiresAt));
        }
        if (lastUsedAt != null) {
            message.setLastUsedTime(Times.message(lastUsedAt));
        }
        if (revokedAt != null) {
            message.setRevokeTime(Times.message(revokedAt));
        }
        return message.build();
    }
}
