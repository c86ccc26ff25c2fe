package dev.rekindle.processing.picture;

import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The screen that a GIF states. OpenCV refuses files with a frame that reaches beyond it, which everybody else cuts off
 * there, so it is shown a copy with a screen that is large enough, and the cutting is ours.
 */
final class GifScreen {
    private static final int WIDTH_AT = 6;
    private static final int HEIGHT_AT = 8;
    private static final int HEAD_BYTES = 10;

    private GifScreen() {}

    /** The file with a screen that holds so many pixels; empty where its own does. */
    static Optional<byte[]> enlarged(Path file, int width, int height) {
        try {
            byte[] head;
            try (InputStream in = Files.newInputStream(file)) {
                head = in.readNBytes(HEAD_BYTES);
            }
            if (head.length < HEAD_BYTES || (side(head, WIDTH_AT) >= width && side(head, HEIGHT_AT) >= height)) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer screen = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            screen.putShort(WIDTH_AT, (short) Math.max(width, side(head, WIDTH_AT)));
            screen.putShort(HEIGHT_AT, (short) Math.max(height, side(head, HEIGHT_AT)));
            return Optional.of(bytes);
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    private static int side(byte[] head, int at) {
        return (head[at] & 0xff) | (head[at + 1] & 0xff) << 8;
    }
}
