package dev.rekindle.platform.net;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A range of addresses that share their first bits.
 *
 * @param prefixBits how many
 */
public record Network(InetAddress first, int prefixBits) {

    /**
     * The network of a text such as {@code 10.0.0.0/8} or {@code fc00::/7}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(text);
        }
        InetAddress first = InetAddress.ofLiteral(text.substring(0, slash));
        int prefixBits = Integer.parseInt(text.substring(slash + 1));
        if (prefixBits < 0 || prefixBits > first.getAddress().length * Byte.SIZE) {
            throw new IllegalArgumentException(text);
        }
        return new Network(first, prefixBits);
    }

    /** True if the address lies in this network. */
    public boolean has(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        if (!Arrays.equals(own, 0, whole, other, 0, whole)) {
            return false;
        }
        int rest = prefixBits % Byte.SIZE;
        return rest == 0 || ((own[whole] ^ other[whole]) & 0xff) >> (Byte.SIZE - rest) == 0;
    }
}
