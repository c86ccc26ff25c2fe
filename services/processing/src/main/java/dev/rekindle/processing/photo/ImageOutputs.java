package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.media.ImagePresets;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Frames;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.PictureEncoder;
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
            ImageOutputSpec output = ImagePresets.completed(asked.get(i), field);
            ImageOutputRules.requireFormat(output, field);
            check(output, field, work.header());
            if (!names.add(output.getName())) {
                throw Failure.invalid(field + ".name", "is \"" + output.getName() + "\", as that of another output");
            }
            outputs.add(output);
        }
        return outputs;
    }

    private static void check(ImageOutputSpec output, String field, MediaHeader header) {
        OutputFormat format = format(output);
        PictureSize size = Resizing.of(output, sizeOf(header)).size();
        if (Math.max(size.width(), size.height()) > format.sideMax()) {
            throw Failure.invalid(
                    field + ".format",
                    "is " + format + ", and the output would be " + size + " pixels; " + format + " has at most "
                            + format.sideMax() + " a side");
        }
        if (size.pixels() > format.pixelsMax()) {
            throw Failure.invalid(
                    field + ".format",
                    "is " + format + ", and the output would be " + size + " pixels; expected at most "
                            + format.pixelsMax() / 1_000_000 + " megapixels as " + format);
        }
        if (output.getColoursMax() > 0) {
            checkPalette(output, field, header);
        }
        if (moves(output, header)) {
            checkMoving(output, field, header);
        }
    }

    private static void checkPalette(ImageOutputSpec output, String field, MediaHeader header) {
        long pixels = Resizing.of(output, sizeOf(header)).size().pixels();
        if (pixels > PictureEncoder.PALETTE_PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".colours_max",
                    "asks for a palette of a picture of " + pixels + " pixels; expected at most "
                            + PictureEncoder.PALETTE_PIXELS_MAX);
        }
    }

    private static void checkMoving(ImageOutputSpec output, String field, MediaHeader header) {
        long pixels = movingPixels(output, header);
        if (pixels > Frames.PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".all_frames",
                    "is true for "
                            + header.metadata().getImage().getFrameCount() + " frames of " + sizeOf(header)
                            + " pixels, of which "
                            + Resizing.of(output, sizeOf(header)).size() + " are made: " + pixels / 1_000_000
                            + " megapixels read and written; expected at most " + Frames.PIXELS_MAX / 1_000_000);
        }
        long written = header.metadata().getImage().getFrameCount()
                * Resizing.of(output, sizeOf(header)).size().pixels();
        if (output.hasSizeBytesMax() && written > Frames.SEARCHED_PIXELS_MAX) {
            throw Failure.invalid(
                    field + ".size_bytes_max",
                    "asks for several tries at an animation of " + written / 1_000_000
                            + " megapixels, all frames together; expected at most "
                            + Frames.SEARCHED_PIXELS_MAX / 1_000_000 + ", or a quality");
        }
    }

    /** True if the output shows all frames of a photo that moves. */
    static boolean moves(ImageOutputSpec output, MediaHeader header) {
        return output.getAllFrames() && format(output).canMove() && moves(header);
    }

    /** True for animations. A TIFF has pages, which are not shown one after the other. */
    private static boolean moves(MediaHeader header) {
        return switch (header.metadata().getType()) {
            case MEDIA_TYPE_GIF, MEDIA_TYPE_WEBP, MEDIA_TYPE_PNG ->
                header.metadata().getImage().getFrameCount() > 1;
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

    /** What shows through transparent pictures, 0xRRGGBB; white where nothing is said. */
    static int background(ImageOutputSpec output) {
        return output.hasBackgroundRgb() ? output.getBackgroundRgb() : WHITE;
    }

    /** The background of the picture that is decoded for all outputs. */
    static int firstBackground(PhotoWork work) {
        return background(of(work).getFirst());
    }

    /** Bytes of native memory that frames of animations take, outputs larger than the photo, and second decodes on other colours. */
    static long bytesBeside(PhotoWork work) {
        MediaHeader header = work.header();
        long most = 0;
        for (ImageOutputSpec output : of(work)) {
            if (moves(output, header)) {
                most = Math.max(most, movingPixels(output, header) * Frames.BYTES_PER_PIXEL);
            } else if (format(output) == OutputFormat.AVIF || enlarges(output, header)) {
                long pixels = Resizing.of(output, sizeOf(header)).size().pixels();
                most = Math.max(most, pixels * format(output).bytesPerPixel());
            } else if (header.metadata().getImage().getTransparency() && background(output) != firstBackground(work)) {
                most = Math.max(most, MemoryEstimate.ofDecode(header, longerSideNeeded(work)));
            }
        }
        return most;
    }

    /** Pixels of all frames, as they are read and as they are written. */
    private static long movingPixels(ImageOutputSpec output, MediaHeader header) {
        long one = header.pixelsWithReach()
                + Resizing.of(output, sizeOf(header)).size().pixels();
        return header.metadata().getImage().getFrameCount() * one;
    }

    /** True if it has more pixels than the photo, for which nothing else is reserved. */
    private static boolean enlarges(ImageOutputSpec output, MediaHeader header) {
        return Resizing.of(output, sizeOf(header)).size().pixels() > header.pixels();
    }

    private static PictureSize sizeOf(MediaHeader header) {
        return new PictureSize(header.metadata().getWidth(), header.metadata().getHeight());
    }

    /** The format of an output; JPEG where none is said. */
    static OutputFormat format(ImageOutputSpec output) {
        return switch (output.getFormat()) {
            case MEDIA_TYPE_UNSPECIFIED, MEDIA_TYPE_JPEG -> OutputFormat.JPEG;
            case MEDIA_TYPE_PNG -> OutputFormat.PNG;
            case MEDIA_TYPE_WEBP -> OutputFormat.WEBP;
            case MEDIA_TYPE_AVIF -> OutputFormat.AVIF;
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

    /** The longer side to decode for, so that there is enough for all outputs; 0 for full size. */
    static int longerSideNeeded(PhotoWork work) {
        PictureSize full = sizeOf(work.header());
        int needed = 0;
        for (ImageOutputSpec output : of(work)) {
            needed = Math.max(needed, Resizing.of(output, full).longerSideNeeded(full));
        }
        // Decoders leave twice what is wanted; what reduces the rest needs half as much again.
        return needed >= Math.max(full.width(), full.height()) ? 0 : (3 * needed + 3) / 4;
    }
}
