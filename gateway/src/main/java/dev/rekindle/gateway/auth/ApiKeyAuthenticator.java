package dev.rekindle.gateway.auth;

import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.VerifyApiKeyRequest;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * API keys of partners, verified by the credits service with each call, so that a key is refused from the moment it is
 * revoked, whichever gateway it was revoked through. Only a refusal is remembered, for ten seconds: a bad key never
 * becomes good again, and is asked about that seldom.
 */
public final class ApiKeyAuthenticator implements Authenticator {
    /** Why a key is refused for good. */
    private static final Set<Reason> NOT_GOOD = EnumSet.of(
            Reason.REASON_UNAUTHENTICATED,
            Reason.REASON_CREDENTIALS_EXPIRED,
            Reason.REASON_INVALID_REQUEST,
            Reason.REASON_NOT_FOUND);

    /** What every API key begins with. */
    static final String PREFIX = "rk_";

    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int REMEMBERED_MAX = 10_000;
    private static final int KEY_LENGTH_MAX = 256;
    private static final Duration CALL_MAX = Duration.ofSeconds(3);

    private final Channel credits;
    private final Ids ids;
    private final Remembered<Failure> refused;

    public ApiKeyAuthenticator(Channel credits, Clock clock, Ids ids) {
        this.credits = credits;
        this.ids = ids;
        this.refused = new Remembered<>(clock, REMEMBERED, REMEMBERED_MAX);
    }

    @Override
    public @Nullable Identity known(String key) {
        return null;
    }

    @Override
    public Identity authenticate(String key) {
        if (key.length() > KEY_LENGTH_MAX) {
            throw Failure.of(Reason.REASON_UNAUTHENTICATED, "The API key is not good.");
        }
        String hash = hash(key);
        Failure refusal = refused.find(hash);
        if (refusal != null) {
            throw refusal;
        }
        try {
            return verify(key);
        } catch (StatusRuntimeException e) {
            Failure lasting = lasting(Failures.of(e));
            refused.put(hash, lasting);
            throw lasting;
        }
    }

    private Identity verify(String key) {
        try {
            return identity(Exchange.ownContext(ids.next().toString(), Identity.service("gateway", Instant.MAX))
                    .call(() -> ApiKeysServiceGrpc.newBlockingStub(credits)
                            .withDeadlineAfter(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                            .verifyApiKey(VerifyApiKeyRequest.newBuilder()
                                    .setSecret(key)
                                    .build())));
        } catch (StatusRuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw Failures.of(e);
        }
    }

    /** The refusal to remember; trouble that passes is thrown instead. */
    private static Failure lasting(Failure failure) {
        if (NOT_GOOD.contains(failure.reason())) {
            return Failure.of(Reason.REASON_UNAUTHENTICATED, "The API key is not good: unknown, revoked or expired.")
                    .withDetail(failure.message(), failure);
        }
        if (failure.reason() == Reason.REASON_UNIMPLEMENTED) {
            return Failure.of(Reason.REASON_UNAUTHENTICATED, "API keys are not available on this server yet.");
        }
        throw failure;
    }

    private static Identity identity(VerifyApiKeyResponse answer) {
        Timestamp expiry = answer.getApiKey().getExpireTime();
        return new Identity(
                answer.getUserId(),
                Set.of(Role.ROLE_PARTNER),
                Set.copyOf(answer.getApiKey().getScopesList()),
                answer.getApiKey().hasExpireTime()
                        ? Instant.ofEpochSecond(expiry.getSeconds(), expiry.getNanos())
                        : Instant.MAX);
    }

    private static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }
}
