package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Thumbnails;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;

/** Makes the result's small form, for lists: result_small. */
final class SmallResultStep implements Step<PhotoWork> {
    private final int quality;

    SmallResultStep(int quality) {
        this.quality = quality;
    }

    @Override
    public String name() {
        return "make_small_result";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        try (Picture small = work.picture().fittingIn(PictureSize.square(Thumbnails.LARGE))) {
            Path file = work.file("result_small.jpg");
            PictureEncoder.write(small, quality, file);
            work.make("result_small", Written.of(file, PictureSize.of(small)));
        }
    }
}
