package dev.rekindle.media;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.platform.rpc.Failure;

/** How large an output may be, which follows from what is asked for and from the size of its photo. */
public final class ImageOutputSizes {
    /** Pixels of the largest picture that can get a palette: its indexes lie on a worker's heap. */
    private static final int PALETTE_PIXELS_MAX = 25_000_000;

    /** Pixels of all frames of an animation together, those that are read and those that are written. */
    private static final long MOVING_PIXELS_MAX = 500_000_000;

    /** Pixels of all frames that are written, where several qualities are tried. */
    private static final long SEARCHED_PIXELS_MAX = 60_000_000;

    /** Deflate makes no more than 258 bytes of two bits. */
    private static final int DEFLATE_MOST = 1032;

    private ImageOutputSizes() {}

    /**
     * Refuses an output that no photo of that size can be made into.
     *
     * @param output completed by its preset
     * @param field where the output stands in the request
     * @param photo what it is made of; the count of frames may be too low
     * @param framePixels pixels of a frame as it is read, at least
     * @throws Failure INVALID_REQUEST, naming the field
     */
    public static void require(ImageOutputSpec output, String field, MediaMetadata photo, long framePixels) {
        OutputSize size = OutputSize.of(output, photo.getWidth(), photo.getHeight());
        require(output, field, size, "would be " + size);
        if (moves(output, photo)) {
            requireMoving(output, field, photo, framePixels, size);
        }
    }

    /** The same for an output of whose photo nothing is known yet: only what is too large of any is refused. */
    static void require(ImageOutputSpec output, String field) {
        OutputSize least = OutputSize.leastOf(output);
        require(output, field, least, "would be at least " + least);
    }

    private static void require(ImageOutputSpec output, String field, OutputSize size, String words) {
        WrittenFormat format = WrittenFormat.of(output, field);
        if (Math.max(size.width(), size.height()) > format.sideMax()) {
            throw Failure.invalid(
                    field + ".format",
                    "is " + format + ", and the output " + words + " pixels; " + format + " has at most "
                            + format.sideMax() + " a side");
        }
        if (size.pixels() > format.pixelsMax()) {
            throw Failure.invalid(
                    field + ".format",
                    "is " + format + ", and the output " + words + " pixels; expected at most "
                            + format.pixelsMax() / 1_000_000 + " megapixels as " + format);
        }
        if (output.getColoursMax() > 0 && size.pixels() > PALETTE_PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".colours_max",
                    "asks for a palette, and the output " + words + " pixels; expected at most "
                            + PALETTE_PIXELS_MAX / 1_000_000 + " megapixels with a palette");
        }
        if (format == WrittenFormat.PNG && output.hasSizeBytesMax()) {
            requireBytes(output, field, size, words);
        }
    }

    /** What a file will take is known when it is written; that it cannot be pressed further than its coding can, before. */
    private static void requireBytes(ImageOutputSpec output, String field, OutputSize size, String words) {
        long row = 1 + (output.getColoursMax() > 0 ? (size.width() + 7) / 8 : 3L * size.width());
        long least = row * size.height() / DEFLATE_MOST;
        if (output.getSizeBytesMax() < least) {
            throw Failure.invalid(
                    field + ".size_bytes_max",
                    "is " + output.getSizeBytesMax() + ", and the output " + words
                            + " pixels, which no PNG holds in fewer than " + least
                            + " bytes; expected more, or fewer pixels");
        }
    }

    private static void requireMoving(
            ImageOutputSpec output, String field, MediaMetadata photo, long framePixels, OutputSize size) {
        int frames = photo.getImage().getFrameCount();
        long written = frames * size.pixels();
        long pixels = frames * framePixels + written;
        if (pixels > MOVING_PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".all_frames",
                    "is true for " + frames + " frames of " + photo.getWidth() + " × " + photo.getHeight()
                            + " pixels, of which " + size + " are made: " + pixels / 1_000_000
                            + " megapixels read and written; expected at most " + MOVING_PIXELS_MAX / 1_000_000);
        }
        if (output.hasSizeBytesMax() && written > SEARCHED_PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".size_bytes_max",
                    "asks for several tries at an animation of " + written / 1_000_000
                            + " megapixels, all frames together; expected at most "
                            + SEARCHED_PIXELS_MAX / 1_000_000 + ", or a quality");
        }
    }

    /** True if the output shows all frames of a photo that moves. */
    public static boolean moves(ImageOutputSpec output, MediaMetadata photo) {
        return output.getAllFrames()
                && WrittenFormat.of(output, output.getName()).canMove()
                && moves(photo);
    }

    /** True for animations. A TIFF has pages, which are not shown one after the other. */
    private static boolean moves(MediaMetadata photo) {
        return switch (photo.getType()) {
            case MEDIA_TYPE_GIF, MEDIA_TYPE_WEBP, MEDIA_TYPE_PNG ->
                photo.getImage().getFrameCount() > 1;
            case MEDIA_TYPE_UNSPECIFIED,
                    MEDIA_TYPE_JPEG,
                    MEDIA_TYPE_HEIC,
                    MEDIA_TYPE_AVIF,
                    MEDIA_TYPE_TIFF,
                    MEDIA_TYPE_BMP,
                    MEDIA_TYPE_MP4,
                    MEDIA_TYPE_MOV,
                    MEDIA_TYPE_AVI,
                    MEDIA_TYPE_WEBM,
                    MEDIA_TYPE_MKV,
                    UNRECOGNIZED -> false;
        };
    }
}
