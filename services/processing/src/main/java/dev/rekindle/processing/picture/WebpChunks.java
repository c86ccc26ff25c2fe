package dev.rekindle.processing.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The chunks a WebP consists of, where OpenCV cannot be told to write them: tags of animations. */
final class WebpChunks {
    private static final int FILE_HEAD = 12;
    private static final int CHUNK_HEAD = 8;
    private static final int EXTENDED_BYTES = 10;
    private static final int HAS_PROFILE = 0x20;
    private static final int HAS_ALPHA = 0x10;
    private static final int HAS_EXIF = 0x08;
    private static final int HAS_XMP = 0x04;
    /** Of the head of a lossless picture: 28 bits of its size, then whether it has transparency. */
    private static final int LOSSLESS_ALPHA_BIT = 28;

    private WebpChunks() {}

    /**
     * A file of ours, without tags yet, with these: the profile before its pictures, the others behind them, and all of them
     * named in the header. Frames that all look the same were written as one picture, which gets a header first.
     */
    static byte[] withTags(byte[] webp, KeptTags tags, PictureSize size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(webp.length + tags.bytes());
        out.write(webp, 0, FILE_HEAD);
        int pictures = FILE_HEAD;
        byte[] header;
        if (is(webp, FILE_HEAD, "VP8X")) {
            pictures += CHUNK_HEAD + EXTENDED_BYTES;
            header = Arrays.copyOfRange(webp, FILE_HEAD + CHUNK_HEAD, pictures);
        } else {
            header = header(webp, size);
        }
        int flags = flag(HAS_PROFILE, tags.profile()) | flag(HAS_EXIF, tags.exif()) | flag(HAS_XMP, tags.xmp());
        header[0] = (byte) (header[0] | flags);
        chunk(out, "VP8X", header);
        chunk(out, "ICCP", tags.profile());
        out.write(webp, pictures, webp.length - pictures);
        chunk(out, "EXIF", tags.exif());
        chunk(out, "XMP ", tags.xmp());
        byte[] file = out.toByteArray();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, file.length - CHUNK_HEAD);
        return file;
    }

    private static byte[] header(byte[] webp, PictureSize size) {
        ByteBuffer bytes = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        boolean alpha = is(webp, FILE_HEAD, "VP8L")
                && (bytes.getInt(FILE_HEAD + CHUNK_HEAD + 1) >> LOSSLESS_ALPHA_BIT & 1) == 1;
        byte[] header = new byte[EXTENDED_BYTES];
        header[0] = (byte) (alpha ? HAS_ALPHA : 0);
        threeBytes(header, 4, size.width() - 1);
        threeBytes(header, 7, size.height() - 1);
        return header;
    }

    private static void threeBytes(byte[] to, int at, int value) {
        to[at] = (byte) value;
        to[at + 1] = (byte) (value >> 8);
        to[at + 2] = (byte) (value >> 16);
    }

    private static int flag(int flag, byte[] tag) {
        return tag.length == 0 ? 0 : flag;
    }

    private static boolean is(byte[] webp, int at, String type) {
        return new String(webp, at, type.length(), StandardCharsets.US_ASCII).equals(type);
    }

    /** Nothing for content of no bytes. */
    private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
        if (content.length == 0) {
            return;
        }
        out.writeBytes(ByteBuffer.allocate(CHUNK_HEAD)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putInt(content.length)
                .array());
        out.writeBytes(content);
        if (content.length % 2 == 1) {
            out.write(0);
        }
    }
}
