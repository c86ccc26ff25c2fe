package dev.rekindle.events.webhooks;

import dev.rekindle.platform.net.MessageSignature;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes secrets of endpoints. */
final class Signer {
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random;

    Signer(SecureRandom random) {
        this.random = random;
    }

    /** A new secret, as its owner is shown it. */
    String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return MessageSignature.SECRET_PREFIX + Base64.getEncoder().encodeToString(secret);
    }
}
