package dev.rekindle.gateway.auth;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import java.net.http.HttpClient;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of OpenID providers: signature by a key of the issuer, algorithm of an allow-list, issuer, audience and times.
 * Roles come from a claim; a token can make nobody a service of the mesh.
 */
public final class JwtAuthenticator implements Authenticator {
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.EDDSA);
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int REMEMBERED_MAX = 10_000;
    private static final int TOKEN_LENGTH_MAX = 8192;

    /** Where the keys of an issuer come from. */
    private interface Keys {
        @Nullable
        Key find(String keyId) throws InterruptedException;
    }

    private record Issuer(IssuerConfig config, Keys keys) {}

    private final Map<String, Issuer> issuers = new HashMap<>();
    private final Clock clock;
    private final Remembered<Identity> remembered;

    /** An authenticator for the providers, and for the embedded issuer where there is one. */
    public JwtAuthenticator(AuthConfig config, @Nullable EmbeddedIssuer embedded, HttpClient http, Clock clock) {
        this.clock = clock;
        this.remembered = new Remembered<>(clock, REMEMBERED, REMEMBERED_MAX);
        for (IssuerConfig issuer : config.issuers()) {
            issuers.put(issuer.issuer(), new Issuer(issuer, new IssuerKeys(issuer, http, clock)::find));
        }
        if (embedded != null) {
            IssuerConfig own = new IssuerConfig(
                    "embedded",
                    embedded.issuer(),
                    EmbeddedIssuer.AUDIENCE,
                    java.net.URI.create(""),
                    "roles",
                    "",
                    EmbeddedIssuer.AUDIENCE);
            issuers.put(embedded.issuer(), new Issuer(own, keyId -> embedded.publicKey()));
        }
    }

    @Override
    public @Nullable Identity known(String token) {
        Identity identity = remembered.find(token);
        return identity == null || !clock.instant().isBefore(identity.expiry()) ? null : identity;
    }

    @Override
    public Identity authenticate(String token) throws InterruptedException {
        if (token.length() > TOKEN_LENGTH_MAX) {
            throw refused("It has " + token.length() + " characters.", null);
        }
        try {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmConstraints(ALGORITHMS);
            signature.setCompactSerialization(token);
            JwtClaims claims = JwtClaims.parse(signature.getUnverifiedPayload());
            Issuer issuer = issuers.get(String.valueOf(claims.getIssuer()));
            if (issuer == null) {
                throw refused("Its issuer is not one of ours.", null);
            }
            Key key = issuer.keys().find(String.valueOf(signature.getKeyIdHeaderValue()));
            if (key == null) {
                throw refused("Its issuer has no such key.", null);
            }
            signature.setKey(key);
            if (!signature.verifySignature()) {
                throw refused("Its signature does not verify.", null);
            }
            Identity identity = identity(claims, issuer.config());
            remembered.put(token, identity);
            return identity;
        } catch (JoseException | InvalidJwtException | MalformedClaimException | IllegalArgumentException e) {
            throw refused("It cannot be read.", e);
        }
    }

    private Identity identity(JwtClaims claims, IssuerConfig issuer) throws MalformedClaimException {
        Instant now = clock.instant();
        if (!claims.hasAudience() || !claims.getAudience().contains(issuer.audience())) {
            throw refused("It is meant for another audience.", null);
        }
        NumericDate expiry = claims.getExpirationTime();
        if (expiry == null) {
            throw refused("It has no end.", null);
        }
        Instant end = Instant.ofEpochMilli(expiry.getValueInMillis());
        if (!now.isBefore(end.plus(SKEW))) {
            throw Failure.of(Reason.REASON_CREDENTIALS_EXPIRED, "The token has expired; sign in again.");
        }
        NumericDate start = claims.getNotBefore();
        if (start != null && now.plus(SKEW).isBefore(Instant.ofEpochMilli(start.getValueInMillis()))) {
            throw refused("It is not good yet.", null);
        }
        String subject = claims.getSubject();
        if (subject == null || subject.isBlank()) {
            throw refused("It names nobody.", null);
        }
        Set<Role> roles = TokenRoles.of(claims, issuer.rolesClaim());
        return new Identity(issuer.subjectPrefix() + subject, roles, null, end.plus(SKEW));
    }

    private static Failure refused(String detail, @Nullable Throwable cause) {
        return Failure.of(Reason.REASON_UNAUTHENTICATED, "The token is not good: sign in again.")
                .withDetail(detail, cause);
    }
}
