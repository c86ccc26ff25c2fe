package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** An XMP packet as files hold it, where OpenCV writes it in a way that nobody reads. */
final class XmpBlock {
    /** What a segment of a JPEG begins with that holds XMP; OpenCV leaves it out. */
    private static final String JPEG_NAME = "http://ns.adobe.com/xap/1.0/\0";

    /** Keyword, no compression, no language. OpenCV writes a chunk of Latin-1 text. */
    private static final String PNG_HEAD = "XML:com.adobe.xmp\0\0\0\0\0";

    private static final int PNG_SIGNATURE = 8;
    private static final int PNG_HEADER_CHUNK = 25;

    private XmpBlock() {}

    /** What a JPEG's segment holds. */
    static byte[] jpeg(byte[] packet) {
        return joined(JPEG_NAME, packet);
    }

    /** The file with the packet in a chunk of its own, behind the header. */
    static byte[] intoPng(byte[] file, byte[] packet) {
        byte[] type = "iTXt".getBytes(StandardCharsets.US_ASCII);
        byte[] data = joined(PNG_HEAD, packet);
        CRC32 check = new CRC32();
        check.update(type);
        check.update(data);
        int at = PNG_SIGNATURE + PNG_HEADER_CHUNK;
        return ByteBuffer.allocate(file.length + data.length + 12)
                .put(file, 0, at)
                .putInt(data.length)
                .put(type)
                .put(data)
                .putInt((int) check.getValue())
                .put(file, at, file.length - at)
                .array();
    }

    private static byte[] joined(String head, byte[] packet) {
        byte[] first = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(first.length + packet.length)
                .put(first)
                .put(packet)
                .array();
    }
}
