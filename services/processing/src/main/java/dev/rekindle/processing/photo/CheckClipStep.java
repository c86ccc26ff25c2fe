package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.video.Source;
import dev.rekindle.processing.video.Videos;
import java.nio.file.Path;

/**
 * Takes a picture from the start of the clip that was written, which shows that it can be decoded, and holds it against the
 * photo: it is not blank and shows the same scene. What fails here is done again. The picture then stands for the clip.
 */
final class CheckClipStep implements Step<PhotoWork> {
    private static final double SAME_SCENE_MIN = 0.4;

    private final String output;
    private final Videos videos;
    private final PhotoConfig config;

    CheckClipStep(String output, Videos videos, PhotoConfig config) {
        this.output = output;
        this.videos = videos;
        this.config = config;
    }

    @Override
    public String name() {
        return "check_result";
    }

    @Override
    public double weight() {
        return 4;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Picture shown = shown(CheckWrittenStep.written(work, output), work, stop);
        check(work.original(), shown);
        work.setPicture(shown);
    }

    private Picture shown(Path clip, PhotoWork work, Stop stop) {
        Source source = new Source(
                clip,
                work.folder(),
                videos.probe(clip, MediaType.MEDIA_TYPE_MP4, stop),
                Resolution.RESOLUTION_ORIGINAL,
                false);
        Path png = work.file("poster.png");
        videos.poster(source, config.preparedSideMax(), png, stop);
        MediaHeader header = MediaHeader.read(ByteSource.ofFile(png), config.limits());
        return PictureDecoder.decode(png, header, 0, stop);
    }

    /** Throws RESULT_REJECTED unless the clip may be of the photo. A clip of another shape shows its middle. */
    static void check(Picture photo, Picture shown) {
        PictureSize size = PictureSize.of(shown);
        double scale = Math.max((double) size.width() / photo.width(), (double) size.height() / photo.height());
        int width = Math.clamp(Math.round(size.width() / scale), 1, photo.width());
        int height = Math.clamp(Math.round(size.height() / scale), 1, photo.height());
        int left = (photo.width() - width) / 2;
        int top = (photo.height() - height) / 2;
        Resizing middle = new Resizing(width, height, size);
        try (Picture expected = photo.resized(middle, left, top, Interpolation.INTERPOLATION_BILINEAR)) {
            Resemblance resemblance = Resemblance.of(expected, shown);
            CheckWrittenStep.requireDetail(resemblance.detailKept(), "clip");
            if (resemblance.structure() < SAME_SCENE_MIN) {
                throw CheckWrittenStep.rejected("The clip does not show the photo that was sent.");
            }
        }
    }
}
