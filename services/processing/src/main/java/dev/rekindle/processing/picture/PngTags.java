package dev.rekindle.processing.picture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What of a PNG a reader of tags may see. Its texts and its profile are deflated, and that reader inflates them without any
 * limit: a megabyte of zeros more for each kilobyte.
 */
final class PngTags {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int HEADER = 0x49484452; // IHDR
    private static final int EXIF = 0x65584966; // eXIf
    private static final int END = 0x49454e44; // IEND
    private static final int END_CHECKSUM = 0xae426082;
    private static final int CHUNK_BYTES_MAX = 1 << 20;
    private static final int CHECKSUM_BYTES = 4;

    private PngTags() {}

    /** The file, or of a PNG its beginning, its EXIF and its end. The stream must have marks. */
    static InputStream of(InputStream file) throws IOException {
        file.mark(Long.BYTES);
        byte[] head = file.readNBytes(Long.BYTES);
        file.reset();
        boolean png = head.length == Long.BYTES
                && new DataInputStream(new ByteArrayInputStream(head)).readLong() == SIGNATURE;
        return png ? new ByteArrayInputStream(kept(new DataInputStream(file))) : file;
    }

    private static byte[] kept(DataInputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(in.readLong());
        try {
            for (int type = 0; type != END; ) {
                int length = in.readInt();
                type = in.readInt();
                boolean kept = type == HEADER || type == EXIF;
                if (kept && length >= 0 && length <= CHUNK_BYTES_MAX) {
                    byte[] chunk = new byte[length + CHECKSUM_BYTES];
                    in.readFully(chunk);
                    out.writeInt(length);
                    out.writeInt(type);
                    out.write(chunk);
                } else {
                    in.skipNBytes((length & 0xffff_ffffL) + CHECKSUM_BYTES);
                }
            }
        } catch (EOFException e) {
            // It ends early; what was there before is kept.
        }
        out.writeInt(0);
        out.writeInt(END);
        out.writeInt(END_CHECKSUM);
        return bytes.toByteArray();
    }
}
