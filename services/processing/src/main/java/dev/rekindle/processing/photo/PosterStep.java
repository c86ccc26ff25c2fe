package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Resolution;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.video.Source;
import dev.rekindle.processing.video.Videos;
import java.nio.file.Path;

/** Takes the picture that stands for a video; from here on it is a picture like others. */
final class PosterStep implements Step<PhotoWork> {
    private final Videos videos;
    private final PhotoConfig config;

    PosterStep(Videos videos, PhotoConfig config) {
        this.videos = videos;
        this.config = config;
    }

    @Override
    public String name() {
        return "take_poster";
    }

    @Override
    public double weight() {
        return 5;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Source source = new Source(work.input(), work.folder(), work.video(), Resolution.RESOLUTION_ORIGINAL, false);
        Path png = work.file("poster.png");
        videos.poster(source, config.preparedSideMax(), png, stop);
        MediaHeader header = MediaHeader.read(ByteSource.ofFile(png), config.limits());
        work.setPicture(PictureDecoder.decode(png, header, 0, stop));
    }
}
