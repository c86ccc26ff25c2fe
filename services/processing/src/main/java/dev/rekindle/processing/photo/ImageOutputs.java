package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.media.ImageOutputSizes;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.WrittenFormat;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Frames;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import java.util.List;

/** The outputs an image job asks for, checked before any work, and what they take. */
final class ImageOutputs {
    private static final int WHITE = 0xffffff;

    private ImageOutputs() {}

    /**
     * The outputs of a job.
     *
     * @throws Failure INVALID_REQUEST or UNIMPLEMENTED, naming the field
     */
    static List<ImageOutputSpec> of(PhotoWork work) {
        List<ImageOutputSpec> outputs =
                ImageOutputRules.of(work.order().getSpec().getImage());
        ImageOutputRules.requireWithin(
                outputs, work.header().metadata(), work.header().pixelsWithReach());
        return outputs;
    }

    /** True if the output shows all frames of a photo that moves. */
    static boolean moves(ImageOutputSpec output, MediaHeader header) {
        return ImageOutputSizes.moves(output, header.metadata());
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
        return OutputFormat.of(WrittenFormat.of(output, output.getName()));
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
