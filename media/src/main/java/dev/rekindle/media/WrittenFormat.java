package dev.rekindle.media;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.platform.rpc.Failure;

/** The formats that pictures are written in, and how large a picture each of them takes. */
public enum WrittenFormat {
    JPEG,
    PNG,
    WEBP,
    AVIF;

    /**
     * The format of an output; JPEG where none is said.
     *
     * @param output completed by its preset
     * @param field where the output stands in the request
     * @throws Failure INVALID_REQUEST for a format that is not written
     */
    public static WrittenFormat of(ImageOutputSpec output, String field) {
        return switch (output.getFormat()) {
            case MEDIA_TYPE_UNSPECIFIED, MEDIA_TYPE_JPEG -> JPEG;
            case MEDIA_TYPE_PNG -> PNG;
            case MEDIA_TYPE_WEBP -> WEBP;
            case MEDIA_TYPE_AVIF -> AVIF;
            case MEDIA_TYPE_GIF,
                    MEDIA_TYPE_HEIC,
                    MEDIA_TYPE_TIFF,
                    MEDIA_TYPE_BMP,
                    MEDIA_TYPE_MP4,
                    MEDIA_TYPE_MOV,
                    MEDIA_TYPE_AVI,
                    MEDIA_TYPE_WEBM,
                    MEDIA_TYPE_MKV,
                    UNRECOGNIZED ->
                throw Failure.invalid(
                        field + ".format", "is " + output.getFormat() + "; expected JPEG, PNG, WEBP or AVIF");
        };
    }

    /** True if it can be written with several frames. */
    public boolean canMove() {
        return this == WEBP;
    }

    /** Pixels of the longest side that its files can have. */
    int sideMax() {
        return switch (this) {
            case JPEG, PNG, AVIF -> MediaLimits.SIDE_MAX;
            case WEBP -> 16_383;
        };
    }

    /** Pixels of the largest picture: coding is one native call, and must end before the work is taken for stalled. */
    long pixelsMax() {
        return switch (this) {
            case JPEG -> 300_000_000;
            case PNG -> 120_000_000;
            case WEBP -> 60_000_000;
            case AVIF -> 40_000_000;
        };
    }
}
