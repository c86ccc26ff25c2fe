package dev.rekindle.processing.video;

import dev.rekindle.common.v1.Resolution;
import dev.rekindle.processing.picture.PictureSize;
import java.nio.file.Path;

/**
 * What outputs are made of.
 *
 * @param file the one file that is read
 * @param folder where outputs and all that lies between are written
 * @param resolution no output is larger than its box
 * @param watermark whether pictures are marked
 */
public record Source(Path file, Path folder, Video video, Resolution resolution, boolean watermark) {

    /** The upright size in square pixels. */
    PictureSize size() {
        return new PictureSize(video.metadata().getWidth(), video.metadata().getHeight());
    }

    /**
     * The size of an output that fits into a box, and into that of the resolution: even numbers, and never more pixels than
     * there are.
     *
     * @param width of the box; 0 where it has none
     * @param height of the box; 0 where it has none
     */
    PictureSize fitted(int width, int height) {
        PictureSize box =
                new PictureSize(width == 0 ? Integer.MAX_VALUE : width, height == 0 ? Integer.MAX_VALUE : height);
        PictureSize size = size().fittedInto(size().boxOf(resolution)).fittedInto(box);
        return new PictureSize(even(size.width()), even(size.height()));
    }

    private static int even(int side) {
        return Math.max(2, side / 2 * 2);
    }
}
