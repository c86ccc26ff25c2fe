package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;

/** Writes the picture as it is now: the prepared picture, or the result. */
final class WriteStep implements Step<PhotoWork> {
    private final String output;
    private final int quality;

    /** Writes under that name of an output, with that JPEG quality. */
    WriteStep(String output, int quality) {
        this.output = output;
        this.quality = quality;
    }

    @Override
    public String name() {
        return "write_" + output;
    }

    @Override
    public double weight() {
        return 4;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Path file = work.file(output + ".jpg");
        PictureEncoder.write(work.picture(), quality, file);
        work.make(output, Written.of(file, PictureSize.of(work.picture())));
    }
}
