package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The outputs an image job asks for: completed by their presets and checked before any work. */
final class ImageOutputs {
    private static final int OUTPUTS_MAX = 10;
    private static final int WHITE = 0xffffff;

    private ImageOutputs() {}

    /**
     * The outputs of a job.
     *
     * @throws Failure INVALID_REQUEST or UNIMPLEMENTED, naming the field
     */
    static List<ImageOutputSpec> of(PhotoWork work) {
        List<ImageOutputSpec> asked = work.order().getSpec().getImage().getOutputsList();
        if (asked.isEmpty() || asked.size() > OUTPUTS_MAX) {
            throw Failure.invalid(
                    "spec.image.outputs", "has " + asked.size() + " entries; expected 1 to " + OUTPUTS_MAX);
        }
        List<ImageOutputSpec> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < asked.size(); i++) {
            String field = "spec.image.outputs[" + i + "]";
            ImageOutputSpec output = Presets.completed(asked.get(i), field);
            check(output, field, work.header().metadata().getImage().getTransparency());
            if (!names.add(output.getName())) {
                throw Failure.invalid(field + ".name", "is \"" + output.getName() + "\", as that of another output");
            }
            outputs.add(output);
        }
        return outputs;
    }

    private static void check(ImageOutputSpec output, String field, boolean transparent) {
        OutputFormat format = format(output);
        if (output.getLossless() && format == OutputFormat.JPEG) {
            throw Failure.invalid(field + ".lossless", "is true for JPEG, which always loses; expected PNG or WebP");
        }
        if (output.getAllFrames()) {
            throw missing(field + ".all_frames", "Animations are not written; leave it out for the first frame.");
        }
        if (output.getColoursMax() > 0) {
            throw missing(field + ".colours_max", "PNG with a palette is not written; leave it out.");
        }
        if (transparent && output.hasBackgroundRgb() && output.getBackgroundRgb() != WHITE) {
            throw missing(field + ".background_rgb", "Transparent pictures are laid on white; leave it out.");
        }
        switch (output.getMetadataMode()) {
            case METADATA_MODE_UNSPECIFIED, METADATA_MODE_STRIP_ALL, UNRECOGNIZED -> {}
            case METADATA_MODE_PRESERVE_TECHNICAL, METADATA_MODE_PRESERVE_ALL ->
                throw missing(field + ".metadata_mode", "Metadata are always stripped; leave it out.");
        }
    }

    /** The format of an output; JPEG where none is said. */
    static OutputFormat format(ImageOutputSpec output) {
        return switch (output.getFormat()) {
            case MEDIA_TYPE_UNSPECIFIED, MEDIA_TYPE_JPEG -> OutputFormat.JPEG;
            case MEDIA_TYPE_PNG -> OutputFormat.PNG;
            case MEDIA_TYPE_WEBP -> OutputFormat.WEBP;
            case MEDIA_TYPE_AVIF ->
                throw missing("AVIF", "This server's FFmpeg library writes no AVIF; expected JPEG, PNG or WebP.");
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
                throw Failure.invalid("format", "is " + output.getFormat() + "; expected JPEG, PNG, WEBP or AVIF");
        };
    }

    private static Failure missing(String what, String message) {
        return Failure.of(Reason.REASON_UNIMPLEMENTED, what + ": " + message);
    }

    /** The longer side that the decoded picture needs for all outputs; 0 for full size. */
    static int longerSideNeeded(PhotoWork work) {
        var metadata = work.header().metadata();
        PictureSize full = new PictureSize(metadata.getWidth(), metadata.getHeight());
        int needed = 0;
        for (ImageOutputSpec output : of(work)) {
            needed = Math.max(needed, Resizing.of(output, full).longerSideNeeded(full));
        }
        return needed >= Math.max(full.width(), full.height()) ? 0 : needed;
    }
}
