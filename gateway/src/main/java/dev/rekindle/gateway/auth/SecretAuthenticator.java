package dev.rekindle.gateway.auth;

import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.VerifyApiKeyRequest;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.VerifyHandoffRequest;
import dev.rekindle.jobs.v1.VerifyHandoffResponse;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Secrets this mesh gave out itself: API keys of partners, and tokens of hand-overs. The service that gave one out is asked
 * with each call, so that it is refused from the moment it ends, whichever gateway that came through. Only a refusal is
 * remembered, for ten seconds: a bad secret never becomes good again, and is asked about that seldom.
 */
public final class SecretAuthenticator implements Authenticator {
    /** What every API key begins with. */
    static final String API_KEY = "rk_";

    /** What every token of a hand-over begins with. */
    static final String HANDOFF = "rkh_";

    /** Why a secret is refused for good. */
    private static final Set<Reason> NOT_GOOD = EnumSet.of(
            Reason.REASON_UNAUTHENTICATED,
            Reason.REASON_CREDENTIALS_EXPIRED,
            Reason.REASON_INVALID_REQUEST,
            Reason.REASON_NOT_FOUND);

    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int REMEMBERED_MAX = 10_000;
    private static final int LENGTH_MAX = 256;
    private static final Duration CALL_MAX = Duration.ofSeconds(3);

    private final String refusal;
    private final Function<String, Identity> giver;
    private final Ids ids;
    private final Remembered<Failure> refused;

    private SecretAuthenticator(String refusal, Function<String, Identity> giver, Clock clock, Ids ids) {
        this.refusal = refusal;
        this.giver = giver;
        this.ids = ids;
        this.refused = new Remembered<>(clock, REMEMBERED, REMEMBERED_MAX);
    }

    /** Secrets by what they begin with. */
    public static Map<String, Authenticator> all(Channel credits, Channel jobs, Clock clock, Ids ids) {
        return Map.of(
                API_KEY,
                new SecretAuthenticator(
                        "The API key is not good: unknown, revoked or expired.",
                        key -> apiKey(credits, key),
                        clock,
                        ids),
                HANDOFF,
                new SecretAuthenticator(
                        "This device may no longer upload here: the hand-over has ended. Show a new code on the other"
                                + " screen.",
                        token -> handoff(jobs, token),
                        clock,
                        ids));
    }

    @Override
    public @Nullable Identity known(String secret) {
        return null;
    }

    @Override
    public Identity authenticate(String secret) {
        if (secret.length() > LENGTH_MAX) {
            throw Failure.of(Reason.REASON_UNAUTHENTICATED, refusal);
        }
        String hash = hash(secret);
        Failure known = refused.find(hash);
        if (known != null) {
            throw known;
        }
        try {
            return Exchange.ownContext(ids.next().toString(), Identity.service("gateway", Instant.MAX))
                    .call(() -> giver.apply(secret));
        } catch (StatusRuntimeException e) {
            Failure lasting = lasting(Failures.of(e));
            refused.put(hash, lasting);
            throw lasting;
        } catch (Exception e) {
            throw Failures.of(e);
        }
    }

    private static Identity apiKey(Channel credits, String key) {
        VerifyApiKeyResponse answer = ApiKeysServiceGrpc.newBlockingStub(credits)
                .withDeadlineAfter(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .verifyApiKey(VerifyApiKeyRequest.newBuilder().setSecret(key).build());
        return new Identity(
                answer.getUserId(),
                Set.of(Role.ROLE_PARTNER),
                Set.copyOf(answer.getApiKey().getScopesList()),
                answer.getApiKey().hasExpireTime() ? instant(answer.getApiKey().getExpireTime()) : Instant.MAX);
    }

    private static Identity handoff(Channel jobs, String token) {
        VerifyHandoffResponse answer = PhotosServiceGrpc.newBlockingStub(jobs)
                .withDeadlineAfter(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .verifyHandoff(VerifyHandoffRequest.newBuilder().setToken(token).build());
        return Identity.handoff(answer.getUserId(), answer.getHandoffId(), instant(answer.getExpireTime()));
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    /** The refusal to remember; trouble that passes is thrown instead. */
    private Failure lasting(Failure failure) {
        if (NOT_GOOD.contains(failure.reason())) {
            return Failure.of(Reason.REASON_UNAUTHENTICATED, refusal).withDetail(failure.message(), failure);
        }
        if (failure.reason() == Reason.REASON_UNIMPLEMENTED) {
            return Failure.of(Reason.REASON_UNAUTHENTICATED, "Such keys are not available on this server yet.");
        }
        throw failure;
    }

    private static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }
}
