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
 * against the file's; of the other types a missing end is found by decoding. On the way the scans of a JPEG are counted:
 * decoders go over the whole picture for each, and one takes a few bytes.
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
     * @param in from the first byte; is read on beyond the end by some kilobytes
     * @throws Failure CORRUPT_MEDIA if the file ends first, TOO_MANY_PIXELS if it has more than
     *     {@link MediaLimits#SCANS_MAX} scans
     */
    public static void require(MediaType type, InputStream in) throws IOException {
        Bytes bytes = new Bytes(in);
        try {
            if (type == MediaType.MEDIA_TYPE_JPEG) {
                jpeg(bytes);
            } else if (type == MediaType.MEDIA_TYPE_PNG) {
                png(bytes);
            }
        } catch (EOFException e) {
            String name = type == MediaType.MEDIA_TYPE_JPEG ? "JPEG" : "PNG";
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    "The " + name + " ends in the middle of its picture; the file is truncated.");
        }
    }

    private static void png(Bytes in) throws IOException {
        in.pass(PNG_SIGNATURE_BYTES);
        int type = 0;
        while (type != IEND) {
            long length = Integer.toUnsignedLong(in.int32());
            type = in.int32();
            in.pass(length + Integer.BYTES); // with its checksum
        }
    }

    private static void jpeg(Bytes in) throws IOException {
        in.pass(2);
        int scans = 0;
        int marker = marker(in);
        while (marker != EOI) {
            scans += marker == SOS ? 1 : 0;
            if (!standsAlone(marker)) {
                int length = in.next() << 8 | in.next();
                in.pass(length - 2);
            }
            marker = marker == SOS ? afterScan(in) : marker(in);
        }
        if (scans > MediaLimits.SCANS_MAX) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The JPEG has " + scans + " scans; at most " + MediaLimits.SCANS_MAX + " are allowed.");
        }
    }

    private static boolean standsAlone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    }

    private static int marker(Bytes in) throws IOException {
        int b = in.next();
        while (b != 0xff) {
            b = in.next();
        }
        while (b == 0xff) {
            b = in.next();
        }
        return b;
    }

    /** The first marker after coded data that is neither a stuffed 255 nor a restart. */
    private static int afterScan(Bytes in) throws IOException {
        while (true) {
            int found = marker(in);
            boolean data = found == 0 || (found >= 0xd0 && found <= 0xd7);
            if (!data) {
                return found;
            }
        }
    }

    /** A stream by its single bytes. Most of a picture goes by so, and streams of the JDK take a lock for each. */
    private static final class Bytes {
        private final InputStream in;
        private final byte[] piece = new byte[PIECE_BYTES];
        private int at;
        private int end;

        Bytes(InputStream in) {
            this.in = in;
        }

        int next() throws IOException {
            if (at == end) {
                fill();
            }
            return piece[at++] & 0xff;
        }

        int int32() throws IOException {
            return next() << 24 | next() << 16 | next() << 8 | next();
        }

        /** Reads what a skip would leave out: a digest of all that goes by must see it. */
        void pass(long count) throws IOException {
            for (long left = count; left > 0; ) {
                if (at == end) {
                    fill();
                }
                int passed = (int) Math.min(left, end - at);
                at += passed;
                left -= passed;
            }
        }

        private void fill() throws IOException {
            int read = in.read(piece, 0, PIECE_BYTES);
            if (read <= 0) {
                throw new EOFException();
            }
            at = 0;
            end = read;
        }
    }
}
