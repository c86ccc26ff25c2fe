package dev.rekindle.media;

/**
 * How large a picture may be. All of it is known from the header, so what is larger costs nothing to refuse.
 *
 * @param bytesMax bytes of the file
 * @param pixelsMax width times height of one frame
 * @param sideMax pixels of the longer side
 * @param framesMax frames of an animation, pages of a TIFF
 */
public record MediaLimits(long bytesMax, long pixelsMax, int sideMax, int framesMax) {
    /** The longest side OpenCV can warp: its maps hold 16-bit coordinates. */
    public static final int SIDE_MAX = 32_767;

    /** Scans of a JPEG. Progressive ones have about ten, and encoders that try hard a few dozen. */
    public static final int SCANS_MAX = 200;

    public MediaLimits {
        if (bytesMax < 1 || pixelsMax < 1 || sideMax < 1 || sideMax > SIDE_MAX || framesMax < 1) {
            throw new IllegalArgumentException("Limits are at least 1, and a side at most " + SIDE_MAX + " pixels.");
        }
    }

    /** What a photo may be: 50 MiB, 120 megapixels, 1,000 frames. */
    public static MediaLimits photos() {
        return new MediaLimits(50L << 20, 120_000_000, SIDE_MAX, 1_000);
    }

    /** The same limits for files of another size. */
    public MediaLimits withBytesMax(long bytes) {
        return new MediaLimits(bytes, pixelsMax, sideMax, framesMax);
    }
}
