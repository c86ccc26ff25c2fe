package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.processing.engine.AnimationRequest;
import dev.rekindle.processing.picture.PictureSize;
import java.nio.file.Path;
import java.util.List;

/**
 * What outputs are made of.
 *
 * @param file the one file that is read
 * @param folder where outputs and all that lies between are written
 * @param resolution no output is larger than its box
 * @param watermark whether pictures are marked
 */
public record Source(Path file, Path folder, Video video, Resolution resolution, boolean watermark) {

    private static final String FRAMES_DEMUXER = "mjpeg";

    /**
     * JPEGs of one size that lie one after the other in a file: the frames of a clip, as large as it is to be. The demuxer of
     * such files gives each 1/25 s.
     */
    public static Source ofFrames(Path file, Path folder, PictureSize size, int frames, boolean watermark) {
        MediaMetadata metadata = MediaMetadata.newBuilder()
                .setWidth(size.width())
                .setHeight(size.height())
                .setVideo(VideoMetadata.newBuilder().setFramesPerSecond(AnimationRequest.RATE))
                .build();
        Video video = new Video(
                metadata,
                FRAMES_DEMUXER,
                0,
                (double) frames / AnimationRequest.RATE,
                (frames - 1.0) / AnimationRequest.RATE,
                List.of(),
                List.of(),
                0);
        return new Source(file, folder, video, Resolution.RESOLUTION_ORIGINAL, watermark);
    }

    /** True of {@link #ofFrames}. */
    boolean isOfFrames() {
        return video.demuxer().equals(FRAMES_DEMUXER);
    }

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
