package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import org.jspecify.annotations.Nullable;

/** The header of a GIF and the heads of its frames. */
final class GifHeader {
    private static final int TRAILER = 0x3b;
    private static final int EXTENSION = 0x21;
    private static final int FRAME = 0x2c;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final long LOGICAL_SCREEN_BYTES = 13;

    private final Window window;
    private final int framesMax;
    private int width;
    private int height;
    private int reachesRight;
    private int reachesDown;
    private int frames;
    private boolean transparency;

    private GifHeader(Window window, int framesMax) {
        this.window = window;
        this.framesMax = framesMax;
    }

    static StoredPicture read(Window window, MediaLimits limits) {
        GifHeader header = new GifHeader(window, limits.framesMax());
        header.walk();
        FrameReach reach = header.reach();
        if (reach != null) {
            MediaHeader.requireSize(reach.width(), reach.height(), limits);
        }
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode("palette")
                .setBitDepth(8)
                .setCompression("LZW")
                .setTransparency(header.transparency)
                .setFrameCount(header.frames);
        return new StoredPicture(
                MediaType.MEDIA_TYPE_GIF,
                header.width,
                header.height,
                Orientation.UPRIGHT,
                StoredPicture.NO_PROFILE,
                null,
                StoredTags.NONE,
                reach,
                null,
                image);
    }

    private @Nullable FrameReach reach() {
        boolean beyond = reachesRight > width || reachesDown > height;
        return beyond ? new FrameReach(Math.max(reachesRight, width), Math.max(reachesDown, height)) : null;
    }

    private void walk() {
        width = window.u16le(6);
        height = window.u16le(8);
        long at = LOGICAL_SCREEN_BYTES + palette(window.u8(10));
        // One frame more than allowed is enough to refuse the file.
        while (frames <= framesMax && (frames == 0 || window.reaches(at, 16))) {
            switch (window.u8(at)) {
                case FRAME -> at = frame(at);
                case EXTENSION -> at = extension(at);
                case TRAILER -> {
                    if (frames == 0) {
                        throw Window.corrupt("The GIF has no frame.");
                    }
                    return;
                }
                default -> {
                    if (frames == 0) {
                        throw Window.corrupt(
                                "Byte " + at + " of the GIF is " + window.u8(at) + "; expected a frame (44).");
                    }
                    return; // rubbish after the last frame is common
                }
            }
        }
    }

    private long frame(long at) {
        frames++;
        int right = window.u16le(at + 1) + window.u16le(at + 5);
        int bottom = window.u16le(at + 3) + window.u16le(at + 7);
        if (frames == 1) {
            // A screen smaller than its first frame, often of no pixels, was never filled in. Of later frames only
            // what lies on the screen is seen.
            width = Math.max(width, right);
            height = Math.max(height, bottom);
        }
        reachesRight = Math.max(reachesRight, right);
        reachesDown = Math.max(reachesDown, bottom);
        long data = at + 10 + palette(window.u8(at + 9)) + 1;
        return blocks(data);
    }

    private long extension(long at) {
        if (window.u8(at + 1) == GRAPHIC_CONTROL && window.u8(at + 2) >= 4) {
            transparency |= (window.u8(at + 3) & 1) == 1;
        }
        return blocks(at + 2);
    }

    /** Where the chain of data blocks ends, or the end of what can be read. */
    private long blocks(long at) {
        while (window.reaches(at, 1)) {
            int length = window.u8(at);
            at += 1L + length;
            if (length == 0) {
                return at;
            }
        }
        return at;
    }

    private static int palette(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }
}
