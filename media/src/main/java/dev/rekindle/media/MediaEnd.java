package dev.rekindle.media;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Whether a picture goes on to its end. Decoders paint what is missing grey and call it a picture; a photo cut off half
 * way is to be refused instead. JPEG and PNG mark their end; WebP and BMP tell their size, which {@link MediaHeader} holds
 * against the file's; of the other types a missing end is found by decoding. On the way the scans of a JPEG are counted:
 * decoders go over the whole picture for each, and one takes a few bytes. So is what was coded, which must be enough for the
 * pixels that the header claims.
 */
public final class MediaEnd {
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int SOF_FIRST = 0xc0;
    private static final int SOF_PROGRESSIVE = 0xc2;
    private static final int FRAME_BYTES = 6;
    private static final int COMPONENT_BYTES = 3;
    private static final int BLOCK_SIDE = 8;
    private static final int PNG_SIGNATURE_BYTES = 8;
    private static final int PIECE_BYTES = 8 << 10;
    private static final int IEND = 0x49454e44;

    private MediaEnd() {}

    /**
     * Reads a whole picture, or up to where its end is marked. Nothing is skipped, so that the stream may be one that
     * digests or counts.
     *
     * @param in from the first byte; is read on beyond the end by some kilobytes
     * @throws Failure CORRUPT_MEDIA if the file ends first or a JPEG has less coded data than its pixels can take, TOO_MANY_PIXELS if it has more than
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
        long coded = 0;
        Frame frame = Frame.NONE;
        int marker = marker(in);
        while (marker != EOI) {
            scans += marker == SOS ? 1 : 0;
            if (!standsAlone(marker)) {
                int length = (in.next() << 8 | in.next()) - 2;
                if (marker >= SOF_FIRST && marker <= SOF_PROGRESSIVE) {
                    frame = Frame.read(marker, length, in);
                } else {
                    in.pass(length);
                }
            }
            long before = in.position();
            marker = marker == SOS ? afterScan(in) : marker(in);
            coded += scans > 0 ? in.position() - before : 0;
        }
        frame.require(coded);
        if (scans > MediaLimits.SCANS_MAX) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The JPEG has " + scans + " scans; at most " + MediaLimits.SCANS_MAX + " are allowed.");
        }
    }

    /**
     * What a JPEG claims to hold.
     *
     * @param bitsLeast the fewest bits that so many blocks take: every block has a code for its mean and, where it is not
     *     progressive, one more for the rest of it, and no code is shorter than a bit
     */
    private record Frame(int width, int height, long bitsLeast) {
        static final Frame NONE = new Frame(0, 0, 0);

        /** Reads what follows the length of its segment, {@code length} bytes of it. */
        static Frame read(int marker, int length, Bytes in) throws IOException {
            if (length < FRAME_BYTES) {
                in.pass(length);
                return NONE;
            }
            in.pass(1);
            int height = in.next() << 8 | in.next();
            int width = in.next() << 8 | in.next();
            int components = Math.min(in.next(), (length - FRAME_BYTES) / COMPONENT_BYTES);
            int[] across = new int[components];
            int[] down = new int[components];
            for (int i = 0; i < components; i++) {
                in.pass(1);
                int sampling = in.next();
                across[i] = sampling >> 4;
                down[i] = sampling & 15;
                in.pass(1);
            }
            in.pass(length - FRAME_BYTES - (long) components * COMPONENT_BYTES);
            int mostAcross = Math.max(1, Arrays.stream(across).max().orElse(1));
            int mostDown = Math.max(1, Arrays.stream(down).max().orElse(1));
            long blocks = 0;
            for (int i = 0; i < components; i++) {
                blocks += (long) blocks(width, across[i], mostAcross) * blocks(height, down[i], mostDown);
            }
            return new Frame(width, height, marker == SOF_PROGRESSIVE ? blocks : 2 * blocks);
        }

        private static int blocks(int side, int sampling, int mostSampling) {
            return Math.ceilDiv(Math.ceilDiv(side * sampling, mostSampling), BLOCK_SIDE);
        }

        void require(long coded) {
            if (coded * Byte.SIZE < bitsLeast) {
                throw Failure.of(
                        Reason.REASON_CORRUPT_MEDIA,
                        "The JPEG claims " + width + " × " + height + " pixels, but " + coded
                                + " bytes of coded picture are too few for that; the file is damaged.");
            }
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
        private long before;

        Bytes(InputStream in) {
            this.in = in;
        }

        /** How many bytes have gone by. */
        long position() {
            return before + at;
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
            before += end;
            at = 0;
            end = read;
        }
    }
}
