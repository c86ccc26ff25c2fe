package dev.rekindle.processing.picture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The segment of a JPEG in which newsrooms write captions and keywords (IPTC, within Photoshop's block). */
final class IptcSegment {
    private static final int SEGMENTS_MAX = 1_000;
    private static final int START_OF_SCAN = 0xda;
    private static final int APP13 = 0xed;
    private static final byte[] PHOTOSHOP = "Photoshop 3.0\0".getBytes(StandardCharsets.US_ASCII);

    private IptcSegment() {}

    /** The first, or none: a second one is no reason to read on through hundreds. */
    static List<byte[]> of(InputStream jpeg) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(jpeg));
        try {
            in.skipNBytes(2);
            for (int segment = 0; segment < SEGMENTS_MAX; segment++) {
                int marker = marker(in);
                if (marker == START_OF_SCAN) {
                    return List.of();
                }
                int length = in.readUnsignedShort() - 2;
                if (marker == APP13 && length >= PHOTOSHOP.length) {
                    byte[] content = in.readNBytes(length);
                    if (Arrays.mismatch(content, PHOTOSHOP) == PHOTOSHOP.length) {
                        return List.of(content);
                    }
                } else {
                    in.skipNBytes(length);
                }
            }
        } catch (EOFException e) {
            // It ends before its picture begins.
        }
        return List.of();
    }

    private static int marker(DataInputStream in) throws IOException {
        int read = in.readUnsignedByte();
        while (read != 0xff) {
            read = in.readUnsignedByte();
        }
        while (read == 0xff) {
            read = in.readUnsignedByte();
        }
        return read;
    }
}
