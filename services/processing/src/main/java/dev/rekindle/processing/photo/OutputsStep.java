package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.CropPosition;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.engine.Sharpening;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.picture.Watermark;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
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
            try (Picture picture = resized(work, output, stop)) {
                if (output.getSharpen() > 0) {
                    Sharpening.apply(picture, output.getSharpen(), stop);
                }
                if (work.order().getWatermark()) {
                    Watermark.apply(picture);
                }
                write(work, output, picture, stop);
            }
            made++;
            progress.at((double) made / outputs.size());
        }
    }

    private Picture resized(PhotoWork work, ImageOutputSpec output, Stop stop) {
        Picture picture = work.picture();
        // The shape is that of the whole photo, not of the reduced copy, whose sides are rounded.
        var metadata = work.header().metadata();
        Resizing whole = Resizing.of(output, new PictureSize(metadata.getWidth(), metadata.getHeight()));
        double reduced = (double) picture.longerSide() / Math.max(metadata.getWidth(), metadata.getHeight());
        Resizing resizing = new Resizing(
                Math.clamp(Math.round(whole.cutWidth() * reduced), 1, picture.width()),
                Math.clamp(Math.round(whole.cutHeight() * reduced), 1, picture.height()),
                whole.size());
        CropPosition position = output.getCropPosition();
        int left = start(picture, true, resizing.cutWidth(), position, stop);
        int top = start(picture, false, resizing.cutHeight(), position, stop);
        return picture.resized(resizing, left, top, output.getInterpolation());
    }

    private int start(Picture picture, boolean across, int length, CropPosition position, Stop stop) {
        int rest = (across ? picture.width() : picture.height()) - length;
        return switch (position) {
            case CROP_POSITION_CENTRE, CROP_POSITION_UNSPECIFIED, UNRECOGNIZED -> rest / 2;
            case CROP_POSITION_TOP -> across ? rest / 2 : 0;
            case CROP_POSITION_BOTTOM -> across ? rest / 2 : rest;
            case CROP_POSITION_LEFT -> across ? 0 : rest / 2;
            case CROP_POSITION_RIGHT -> across ? rest : rest / 2;
            case CROP_POSITION_SMART -> interest.start(picture, across, length, stop);
        };
    }

    private static void write(PhotoWork work, ImageOutputSpec output, Picture picture, Stop stop) {
        OutputFormat format = ImageOutputs.format(output);
        Compression how = compression(output, format, picture, stop);
        Path file = work.file(output.getName() + "." + format.extension());
        PictureEncoder.write(picture, format, how, file);
        PictureSize size = PictureSize.of(picture);
        PhotoWork.Made made = Written.of(file, size, format, how.lossless() ? format + " lossless" : format.name());
        long bytes = made.metadata().getSizeBytes();
        if (output.hasSizeBytesMax() && bytes > output.getSizeBytesMax()) {
            throw tooSmall(output, format);
        }
        work.make(output.getName(), made);
        work.report(String.format(Locale.ROOT, "%s: %s pixels, %s, %d bytes.", output.getName(), size, format, bytes));
    }

    private static Compression compression(ImageOutputSpec output, OutputFormat format, Picture picture, Stop stop) {
        boolean lossless = output.getLossless() || format.isAlwaysLossless();
        int quality = switch (output.getCompressionCase()) {
            case QUALITY -> output.getQuality();
            case SIZE_BYTES_MAX ->
                PictureEncoder.qualityFor(picture, format, output.getProgressive(), output.getSizeBytesMax(), stop)
                        .orElseThrow(() -> tooSmall(output, format));
            case QUALITY_LEVEL, LOSSLESS, COMPRESSION_NOT_SET -> format.quality(output.getQualityLevel());
        };
        return new Compression(quality, lossless, output.getProgressive());
    }

    private static Failure tooSmall(ImageOutputSpec output, OutputFormat format) {
        return Failure.invalid(
                "spec.image.outputs." + output.getName() + ".size_bytes_max",
                "is " + output.getSizeBytesMax() + "; the picture has more bytes as " + format
                        + " even at the lowest quality; expected more, or fewer pixels");
    }
}
