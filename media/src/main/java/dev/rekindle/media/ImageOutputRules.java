package dev.rekindle.media;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.platform.rpc.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an image job may ask for whatever its photo is. Jobs asks before anything is charged, a worker again.
 */
public final class ImageOutputRules {
    /** Colours of the smallest and of the largest palette. */
    public static final int COLOURS_MIN = 2;

    public static final int COLOURS_MAX = 256;

    private ImageOutputRules() {}

    /**
     * Checks the outputs of a job as they were asked for.
     *
     * @throws Failure INVALID_REQUEST or UNIMPLEMENTED, naming the field
     */
    public static void require(ImageSpec spec) {
        List<ImageOutputSpec> outputs = spec.getOutputsList();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < outputs.size(); i++) {
            ImageOutputSpec output = outputs.get(i);
            String field = "spec.image.outputs[" + i + "]";
            if (!output.getName().isEmpty() && !names.add(output.getName())) {
                throw Failure.invalid(field + ".name", "is \"" + output.getName() + "\", as that of another output");
            }
            requireFormat(ImagePresets.completed(output, field), field);
        }
    }

    /**
     * Checks that the format of an output can be written the way it is asked for; JPEG where none is said.
     *
     * @param output completed by its preset
     * @param field where the output stands in the request
     * @throws Failure INVALID_REQUEST or UNIMPLEMENTED, naming the field
     */
    public static void requireFormat(ImageOutputSpec output, String field) {
        String format = switch (output.getFormat()) {
            case MEDIA_TYPE_UNSPECIFIED, MEDIA_TYPE_JPEG -> "JPEG";
            case MEDIA_TYPE_PNG -> "PNG";
            case MEDIA_TYPE_WEBP -> "WEBP";
            case MEDIA_TYPE_AVIF -> "AVIF";
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
        boolean loses = format.equals("JPEG") || format.equals("AVIF");
        if (output.getLossless() && loses) {
            throw Failure.invalid(
                    field + ".lossless",
                    "is true for " + format + ", which is written with loss; expected PNG or WEBP");
        }
        int colours = output.getColoursMax();
        if (colours > 0 && (!format.equals("PNG") || colours < COLOURS_MIN)) {
            throw Failure.invalid(
                    field + ".colours_max",
                    "is " + colours + " for " + format + "; expected " + COLOURS_MIN + " to " + COLOURS_MAX
                            + " for PNG, else 0");
        }
        if (keepsTags(output) && format.equals("AVIF")) {
            throw Failure.of(
                    Reason.REASON_UNIMPLEMENTED,
                    field + ".metadata_mode: AVIF is written without metadata; expected JPEG, PNG or WEBP.");
        }
        if (keepsTags(output) && output.getColoursMax() > 0) {
            throw Failure.of(
                    Reason.REASON_UNIMPLEMENTED,
                    field + ".metadata_mode: PNG with a palette is written without metadata; leave one out.");
        }
    }

    /** True if tags of the photo are asked for. */
    public static boolean keepsTags(ImageOutputSpec output) {
        return switch (output.getMetadataMode()) {
            case METADATA_MODE_PRESERVE_TECHNICAL, METADATA_MODE_PRESERVE_ALL -> true;
            case METADATA_MODE_UNSPECIFIED, METADATA_MODE_STRIP_ALL, UNRECOGNIZED -> false;
        };
    }
}
