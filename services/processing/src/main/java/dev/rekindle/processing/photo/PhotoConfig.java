package dev.rekindle.processing.photo;

import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.config.Settings;

/**
 * How photos are handled.
 *
 * @param limits what is taken
 * @param preparedSideMax pixels of the longer side of the prepared picture
 * @param preparedQuality JPEG quality of the prepared picture
 * @param resultQuality JPEG quality of results
 * @param thumbnailQuality JPEG quality of thumbnails
 */
public record PhotoConfig(
        MediaLimits limits, int preparedSideMax, int preparedQuality, int resultQuality, int thumbnailQuality) {

    public static PhotoConfig from(Settings settings) {
        Settings photo = settings.under("photo");
        MediaLimits usual = MediaLimits.photos();
        return new PhotoConfig(
                new MediaLimits(
                        photo.number("bytes_max", usual.bytesMax(), 1, 1L << 32),
                        photo.number("pixels_max", usual.pixelsMax(), 1, 1L << 30),
                        photo.number("side_min", MediaLimits.PHOTO_SIDE_MIN, 1, 1024),
                        photo.number("side_max", usual.sideMax(), 1, MediaLimits.SIDE_MAX),
                        photo.number("frames_max", usual.framesMax(), 1, 100_000)),
                photo.number("prepared_side_max", 4096, 256, 16_384),
                photo.number("prepared_quality", 95, 50, 100),
                photo.number("result_quality", 92, 50, 100),
                photo.number("thumbnail_quality", 84, 30, 100));
    }
}
