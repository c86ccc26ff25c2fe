package dev.rekindle.events;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.rekindle.events.v1.RegisterPushSubscriptionRequest;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/** The other end of web push: the keys of a browser's subscription, and reading what only it can read (RFC 8291, 8188). */
final class Browser {
    private static final Pattern AUTHORIZATION = Pattern.compile("vapid t=([^,]+), k=(\\S+)");

    private final KeyPair keys;
    private final byte[] auth = new byte[16];

    Browser() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        new SecureRandom().nextBytes(auth);
    }

    /** What the page sends when it subscribed. */
    RegisterPushSubscriptionRequest subscription(String endpoint) {
        return RegisterPushSubscriptionRequest.newBuilder()
                .setEndpoint(endpoint)
                .setP256Dh(ByteString.copyFrom(point()))
                .setAuth(ByteString.copyFrom(auth))
                .setLabel("Phone")
                .build();
    }

    private byte[] point() {
        ECPoint point = ((ECPublicKey) keys.getPublic()).getW();
        String hex = "04%064x%064x".formatted(point.getAffineX(), point.getAffineY());
        return HexFormat.of().parseHex(hex);
    }

    /** The message; throws where it is not for this browser. */
    JsonObject read(byte[] body) throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] salt = take(in, 16);
        int recordSize = in.getInt();
        byte[] sender = take(in, in.get());
        byte[] sealed = take(in, in.remaining());
        if (sealed.length > recordSize) {
            throw new GeneralSecurityException("More than one record");
        }
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(keys.getPrivate());
        ECPoint point = new ECPoint(
                new BigInteger(1, Arrays.copyOfRange(sender, 1, 33)),
                new BigInteger(1, Arrays.copyOfRange(sender, 33, 65)));
        agreement.doPhase(
                KeyFactory.getInstance("EC")
                        .generatePublic(new ECPublicKeySpec(point, ((ECPublicKey) keys.getPublic()).getParams())),
                true);
        byte[] prk = hmac(auth, agreement.generateSecret());
        byte[] ikm = hmac(prk, bytes("WebPush: info\0"), point(), sender, new byte[] {1});
        byte[] content = hmac(salt, ikm);
        byte[] key = Arrays.copyOf(hmac(content, bytes("Content-Encoding: aes128gcm\0"), new byte[] {1}), 16);
        byte[] nonce = Arrays.copyOf(hmac(content, bytes("Content-Encoding: nonce\0"), new byte[] {1}), 12);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        String text = new String(cipher.doFinal(sealed), StandardCharsets.UTF_8);
        if (text.charAt(text.length() - 1) != 2) {
            throw new GeneralSecurityException("No end of the last record");
        }
        return JsonParser.parseString(text.substring(0, text.length() - 1)).getAsJsonObject();
    }

    /** The claims under which a push service lets it in; throws where the signature is not by that key. */
    static JwtClaims claims(String authorization, String publicKey, String audience) throws Exception {
        Matcher parts = AUTHORIZATION.matcher(authorization);
        if (!parts.matches() || !publicKey.equals(parts.group(2))) {
            throw new AssertionError(authorization + " is not by " + publicKey);
        }
        byte[] point = Base64.getUrlDecoder().decode(publicKey);
        JsonObject jwk = new JsonObject();
        jwk.addProperty("kty", "EC");
        jwk.addProperty("crv", "P-256");
        jwk.addProperty("x", base64(Arrays.copyOfRange(point, 1, 33)));
        jwk.addProperty("y", base64(Arrays.copyOfRange(point, 33, 65)));
        return new JwtConsumerBuilder()
                .setVerificationKey(
                        PublicJsonWebKey.Factory.newPublicJwk(jwk.toString()).getKey())
                .setExpectedAudience(audience)
                .setRequireExpirationTime()
                .setRequireSubject()
                .build()
                .processToClaims(Objects.requireNonNull(parts.group(1)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] take(ByteBuffer in, int count) {
        byte[] taken = new byte[count];
        in.get(taken);
        return taken;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
