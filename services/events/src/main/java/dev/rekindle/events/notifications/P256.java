package dev.rekindle.events.notifications;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** Keys of the curve P-256 as web push writes them: a point uncompressed (65 bytes), a private number (32 bytes). */
final class P256 {
    static final int POINT_BYTES = 65;
    static final int NUMBER_BYTES = 32;

    private static final byte UNCOMPRESSED = 4;
    private static final ECParameterSpec CURVE = curve();

    private P256() {}

    private static ECParameterSpec curve() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no P-256.", e);
        }
    }

    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(CURVE);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no P-256.", e);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no point of the curve */
    static ECPublicKey point(byte[] bytes) {
        if (bytes.length != POINT_BYTES || bytes[0] != UNCOMPRESSED) {
            throw new IllegalArgumentException("A point of P-256 has 65 bytes, the first of them 4.");
        }
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(bytes, 1, 1 + NUMBER_BYTES));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(bytes, 1 + NUMBER_BYTES, POINT_BYTES));
        // A point beside the curve would let its sender learn of the other's key.
        BigInteger p = ((ECFieldFp) CURVE.getCurve().getField()).getP();
        BigInteger right = x.pow(3)
                .add(CURVE.getCurve().getA().multiply(x))
                .add(CURVE.getCurve().getB())
                .mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.pow(2).mod(p).equals(right)) {
            throw new IllegalArgumentException("The point is not on P-256.");
        }
        try {
            return (ECPublicKey)
                    KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), CURVE));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The bytes are no point of P-256.", e);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no private key */
    static ECPrivateKey number(byte[] bytes) {
        BigInteger number = new BigInteger(1, bytes);
        if (bytes.length != NUMBER_BYTES || number.signum() == 0 || number.compareTo(CURVE.getOrder()) >= 0) {
            throw new IllegalArgumentException("A private key of P-256 has 32 bytes and is below the curve's order.");
        }
        try {
            return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(number, CURVE));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The bytes are no private key of P-256.", e);
        }
    }

    static byte[] bytes(ECPublicKey key) {
        byte[] bytes = new byte[POINT_BYTES];
        bytes[0] = UNCOMPRESSED;
        put(key.getW().getAffineX(), bytes, 1);
        put(key.getW().getAffineY(), bytes, 1 + NUMBER_BYTES);
        return bytes;
    }

    static byte[] bytes(ECPrivateKey key) {
        byte[] bytes = new byte[NUMBER_BYTES];
        put(key.getS(), bytes, 0);
        return bytes;
    }

    private static void put(BigInteger number, byte[] to, int at) {
        byte[] bytes = number.toByteArray(); // one more byte for the sign, or fewer where the number is small
        int count = Math.min(bytes.length, NUMBER_BYTES);
        System.arraycopy(bytes, bytes.length - count, to, at + NUMBER_BYTES - count, count);
    }
}
