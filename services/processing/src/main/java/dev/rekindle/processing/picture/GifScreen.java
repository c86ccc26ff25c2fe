package dev.rekindle.processing.picture;

import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a GIF states of its screen. OpenCV refuses files with a frame that reaches beyond it, with a background that is no
 * colour of the palette, or with a way of clearing that the format does not know; everybody else cuts off, takes the first
 * colour and leaves frames alone. So it is shown a copy that says that, and the cutting is ours.
 */
final class GifScreen {
    private static final int WIDTH_AT = 6;
    private static final int HEIGHT_AT = 8;
    private static final int FLAGS_AT = 10;
    private static final int BACKGROUND_AT = 11;
    private static final int HEAD_BYTES = 13;
    private static final int FRAME_BYTES = 10;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int FRAME = 0x2c;
    private static final int RESTORE_PREVIOUS = 3;

    private GifScreen() {}

    /** The file with a screen that holds so many pixels, and known ways of clearing; empty where its own are as good. */
    static Optional<byte[]> mended(Path file, int width, int height) {
        try {
            byte[] gif = Files.readAllBytes(file);
            if (gif.length <= HEAD_BYTES) {
                return Optional.empty();
            }
            boolean larger = enlarged(gif, width, height);
            boolean background = withKnownBackground(gif);
            boolean changed = withKnownClearing(gif) || background || larger;
            return changed ? Optional.of(gif) : Optional.empty();
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    private static boolean enlarged(byte[] gif, int width, int height) {
        int across = side(gif, WIDTH_AT);
        int down = side(gif, HEIGHT_AT);
        ByteBuffer screen = ByteBuffer.wrap(gif).order(ByteOrder.LITTLE_ENDIAN);
        screen.putShort(WIDTH_AT, (short) Math.max(width, across));
        screen.putShort(HEIGHT_AT, (short) Math.max(height, down));
        return across < width || down < height;
    }

    private static boolean withKnownBackground(byte[] gif) {
        int colours = palette(gif[FLAGS_AT]) / 3;
        if (colours == 0 || (gif[BACKGROUND_AT] & 0xff) < colours) {
            return false;
        }
        gif[BACKGROUND_AT] = 0;
        return true;
    }

    /** Of what old programs wrote, four meant three; the rest meant nothing. */
    private static boolean withKnownClearing(byte[] gif) {
        boolean changed = false;
        int at = HEAD_BYTES + palette(gif[FLAGS_AT]);
        while (at + FRAME_BYTES < gif.length && (gif[at] == EXTENSION || gif[at] == FRAME)) {
            if (gif[at] == FRAME) {
                at = afterBlocks(gif, at + FRAME_BYTES + palette(gif[at + FRAME_BYTES - 1]) + 1);
                continue;
            }
            int clearing = (gif[at + 3] >> 2) & 7;
            if ((gif[at + 1] & 0xff) == GRAPHIC_CONTROL && clearing > RESTORE_PREVIOUS) {
                int known = clearing == RESTORE_PREVIOUS + 1 ? RESTORE_PREVIOUS : 0;
                gif[at + 3] = (byte) ((gif[at + 3] & ~(7 << 2)) | (known << 2));
                changed = true;
            }
            at = afterBlocks(gif, at + 2);
        }
        return changed;
    }

    private static int afterBlocks(byte[] gif, int first) {
        int at = first;
        while (at < gif.length && gif[at] != 0) {
            at += 1 + (gif[at] & 0xff);
        }
        return at + 1;
    }

    /** Bytes of the palette that these flags announce. */
    private static int palette(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int side(byte[] head, int at) {
        return (head[at] & 0xff) | (head[at + 1] & 0xff) << 8;
    }
}
