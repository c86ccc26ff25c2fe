package dev.rekindle.media;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The outputs an image job asks for: completed by their presets, and checked. Jobs asks before anything is charged, a worker
 * for what it is to make.
 */
public final class ImageOutputRules {
    /** Colours of the smallest and of the largest palette. */
    public static final int COLOURS_MIN = 2;

    public static final int COLOURS_MAX = 256;

    private static final int OUTPUTS_MAX = 10;
    private static final String OUTPUTS = "spec.image.outputs";

    private ImageOutputRules() {}

    /**
     * The outputs of a job, completed by their presets, of whose photo nothing is known yet.
     *
     * @throws Failure INVALID_REQUEST or UNIMPLEMENTED, naming the field
     */
    public static List<ImageOutputSpec> of(ImageSpec spec) {
        List<ImageOutputSpec> asked = spec.getOutputsList();
        if (asked.isEmpty() || asked.size() > OUTPUTS_MAX) {
            throw Failure.invalid(OUTPUTS, "has " + asked.size() + " entries; expected 1 to " + OUTPUTS_MAX);
        }
        List<ImageOutputSpec> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < asked.size(); i++) {
            String field = field(i);
            ImageOutputSpec output = ImagePresets.completed(asked.get(i), field);
            if (!names.add(output.getName())) {
                throw Failure.invalid(field + ".name", "is \"" + output.getName() + "\", as that of another output");
            }
            requireFormat(output, field);
            ImageOutputSizes.require(output, field);
            outputs.add(output);
        }
        return outputs;
    }

    /**
     * Holds outputs against the photo they are to be made of.
     *
     * @param outputs complete
     * @param photo what they are made of
     * @param framePixels pixels of a frame of it as it is read, at least
     * @throws Failure INVALID_REQUEST, naming the field
     */
    public static void requireWithin(List<ImageOutputSpec> outputs, MediaMetadata photo, long framePixels) {
        for (int i = 0; i < outputs.size(); i++) {
            ImageOutputSizes.require(outputs.get(i), field(i), photo, framePixels);
        }
    }

    private static String field(int place) {
        return OUTPUTS + "[" + place + "]";
    }

    /** True if the outputs are made of the file as it was uploaded, false if of the prepared picture. */
    public static boolean isOfUpload(ImageSpec spec) {
        return switch (spec.getSource()) {
            case IMAGE_SOURCE_UPLOADED -> true;
            case IMAGE_SOURCE_PREPARED -> false;
            case IMAGE_SOURCE_UNSPECIFIED, UNRECOGNIZED ->
                spec.getOutputsList().stream()
                        .anyMatch(output -> output.hasBackgroundRgb() || output.getAllFrames() || keepsTags(output));
        };
    }

    /** Checks that the format of an output can be written the way it is asked for; JPEG where none is said. */
    private static void requireFormat(ImageOutputSpec output, String field) {
        WrittenFormat format = WrittenFormat.of(output, field);
        boolean loses = format == WrittenFormat.JPEG || format == WrittenFormat.AVIF;
        if (output.getLossless() && loses) {
            throw Failure.invalid(
                    field + ".lossless",
                    "is true for " + format + ", which is written with loss; expected PNG or WEBP");
        }
        int colours = output.getColoursMax();
        if (colours > 0 && (format != WrittenFormat.PNG || colours < COLOURS_MIN)) {
            throw Failure.invalid(
                    field + ".colours_max",
                    "is " + colours + " for " + format + "; expected " + COLOURS_MIN + " to " + COLOURS_MAX
                            + " for PNG, else 0");
        }
        if (keepsTags(output) && format == WrittenFormat.AVIF) {
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
