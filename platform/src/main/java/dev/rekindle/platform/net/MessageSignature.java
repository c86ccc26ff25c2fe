package dev.rekindle.platform.net;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures of messages we post, by the Standard Webhooks convention: HMAC-SHA256 over id, time and body. */
public final class MessageSignature {
    /** What a secret begins with; base64 follows. */
    public static final String SECRET_PREFIX = "whsec_";

    private static final String ALGORITHM = "HmacSHA256";
    private static final String VERSION = "v1,";
    private static final int SECRET_BYTES_MIN = 24;

    private MessageSignature() {}

    /** The value of {@code webhook-signature}: one signature a secret, separated by spaces. */
    public static String sign(List<String> secrets, String id, Instant time, String body) {
        byte[] content = (id + "." + time.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8);
        return secrets.stream().map(secret -> VERSION + sign(secret, content)).collect(Collectors.joining(" "));
    }

    /** True if a text can be a secret: the prefix, and base64 of at least 24 bytes. */
    public static boolean isSecret(String text) {
        try {
            return text.startsWith(SECRET_PREFIX) && keyOf(text).length >= SECRET_BYTES_MIN;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] keyOf(String secret) {
        return Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
    }

    private static String sign(String secret, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(keyOf(secret), ALGORITHM));
            return Base64.getEncoder().encodeToString(mac.doFinal(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no " + ALGORITHM, e);
        }
    }
}
