package dev.rekindle.events.notifications;

import dev.rekindle.platform.config.Secret;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which push services know this server (RFC 8292). Subscriptions are bound to them: with other keys every
 * browser must subscribe anew.
 */
public final class VapidKeys {
    private static final Duration TOKEN_LIFE = Duration.ofHours(12);
    private static final Duration TOKEN_REUSE = Duration.ofHours(1);
    private static final int TOKENS_MAX = 1_000;

    private record Token(String header, Instant renewal) {}

    private final ECPrivateKey privateKey;
    private final String publicKey;
    private final String subject;
    private final Clock clock;
    private final Map<String, Token> tokens = new LinkedHashMap<>();

    private VapidKeys(ECPrivateKey privateKey, String publicKey, String subject, Clock clock) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.subject = subject;
        this.clock = clock;
    }

    /** A pair as the settings want it. */
    public record Pair(String publicKey, String privateKey) {}

    /** A new pair. */
    public static Pair generate() {
        KeyPair keys = P256.generate();
        return new Pair(encode(P256.bytes((ECPublicKey) keys.getPublic())), encode(P256.bytes((ECPrivateKey)
                keys.getPrivate())));
    }

    /** Null if the two are a pair, else what is wrong. */
    static @Nullable String problem(String publicKey, Secret privateKey) {
        try {
            ECPublicKey point = P256.point(decode(publicKey));
            byte[] probe = {1, 2, 3};
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(P256.number(decode(privateKey.reveal())));
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(point);
            signature.update(probe);
            return signature.verify(signed) ? null : "does not belong to push.public_key.";
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return "and push.public_key are no keys of P-256 in base64url (32 and 65 bytes).";
        }
    }

    static VapidKeys of(NotificationsConfig.Push config, Clock clock) {
        return new VapidKeys(
                P256.number(decode(config.privateKey().reveal())), config.publicKey(), config.subject(), clock);
    }

    /** As a browser wants it for a subscription. */
    String publicKey() {
        return publicKey;
    }

    /** The value of {@code Authorization} for a push service; the same for an hour, as the services ask. */
    synchronized String authorization(URI endpoint) {
        String port = endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort();
        String audience = endpoint.getScheme() + "://" + endpoint.getHost() + port;
        Instant now = clock.instant();
        Token known = tokens.get(audience);
        if (known != null && now.isBefore(known.renewal())) {
            return known.header();
        }
        if (tokens.size() >= TOKENS_MAX) {
            tokens.clear(); // whoever registers a thousand hosts only makes us sign again
        }
        String header = "vapid t=" + sign(audience, now) + ", k=" + publicKey;
        tokens.put(audience, new Token(header, now.plus(TOKEN_REUSE)));
        return header;
    }

    private String sign(String audience, Instant now) {
        JwtClaims claims = new JwtClaims();
        claims.setAudience(audience);
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(now.plus(TOKEN_LIFE).toEpochMilli()));
        claims.setSubject(subject);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(privateKey);
        signature.setHeader("typ", "JWT");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("A push could not be signed.", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
