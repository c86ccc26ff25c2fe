package dev.rekindle.gateway.auth;

import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * An OpenID issuer for development: signs a token for any name. RSA, because from such a private key the public one
 * follows: one setting is enough, and tokens outlive a restart.
 */
public final class EmbeddedIssuer {
    /** The "aud" of its tokens. */
    public static final String AUDIENCE = "rekindle";

    private static final String KEY_ID = "embedded";
    private static final int KEY_BITS = 2048;
    private static final int MODULUS_BITS_MIN = 2048;

    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final String issuer;
    private final Clock clock;

    /**
     * An issuer with a key.
     *
     * @throws IllegalArgumentException if the key is not the base64 of an RSA key in PKCS #8
     */
    public EmbeddedIssuer(Secret key, String issuer, Clock clock) {
        RSAPrivateCrtKey read = read(key.reveal());
        this.privateKey = read;
        this.publicKey = publicKey(read);
        this.issuer = issuer;
        this.clock = clock;
    }

    /** A new key for {@code auth.embedded.private_key}: PKCS #8 in base64. */
    public static String newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            return Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no RSA.", e);
        }
    }

    static boolean isKey(String text) {
        try {
            read(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static RSAPrivateCrtKey read(String text) {
        try {
            PrivateKey key = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
            if (key instanceof RSAPrivateCrtKey rsa && rsa.getModulus().bitLength() >= MODULUS_BITS_MIN) {
                return rsa;
            }
            throw new IllegalArgumentException("The key is too short.");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The key is no RSA key in PKCS #8.", e);
        }
    }

    private static PublicKey publicKey(RSAPrivateCrtKey key) {
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The key has no public part.", e);
        }
    }

    /** The "iss" of its tokens. */
    public String issuer() {
        return issuer;
    }

    PublicKey publicKey() {
        return publicKey;
    }

    /** A token for a user with these roles, good for that long. */
    public String token(String user, Set<Role> roles, Duration life) {
        Instant now = clock.instant();
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience(AUDIENCE);
        claims.setSubject(user);
        claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
        claims.setExpirationTime(NumericDate.fromMilliseconds(now.plus(life).toEpochMilli()));
        claims.setStringListClaim(
                "roles",
                roles.stream()
                        .map(role -> role.name().substring("ROLE_".length()).toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(privateKey);
        signature.setKeyIdHeaderValue(KEY_ID);
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw Failure.internal("A token could not be signed.", e);
        }
    }

    /** Its public key as a JSON Web Key Set. */
    public String keySet() {
        try {
            PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(publicKey);
            key.setKeyId(KEY_ID);
            key.setUse("sig");
            key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
            return new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        } catch (JoseException e) {
            throw Failure.internal("The key cannot be shown.", e);
        }
    }
}
