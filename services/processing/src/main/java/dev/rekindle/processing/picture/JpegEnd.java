package dev.rekindle.processing.picture;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a JPEG reaches its end marker. Decoders paint what is missing grey and call it a picture; a photo cut off half
 * way is to be refused instead.
 */
final class JpegEnd {
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int BUFFER_BYTES = 1 << 16;

    private JpegEnd() {}

    static boolean reached(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            in.skipNBytes(2);
            int marker = marker(in);
            while (marker != EOI) {
                if (!standsAlone(marker)) {
                    int length = next(in) << 8 | next(in);
                    in.skipNBytes(Math.max(0, length - 2));
                }
                marker = marker == SOS ? afterScan(in) : marker(in);
            }
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    private static boolean standsAlone(int marker) {
        return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    }

    private static int marker(InputStream in) throws IOException {
        int b = next(in);
        while (b != 0xff) {
            b = next(in);
        }
        while (b == 0xff) {
            b = next(in);
        }
        return b;
    }

    /** The first marker after coded data that is neither a stuffed 255 nor a restart. */
    private static int afterScan(InputStream in) throws IOException {
        while (true) {
            int found = marker(in);
            boolean data = found == 0 || (found >= 0xd0 && found <= 0xd7);
            if (!data) {
                return found;
            }
        }
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }
}
