package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/**
 * Identities as signed tokens between processes: a JWS with EdDSA, good for a minute, and half a minute more because clocks
 * differ. The gateway may vouch for anyone,
 * every other process only for itself. Both directions are remembered for as long as a token lives, so that signing and
 * verifying cost next to nothing on a busy connection.
 */
public final class IdentityTokens {
    static final Duration LIFETIME = Duration.ofSeconds(60);
    /** By how much the clocks of two processes may differ. */
    static final Duration SKEW = Duration.ofSeconds(30);

    private static final String GATEWAY = "gateway";
    private static final int REMEMBERED_MAX = 10_000;

    private record Signed(String token, Instant renewal) {}

    private record Verified(Identity identity, Instant expiry) {}

    private final IdentityKeys keys;
    private final Clock clock;
    private final Map<Identity, Signed> signed = bounded();
    private final Map<String, Verified> verified = bounded();

    public IdentityTokens(IdentityKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** A token for this process itself. */
    public String own() {
        return sign(Identity.service(keys.name(), Instant.MAX));
    }

    /** A token for an identity this process vouches for. */
    public String sign(Identity identity) {
        Instant now = clock.instant();
        Signed known = signed.get(identity);
        if (known != null && now.isBefore(known.renewal())) {
            return known.token();
        }
        String token = token(identity, now);
        signed.put(identity, new Signed(token, now.plus(LIFETIME.dividedBy(2))));
        return token;
    }

    private String token(Identity identity, Instant now) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(keys.name());
        claims.setSubject(identity.subject());
        claims.setExpirationTime(NumericDate.fromMilliseconds(now.plus(LIFETIME).toEpochMilli()));
        claims.setStringListClaim(
                "roles", identity.roles().stream().map(Role::name).toList());
        Set<String> scopes = identity.scopes();
        if (scopes != null) {
            claims.setStringListClaim("scopes", List.copyOf(scopes));
        }
        if (!identity.expiry().equals(Instant.MAX)) {
            claims.setClaim("credentials_exp", identity.expiry().getEpochSecond());
        }
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(keys.own());
        signature.setKeyIdHeaderValue(keys.name());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw Failure.internal("An identity could not be signed.", e);
        }
    }

    /**
     * The identity a token stands for.
     *
     * @throws Failure UNAUTHENTICATED if the token is not of a trusted process, has expired, or claims what its process
     *     may not
     */
    public Identity verify(String token) {
        Instant now = clock.instant();
        Verified known = verified.get(token);
        if (known != null && now.isBefore(known.expiry())) {
            return known.identity();
        }
        try {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmConstraints(
                    new AlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA));
            signature.setCompactSerialization(token);
            String issuer = String.valueOf(signature.getKeyIdHeaderValue());
            PublicKey key = keys.trusted().get(issuer);
            if (key == null) {
                throw refused("The process " + issuer + " is not trusted.", null);
            }
            signature.setKey(key);
            if (!signature.verifySignature()) {
                throw refused("The signature does not verify.", null);
            }
            JwtClaims claims = JwtClaims.parse(signature.getPayload());
            Instant expiry = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis())
                    .plus(SKEW);
            if (!now.isBefore(expiry)) {
                throw refused("The identity has expired.", null);
            }
            Identity identity = identity(claims, issuer);
            verified.put(token, new Verified(identity, expiry));
            return identity;
        } catch (JoseException | InvalidJwtException | MalformedClaimException | IllegalArgumentException e) {
            throw refused("The identity cannot be read.", e);
        }
    }

    private static Identity identity(JwtClaims claims, String issuer) throws MalformedClaimException {
        Set<Role> roles = claims.getStringListClaimValue("roles").stream()
                .map(Role::valueOf)
                .collect(Collectors.toSet());
        String subject = claims.getSubject();
        boolean itself = roles.equals(Set.of(Role.ROLE_INTERNAL)) && subject.equals(issuer);
        if (!issuer.equals(GATEWAY) && !itself) {
            throw refused("The process " + issuer + " may vouch only for itself.", null);
        }
        Set<String> scopes = claims.hasClaim("scopes") ? Set.copyOf(claims.getStringListClaimValue("scopes")) : null;
        Instant expiry = claims.hasClaim("credentials_exp")
                ? Instant.ofEpochSecond(claims.getClaimValue("credentials_exp", Long.class))
                : Instant.MAX;
        return new Identity(subject, roles, scopes, expiry);
    }

    private static Failure refused(String detail, @org.jspecify.annotations.Nullable Throwable cause) {
        return Failure.of(Reason.REASON_UNAUTHENTICATED, "The identity of the caller does not verify.")
                .withDetail(detail, cause);
    }

    private static <K, V> Map<K, V> bounded() {
        return java.util.Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED_MAX;
            }
        });
    }
}
