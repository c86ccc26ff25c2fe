package dev.rekindle.media;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A view on a file's bytes for header readers: numbers at offsets, fetched in blocks. Reading past the file's end is a
 * CORRUPT_MEDIA failure, reading past what the source can give an UNSUPPORTED_MEDIA one.
 */
final class Window {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int BLOCKS_KEPT_MAX = 64;

    private final ByteSource source;
    private final Map<Long, byte[]> blocks = new HashMap<>();
    private long fetchedBytes;

    Window(ByteSource source) {
        this.source = source;
    }

    long size() {
        return source.sizeBytes();
    }

    /** True if those bytes are inside the file and can be had. */
    boolean reaches(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            return false;
        }
        if (!source.seekable()) {
            return offset + length <= source.readableBytesMax();
        }
        long first = offset / BLOCK_BYTES;
        long last = (offset + Math.max(1, length) - 1) / BLOCK_BYTES;
        long wanted = 0;
        for (long block = first; block <= last; block++) {
            wanted += blocks.containsKey(block) ? 0 : BLOCK_BYTES;
        }
        // Rounded up to blocks, so that a small budget still gives the first.
        return wanted == 0 || fetchedBytes < source.readableBytesMax() - (wanted - BLOCK_BYTES);
    }

    int u8(long offset) {
        byte[] block = block(offset, 1);
        return block[(int) (offset % BLOCK_BYTES)] & 0xff;
    }

    int u16be(long offset) {
        return u8(offset) << 8 | u8(offset + 1);
    }

    int u16le(long offset) {
        return u8(offset) | u8(offset + 1) << 8;
    }

    int u24le(long offset) {
        return u16le(offset) | u8(offset + 2) << 16;
    }

    long u32be(long offset) {
        return (long) u16be(offset) << 16 | u16be(offset + 2);
    }

    long u32le(long offset) {
        return u16le(offset) | (long) u16le(offset + 2) << 16;
    }

    /** A 64-bit size; one beyond 2⁶³ is longer than any file. */
    long u64be(long offset) {
        long value = u32be(offset) << 32 | u32be(offset + 4);
        return value < 0 ? Long.MAX_VALUE : value;
    }

    /** Four (or {@code length}) characters as Latin-1. */
    String text(long offset, int length) {
        return new String(bytes(offset, length), StandardCharsets.ISO_8859_1);
    }

    byte[] bytes(long offset, int length) {
        require(offset, length);
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            byte[] block = block(offset + done, 1);
            int from = (int) ((offset + done) % BLOCK_BYTES);
            int count = Math.min(length - done, block.length - from);
            System.arraycopy(block, from, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** True if the bytes at the offset are these characters. Never fails. */
    boolean startsWith(long offset, String expected) {
        return reaches(offset, expected.length())
                && Arrays.equals(bytes(offset, expected.length()), expected.getBytes(StandardCharsets.ISO_8859_1));
    }

    private byte[] block(long offset, int length) {
        require(offset, length);
        long number = offset / BLOCK_BYTES;
        byte[] known = blocks.get(number);
        if (known != null && offset % BLOCK_BYTES < known.length) {
            return known;
        }
        if (blocks.size() >= BLOCKS_KEPT_MAX) {
            blocks.clear();
        }
        byte[] block = source.read(number * BLOCK_BYTES, BLOCK_BYTES);
        fetchedBytes += BLOCK_BYTES;
        blocks.put(number, block);
        if (offset % BLOCK_BYTES >= block.length) {
            throw corrupt("The file ends at byte " + (number * BLOCK_BYTES + block.length)
                    + " although its size was told as " + size() + " bytes.");
        }
        return block;
    }

    private void require(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw corrupt("The file has " + size() + " bytes and its header points to byte " + offset
                    + "; it is truncated or damaged.");
        }
        if (!reaches(offset, length)) {
            throw Failure.of(
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The header of this file reaches to byte " + (offset + length) + "; only "
                            + source.readableBytesMax() + " bytes are searched for it.");
        }
    }

    static Failure corrupt(String message) {
        return Failure.of(Reason.REASON_CORRUPT_MEDIA, message);
    }

    static Failure unsupported(String message) {
        return Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, message);
    }
}
