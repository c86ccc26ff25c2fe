package dev.rekindle.media;

import org.jspecify.annotations.Nullable;

/**
 * How opaque a picture is at each pixel, where that is kept apart from its colours or they depend on it.
 *
 * @param premultiplied true if the colours were multiplied by it
 * @param item the item of a HEIC or AVIF that holds it; 0 where it is a channel of the picture
 * @param width pixels, no more than the picture's
 * @param height pixels, no more than the picture's
 * @param grid set where it is stored in tiles
 */
public record Opacity(
        boolean premultiplied,
        long item,
        int width,
        int height,
        @Nullable TileGrid grid) {}
