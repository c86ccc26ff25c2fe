package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.media.WrittenFormat;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.engine.Sharpening;
import dev.rekindle.processing.picture.Frames;
import dev.rekindle.processing.picture.KeptTags;
import dev.rekindle.processing.picture.Largest;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Watermark;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes every output of an image job from the one decoded picture: cut, resized, sharpened, marked, written. */
final class OutputsStep implements Step<PhotoWork> {
    private final Interest interest;

    OutputsStep(Interest interest) {
        this.interest = interest;
    }

    @Override
    public String name() {
        return "make_outputs";
    }

    @Override
    public double weight() {
        return 8;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        List<ImageOutputSpec> outputs = ImageOutputs.of(work);
        int made = 0;
        for (ImageOutputSpec output : outputs) {
            stop.check();
            Progress part = progress.part((double) made / outputs.size(), (made + 1.0) / outputs.size());
            if (ImageOutputs.moves(output, work.header())) {
                moving(work, output, part, stop);
            } else {
                still(work, output, stop);
            }
            made++;
            progress.at((double) made / outputs.size());
        }
    }

    private void still(PhotoWork work, ImageOutputSpec output, Stop stop) {
        int background = ImageOutputs.background(output);
        boolean shown = background == ImageOutputs.firstBackground(work)
                || !work.header().metadata().getImage().getTransparency();
        if (shown) {
            write(work, output, work.picture(), stop);
            return;
        }
        // What is transparent was laid on another colour: the one case that takes a decode of its own.
        int side = ImageOutputs.longerSideNeeded(work);
        try (Picture other = PictureDecoder.decode(work.input(), work.header(), side, background, stop)) {
            write(work, output, other, stop);
        }
    }

    private void write(PhotoWork work, ImageOutputSpec output, Picture whole, Stop stop) {
        Cut cut = Cut.of(output, whole, work.header().metadata(), interest, stop);
        try (Picture picture = cut.of(whole)) {
            finish(work, output, picture, stop);
            write(work, output, picture, cut.resizing().size(), stop);
        }
    }

    /** Sharpens and marks in place, as asked for. */
    private static void finish(PhotoWork work, ImageOutputSpec output, Picture picture, Stop stop) {
        if (output.getSharpen() > 0) {
            Sharpening.apply(picture, output.getSharpen(), stop);
        }
        if (work.order().getWatermark()) {
            Watermark.apply(picture);
        }
    }

    private static void write(PhotoWork work, ImageOutputSpec output, Picture picture, PictureSize size, Stop stop) {
        OutputFormat format = ImageOutputs.format(output);
        Path file = work.file(output.getName() + "." + format.extension());
        if (output.getColoursMax() > 0) {
            int colours = writePalette(picture, output, file, stop);
            made(work, output, Written.withPalette(file, size), "with a palette of at most " + colours + " colours");
            return;
        }
        KeptTags tags = KeptTags.of(work.input(), work.header(), output.getMetadataMode());
        Compression how = compression(output, format, picture, tags, stop);
        PictureEncoder.write(picture, format, how, tags, file);
        String compression = how.lossless() ? format + " lossless" : format.name();
        made(work, output, Written.of(file, size, format, compression), "with " + tags.inWords());
    }

    /** Writes with as many colours as are allowed, and where the file is to have a size, with as many as fit in it. */
    private static int writePalette(Picture picture, ImageOutputSpec output, Path file, Stop stop) {
        int colours = output.getColoursMax();
        PictureEncoder.writePalette(picture, colours, file, stop);
        if (!output.hasSizeBytesMax() || Written.sizeBytes(file) <= output.getSizeBytesMax()) {
            return colours;
        }
        int fitting = Largest.of(ImageOutputRules.COLOURS_MIN, colours - 1, fewer -> {
                    PictureEncoder.writePalette(picture, fewer, file, stop);
                    return Written.sizeBytes(file) <= output.getSizeBytesMax();
                })
                .orElseThrow(() -> tooSmall(output, OutputFormat.PNG));
        PictureEncoder.writePalette(picture, fitting, file, stop);
        return fitting;
    }

    /** Every frame, cut as the first. */
    private void moving(PhotoWork work, ImageOutputSpec output, Progress progress, Stop stop) {
        OutputFormat format = ImageOutputs.format(output);
        int background = ImageOutputs.background(output);
        Path file = work.file(output.getName() + "." + format.extension());
        List<Picture> pictures = new ArrayList<>();
        try (Frames frames = Frames.read(work.input(), work.header(), stop)) {
            Cut cut = null;
            for (int i = 0; i < frames.count(); i++) {
                stop.check();
                try (Picture frame = frames.picture(i, background, stop)) {
                    cut = cut == null ? Cut.of(output, frame, work.header().metadata(), interest, stop) : cut;
                    pictures.add(cut.of(frame));
                    finish(work, output, pictures.getLast(), stop);
                }
                progress.at(0.7 * (i + 1) / frames.count());
            }
            KeptTags tags = KeptTags.of(work.input(), work.header(), output.getMetadataMode());
            int quality = switch (output.getCompressionCase()) {
                case QUALITY -> output.getQuality();
                case SIZE_BYTES_MAX ->
                    Largest.of(1, PictureEncoder.QUALITY_MAX, tried -> {
                                stop.check();
                                frames.write(pictures, new Compression(tried, false, false), tags, file);
                                return Written.sizeBytes(file) <= output.getSizeBytesMax();
                            })
                            .orElseThrow(() -> tooSmall(output, format));
                case QUALITY_LEVEL, LOSSLESS, COMPRESSION_NOT_SET -> format.quality(output.getQualityLevel());
            };
            stop.check();
            frames.write(pictures, new Compression(quality, output.getLossless(), false), tags, file);
            PictureSize size = PictureSize.of(pictures.getFirst());
            PhotoWork.Made made = Written.moving(file, size, format);
            int written = made.metadata().getImage().getFrameCount();
            String equal =
                    written == frames.count() ? "" : " for " + frames.count() + ", as some in a row look the same";
            made(work, output, made, written + " frames" + equal + ", with " + tags.inWords());
        } finally {
            pictures.forEach(Picture::close);
        }
    }

    private static void made(PhotoWork work, ImageOutputSpec output, PhotoWork.Made made, String what) {
        OutputFormat format = ImageOutputs.format(output);
        long bytes = made.metadata().getSizeBytes();
        if (output.hasSizeBytesMax() && bytes > output.getSizeBytesMax()) {
            throw tooSmall(output, format);
        }
        work.make(output.getName(), made);
        PictureSize size =
                new PictureSize(made.metadata().getWidth(), made.metadata().getHeight());
        work.report(String.format(
                Locale.ROOT, "%s: %s pixels, %s, %d bytes, %s.", output.getName(), size, format, bytes, what));
        if (output.getAllFrames() && !ImageOutputs.moves(output, work.header())) {
            work.report(output.getName() + ": one frame, because "
                    + (WrittenFormat.of(output, output.getName()).canMove()
                            ? "the photo has no more."
                            : format + " shows the first of them."));
        }
    }

    private static Compression compression(
            ImageOutputSpec output, OutputFormat format, Picture picture, KeptTags tags, Stop stop) {
        boolean lossless = output.getLossless() || format.isAlwaysLossless();
        boolean progressive = output.getProgressive();
        int quality = switch (output.getCompressionCase()) {
            case QUALITY -> output.getQuality();
            case SIZE_BYTES_MAX ->
                PictureEncoder.qualityFor(picture, format, progressive, output.getSizeBytesMax() - tags.bytes(), stop)
                        .orElseThrow(() -> tooSmall(output, format));
            case QUALITY_LEVEL, LOSSLESS, COMPRESSION_NOT_SET -> format.quality(output.getQualityLevel());
        };
        return new Compression(quality, lossless, progressive);
    }

    private static Failure tooSmall(ImageOutputSpec output, OutputFormat format) {
        return Failure.invalid(
                "spec.image.outputs." + output.getName() + ".size_bytes_max",
                "is " + output.getSizeBytesMax() + "; the picture has more bytes as " + format
                        + (output.getColoursMax() > 0
                                ? " even with two colours"
                                : format.isAlwaysLossless() ? ", which loses nothing" : " even at the lowest quality")
                        + "; expected more, or fewer pixels");
    }
}
