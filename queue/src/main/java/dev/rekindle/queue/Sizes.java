package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;

/** The limits of what the queue carries. */
final class Sizes {
    private Sizes() {}

    static void check(String what, ByteString bytes, int bytesMax) {
        if (bytes.size() > bytesMax) {
            throw Failure.of(
                    Reason.REASON_TOO_LARGE,
                    "The " + what + " has " + bytes.size() + " bytes; expected at most " + bytesMax + ".");
        }
    }
}
