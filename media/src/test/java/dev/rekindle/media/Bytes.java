package dev.rekindle.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Bytes of a file in the making. */
final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    static Bytes bigEndian() {
        return new Bytes();
    }

    static Bytes littleEndian() {
        Bytes bytes = new Bytes();
        bytes.order = ByteOrder.LITTLE_ENDIAN;
        return bytes;
    }

    Bytes u8(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    Bytes u16(int... values) {
        for (int value : values) {
            out.writeBytes(
                    ByteBuffer.allocate(2).order(order).putShort((short) value).array());
        }
        return this;
    }

    Bytes u24(int value) {
        return u8(value, value >> 8, value >> 16);
    }

    Bytes u32(long... values) {
        for (long value : values) {
            out.writeBytes(
                    ByteBuffer.allocate(4).order(order).putInt((int) value).array());
        }
        return this;
    }

    Bytes text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Bytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Bytes zeros(int count) {
        return raw(new byte[count]);
    }

    /** A box of ISO media: length, name, content. */
    Bytes box(String name, Bytes content) {
        byte[] bytes = content.done();
        return u32(8 + bytes.length).text(name).raw(bytes);
    }

    /** A PNG chunk with its checksum. */
    Bytes chunk(String name, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(name.getBytes(StandardCharsets.ISO_8859_1));
        sum.update(content);
        return u32(content.length).text(name).raw(content).u32(sum.getValue());
    }

    /** A RIFF chunk, padded. */
    Bytes riff(String name, byte[] content) {
        return text(name).u32(content.length).raw(content).zeros(content.length & 1);
    }

    byte[] done() {
        return out.toByteArray();
    }

    static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] buffer = new byte[bytes.length + 64];
        int length = deflater.deflate(buffer);
        deflater.end();
        return java.util.Arrays.copyOf(buffer, length);
    }

    /** An EXIF block (TIFF header and one directory) that says that orientation and 300 dpi. */
    static byte[] exif(int orientation) {
        return bigEndian()
                .text("MM")
                .u16(42)
                .u32(8)
                .u16(3)
                .u16(0x0112, 3)
                .u32(1)
                .u16(orientation, 0)
                .u16(0x011a, 5)
                .u32(1, 50)
                .u16(0x011b, 5)
                .u32(1, 50)
                .u32(0)
                .u32(300, 1)
                .done();
    }
}
