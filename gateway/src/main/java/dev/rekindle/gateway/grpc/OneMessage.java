package dev.rekindle.gateway.grpc;

import com.linecorp.armeria.common.HttpData;
import dev.rekindle.platform.rpc.Failure;

/**
 * The body of a call that takes one message: whatever follows it is refused. Armeria takes the first message of such a body
 * and drops the rest, which its sender would believe to be done.
 */
final class OneMessage {
    /** A byte that says whether the message is compressed, and four with its length. */
    private static final int HEADER_BYTES = 5;

    private static final int BASE64_CHARS = 4;

    private final boolean base64;
    private final byte[] group = new byte[BASE64_CHARS];
    private int groupFilled;
    private long received;
    private long length;

    /** @param base64 true for gRPC-Web text, whose body is base64, padded wherever its sender likes */
    OneMessage(boolean base64) {
        this.base64 = base64;
    }

    /**
     * Lets a piece of the body pass.
     *
     * @throws Failure INVALID_REQUEST if it has bytes behind the message
     */
    HttpData pass(HttpData piece) {
        byte[] bytes = piece.array();
        if (base64) {
            for (byte letter : bytes) {
                takeLetter(letter);
            }
        } else {
            int head = (int) Math.min(bytes.length, Math.max(0, HEADER_BYTES - received));
            for (int i = 0; i < head; i++) {
                take(bytes[i]);
            }
            received += bytes.length - head;
        }
        if (received > HEADER_BYTES && received > HEADER_BYTES + length) {
            throw Failure.invalid("", "One message was expected, and more came: this call takes no stream.");
        }
        return piece;
    }

    /** What is no base64 at all is refused by who reads the message. */
    private void takeLetter(byte letter) {
        group[groupFilled++] = letter;
        if (groupFilled < BASE64_CHARS) {
            return;
        }
        groupFilled = 0;
        int bits = 0;
        int padding = 0;
        for (byte one : group) {
            bits = (bits << 6) | value(one);
            padding += one == '=' ? 1 : 0;
        }
        for (int i = 0; i < 3 - padding; i++) {
            take((byte) (bits >> (16 - 8 * i)));
        }
    }

    private static int value(byte letter) {
        if (letter >= 'A' && letter <= 'Z') {
            return letter - 'A';
        }
        if (letter >= 'a' && letter <= 'z') {
            return letter - 'a' + 26;
        }
        if (letter >= '0' && letter <= '9') {
            return letter - '0' + 52;
        }
        return letter == '+' || letter == '-' ? 62 : letter == '/' || letter == '_' ? 63 : 0;
    }

    private void take(byte one) {
        if (received > 0 && received < HEADER_BYTES) {
            length = (length << 8) | (one & 0xff);
        }
        received++;
    }
}
