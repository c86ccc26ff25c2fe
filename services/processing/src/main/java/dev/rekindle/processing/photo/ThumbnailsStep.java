package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Thumbnails;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;

/** Makes the thumbnails: thumb_150, thumb_300, thumb_600. */
final class ThumbnailsStep implements Step<PhotoWork> {
    private final int quality;

    ThumbnailsStep(int quality) {
        this.quality = quality;
    }

    @Override
    public String name() {
        return "make_thumbnails";
    }

    @Override
    public double weight() {
        return 3;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Thumbnails.of(work.picture()).forEach((side, thumbnail) -> {
            try (Picture picture = thumbnail) {
                String output = "thumb_" + side;
                Path file = work.file(output + ".jpg");
                PictureEncoder.write(picture, quality, file);
                work.make(output, Written.of(file, PictureSize.of(picture)));
            }
        });
    }
}
