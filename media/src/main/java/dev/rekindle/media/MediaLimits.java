package dev.rekindle.media;

/**
 * How small and how large a picture may be. All of it is known from the header, so what is not within costs nothing to refuse.
 *
 * @param bytesMax bytes of the file
 * @param pixelsMax width times height of one frame
 * @param sideMin pixels of the shorter side
 * @param sideMax pixels of the longer side
 * @param framesMax frames of an animation, pages of a TIFF
 */
public record MediaLimits(long bytesMax, long pixelsMax, int sideMin, int sideMax, int framesMax) {
    /** The longest side OpenCV can warp: its maps hold 16-bit coordinates. */
    public static final int SIDE_MAX = 32_767;

    /** Scans of a JPEG. Progressive ones have about ten, and encoders that try hard a few dozen. */
    public static final int SCANS_MAX = 200;

    public MediaLimits {
        if (bytesMax < 1 || pixelsMax < 1 || sideMin < 1 || sideMax < sideMin || sideMax > SIDE_MAX || framesMax < 1) {
            throw new IllegalArgumentException("Limits are at least 1, and a side at most " + SIDE_MAX + " pixels.");
        }
    }

    /** What a photo that is sent must have a side: a smaller one shows nothing. */
    public static final int PHOTO_SIDE_MIN = 16;

    /** What a photo may be: 50 MiB, 120 megapixels, 1,000 frames; of a picture made here, one pixel a side is enough. */
    public static MediaLimits photos() {
        return new MediaLimits(50L << 20, 120_000_000, 1, SIDE_MAX, 1_000);
    }

    /** The same limits for files of another size. */
    public MediaLimits withBytesMax(long bytes) {
        return new MediaLimits(bytes, pixelsMax, sideMin, sideMax, framesMax);
    }
}
