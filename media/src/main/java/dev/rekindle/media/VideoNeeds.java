package dev.rekindle.media;

import dev.rekindle.common.v1.Resolution;

/**
 * How much memory work on a video takes beside the worker's own, at the most. A decoder holds some twenty frames, a coder
 * some forty and what it has found out about each; several outputs are made one after the other. Measured with two
 * threads: 4K to 720p 233 MB, 4K to 4K 1,016 MB, 720p to 720p 155 MB, to VP9 206 MB.
 */
public final class VideoNeeds {
    private static final long BYTES_FIXED = 96L << 20;
    private static final long BYTES_PER_PIXEL_READ = 24;
    private static final long BYTES_PER_PIXEL_WRITTEN = 110;

    private VideoNeeds() {}

    /** Bytes to look at a video whose frames have so many pixels; zero where they are not known yet. */
    public static long ofLooking(long pixels) {
        return BYTES_FIXED + pixels * BYTES_PER_PIXEL_READ;
    }

    /** Bytes to make others of it that are no larger than a resolution. */
    public static long ofMaking(long pixels, Resolution resolution) {
        return ofLooking(pixels) + Math.min(pixels, pixelsOf(resolution)) * BYTES_PER_PIXEL_WRITTEN;
    }

    /** Bytes to make a clip of a photo of so many pixels. No clip is larger than 1080p. */
    public static long ofClip(long pixels, Resolution resolution) {
        long clip = Math.min(pixels, Math.min(pixelsOf(resolution), pixelsOf(Resolution.RESOLUTION_1080P)));
        return BYTES_FIXED + clip * (BYTES_PER_PIXEL_READ + BYTES_PER_PIXEL_WRITTEN);
    }

    private static long pixelsOf(Resolution resolution) {
        return switch (resolution) {
            case RESOLUTION_480P -> 854L * 480;
            case RESOLUTION_720P -> 1280L * 720;
            case RESOLUTION_1080P -> 1920L * 1080;
            case RESOLUTION_1440P -> 2560L * 1440;
            case RESOLUTION_2160P -> 3840L * 2160;
            case RESOLUTION_ORIGINAL, RESOLUTION_UNSPECIFIED, UNRECOGNIZED -> Long.MAX_VALUE;
        };
    }
}
