package dev.rekindle.platform.rpc;

import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Ed25519 keys of one process: its own, to vouch for identities, and those it trusts, by name of their process.
 *
 * @param name this process, for example "gateway" or "jobs"
 */
public record IdentityKeys(String name, PrivateKey own, Map<String, PublicKey> trusted) {

    /** Reads {@code identity.private_key} (base64 PKCS #8) and {@code identity.trusted_keys} (name:base64 X.509, …). */
    public static IdentityKeys from(String name, Settings settings) {
        Settings identity = settings.under("identity");
        Secret privateKey = identity.secret("private_key", "");
        PrivateKey own = privateKey(privateKey, identity);
        Map<String, PublicKey> trusted = new HashMap<>();
        for (String entry : identity.list("trusted_keys", List.of())) {
            int colon = entry.indexOf(':');
            try {
                trusted.put(entry.substring(0, Math.max(colon, 0)), decodePublic(entry.substring(colon + 1)));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                identity.problem("trusted_keys", "holds \"" + entry + "\"; expected name:base64 of an Ed25519 key.");
            }
        }
        return new IdentityKeys(name, own, Map.copyOf(trusted));
    }

    private static PrivateKey privateKey(Secret key, Settings identity) {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key.reveal())));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            identity.problem(
                    "private_key",
                    key.isEmpty()
                            ? "is missing; expected the base64 of an Ed25519 key in PKCS #8."
                            : "is not the base64 of an Ed25519 key in PKCS #8.");
            return generate().getPrivate();
        }
    }

    /** A new pair of keys. */
    public static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no Ed25519.", e);
        }
    }

    /** A key as text: PKCS #8 or X.509 in base64. */
    public static String encode(java.security.Key key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    private static PublicKey decodePublic(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}
