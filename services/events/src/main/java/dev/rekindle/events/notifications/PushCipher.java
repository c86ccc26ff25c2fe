package dev.rekindle.events.notifications;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts what only one browser can read: RFC 8291 over aes128gcm of RFC 8188, one record. */
final class PushCipher {
    static final int SALT_BYTES = 16;

    private static final int RECORD_BYTES = 4096;
    private static final int TAG_BYTES = 16;
    private static final int HEADER_BYTES = SALT_BYTES + 4 + 1 + P256.POINT_BYTES;
    /** What every push service takes (RFC 8030, 7.2), less header, tag and delimiter. */
    static final int TEXT_BYTES_MAX = RECORD_BYTES - HEADER_BYTES - TAG_BYTES - 1;

    private static final byte LAST_RECORD = 2;

    private PushCipher() {}

    /**
     * The body of a push request.
     *
     * @param browser the subscription's p256dh
     * @param auth the subscription's auth
     * @param once a pair of keys used for this message alone
     * @param salt random, used for this message alone
     */
    static byte[] encrypt(byte[] text, byte[] browser, byte[] auth, KeyPair once, byte[] salt) {
        if (text.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("A push message has at most " + TEXT_BYTES_MAX + " bytes.");
        }
        try {
            byte[] own = P256.bytes((ECPublicKey) once.getPublic());
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(once.getPrivate());
            agreement.doPhase(P256.point(browser), true);
            byte[] info = join("WebPush: info\0".getBytes(StandardCharsets.US_ASCII), browser, own);
            byte[] key = derive(auth, agreement.generateSecret(), info, 32);
            byte[] contentKey =
                    derive(salt, key, "Content-Encoding: aes128gcm\0".getBytes(StandardCharsets.US_ASCII), 16);
            byte[] nonce = derive(salt, key, "Content-Encoding: nonce\0".getBytes(StandardCharsets.US_ASCII), 12);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(contentKey, "AES"),
                    new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
            byte[] sealed = cipher.doFinal(join(text, new byte[] {LAST_RECORD}));
            return ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                    .put(salt)
                    .putInt(RECORD_BYTES)
                    .put((byte) own.length)
                    .put(own)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK cannot encrypt for web push.", e);
        }
    }

    private static byte[] derive(byte[] salt, byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        return KDF.getInstance("HKDF-SHA256")
                .deriveData(HKDFParameterSpec.ofExtract()
                        .addSalt(salt)
                        .addIKM(secret)
                        .thenExpand(info, length));
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }
}
