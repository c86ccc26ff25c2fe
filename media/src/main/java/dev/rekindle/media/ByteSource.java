package dev.rekindle.media;

import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Bytes of one file, read piece by piece and in any order. */
public interface ByteSource {
    /** Enough for the header of nearly every picture a camera makes. */
    int HEAD_BYTES = 512 << 10;

    /** Size of the whole file. */
    long sizeBytes();

    /** How many bytes may be read in all: of a head no more than it has, of a store no more than is sensible to fetch. */
    long readableBytesMax();

    /** True if a header may be looked for anywhere, false if only within the first {@link #readableBytesMax} bytes. */
    boolean seekable();

    /** The bytes from {@code offset}: {@code length} of them, fewer only where the file ends. */
    byte[] read(long offset, int length);

    /** Reads a piece of a blob, as {@link ByteSource#read} does. */
    @FunctionalInterface
    interface Ranges {
        byte[] read(long offset, int length);
    }

    /** The first bytes of a file of that size. What lies further on is not looked at. */
    static ByteSource ofHead(byte[] head, long sizeBytes) {
        return new Head(head, sizeBytes);
    }

    /** The first {@link #HEAD_BYTES} of a stream whose whole length is known. */
    static ByteSource ofStream(InputStream stream, long sizeBytes) throws IOException {
        return new Head(stream.readNBytes(HEAD_BYTES), sizeBytes);
    }

    /** A blob in a store: up to {@code bytesMax} of it are fetched, in pieces of 64 KiB, wherever the header leads. */
    static ByteSource ofRanges(long sizeBytes, long bytesMax, Ranges ranges) {
        return new Remote(sizeBytes, bytesMax, ranges);
    }

    /** A file on this machine, all of which may be looked at. */
    static ByteSource ofFile(Path file) {
        try {
            return new Local(file, Files.size(file));
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    /** See {@link #ofHead}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of the head would be waste
    record Head(byte[] head, long sizeBytes) implements ByteSource {
        @Override
        public long readableBytesMax() {
            return head.length;
        }

        @Override
        public boolean seekable() {
            return false;
        }

        @Override
        public byte[] read(long offset, int length) {
            int from = (int) Math.min(offset, head.length);
            return Arrays.copyOfRange(head, from, (int) Math.min((long) from + length, head.length));
        }
    }

    /** See {@link #ofRanges}. */
    record Remote(long sizeBytes, long readableBytesMax, Ranges ranges) implements ByteSource {
        @Override
        public boolean seekable() {
            return true;
        }

        @Override
        public byte[] read(long offset, int length) {
            return ranges.read(offset, (int) Math.min(length, sizeBytes - offset));
        }
    }

    /** See {@link #ofFile}. */
    record Local(Path file, long sizeBytes) implements ByteSource {
        @Override
        public long readableBytesMax() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean seekable() {
            return true;
        }

        @Override
        public byte[] read(long offset, int length) {
            try (SeekableByteChannel channel = Files.newByteChannel(file)) {
                ByteBuffer bytes = ByteBuffer.allocate(length);
                channel.position(offset);
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // read() may stop short of a full buffer
                }
                return Arrays.copyOf(bytes.array(), bytes.position());
            } catch (IOException e) {
                throw Failure.internal("Cannot read " + file, e);
            }
        }
    }
}
