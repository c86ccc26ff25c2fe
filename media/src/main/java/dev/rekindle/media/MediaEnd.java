package dev.rekindle.media;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Whether a picture goes on to its end. Decoders paint what is missing grey and call it a picture; a photo cut off half
 * way is to be refused instead. JPEG and PNG mark their end; WebP and BMP tell their size, which {@link MediaHeader} holds
 * against the file's; of the other types a missing end is found by decoding.
 */
public final class MediaEnd {
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int PNG_SIGNATURE_BYTES = 8;
    private static final int PIECE_BYTES = 8 << 10;
    private static final int IEND = 0x49454e44;

    private MediaEnd() {}

    /**
     * Reads a whole picture, or up to where its end is marked. Nothing is skipped, so that the stream may be one that
     * digests or counts.
     *
     * @param in from the first byte; should be buffered
     * @throws Failure CORRUPT_MEDIA if the file ends first
     */
    public static void require(MediaType type, InputStream in) throws IOException {
        try {
            if (type == MediaType.MEDIA_TYPE_JPEG) {
                jpeg(in);
            } else if (type == MediaType.MEDIA_TYPE_PNG) {
                png(in);
            }
        } catch (EOFException e) {
            String name = type == MediaType.MEDIA_TYPE_JPEG ? "JPEG" : "PNG";
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    "The " + name + " ends in the middle of its picture; the file is truncated.");
        }
    }

    private static void png(InputStream in) throws IOException {
        pass(in, PNG_SIGNATURE_BYTES);
        int type = 0;
        while (type != IEND) {
            long length = Integer.toUnsignedLong(int32(in));
            type = int32(in);
            pass(in, length + Integer.BYTES); // with its checksum
        }
    }

    private static void jpeg(InputStream in) throws IOException {
        pass(in, 2);
        int marker = marker(in);
        while (marker != EOI) {
            if (!standsAlone(marker)) {
                int length = next(in) << 8 | next(in);
                pass(in, length - 2);
            }
            marker = marker == SOS ? afterScan(in) : marker(in);
        }
    }

    private static boolean standsAlone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    }

    private static int marker(InputStream in) throws IOException {
        int b = next(in);
        while (b != 0xff) {
            b = next(in);
        }
        while (b == 0xff) {
            b = next(in);
        }
        return b;
    }

    /** The first marker after coded data that is neither a stuffed 255 nor a restart. */
    private static int afterScan(InputStream in) throws IOException {
        while (true) {
            int found = marker(in);
            boolean data = found == 0 || (found >= 0xd0 && found <= 0xd7);
            if (!data) {
                return found;
            }
        }
    }

    /** Reads what a skip would leave out: a digest of all that goes by must see it. */
    private static void pass(InputStream in, long count) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (long left = count; left > 0; ) {
            int read = in.read(piece, 0, (int) Math.min(left, PIECE_BYTES));
            if (read < 0) {
                throw new EOFException();
            }
            left -= read;
        }
    }

    private static int int32(InputStream in) throws IOException {
        return next(in) << 24 | next(in) << 16 | next(in) << 8 | next(in);
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }
}
