package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.List;

/** What can be done with videos. */
public final class Videos {
    private final VideoConfig config;
    private final ProbeVideo probe;
    private final MakeFile files;
    private final TakePictures pictures;
    private final MakeClip clips;

    public Videos(VideoConfig config) {
        this.config = config;
        FFmpegPrograms programs = new FFmpegPrograms(config);
        RunFFmpeg ffmpeg = new RunFFmpeg(programs, config);
        this.probe = new ProbeVideo(programs, config);
        this.files = new MakeFile(ffmpeg, probe);
        this.pictures = new TakePictures(ffmpeg);
        this.clips = new MakeClip(ffmpeg, probe);
    }

    public VideoConfig config() {
        return config;
    }

    /**
     * Reads what a video is.
     *
     * @param type as its first bytes told
     * @throws Failure UNSUPPORTED_MEDIA, CORRUPT_MEDIA, TOO_MANY_PIXELS or TOO_LARGE for what is not taken
     */
    public Video probe(Path file, MediaType type, Stop stop) {
        return probe.read(file, type, stop);
    }

    /** Writes the picture that stands for the video as PNG, no larger than that. */
    public void poster(Source source, int sideMax, Path png, Stop stop) {
        pictures.poster(source, sideMax, png, stop);
    }

    /**
     * Codes the clip of an animation: silent, H.264, and exactly so many pictures long.
     *
     * @throws Failure RESULT_REJECTED for a source that is far too short, and for a clip that came out otherwise
     */
    public Product clip(String name, Source source, int frames, Progress progress, Stop stop) {
        return clips.make(name, source, frames, progress, stop);
    }

    /** Makes the files of one output, whose specification is complete. */
    public List<Product> make(VideoOutputSpec output, Source source, Progress progress, Stop stop) {
        String name = output.getName();
        return switch (output.getProductCase()) {
            case TRANSCODE -> List.of(files.make(name, output.getTranscode(), source, progress, stop));
            case THUMBNAILS -> pictures.thumbnails(name, output.getThumbnails(), source, progress, stop);
            case SPRITE_SHEET -> pictures.sheet(name, output.getSpriteSheet(), source, progress, stop);
            case PREVIEW -> List.of(pictures.preview(name, output.getPreview(), source, progress, stop));
            case STREAMING, PRODUCT_NOT_SET ->
                throw new IllegalArgumentException("not checked: " + output.getProductCase());
        };
    }
}
