package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.AnimationRequest;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Codes the clip of an animation: a silent MP4, H.264, 8 bits 4:2:0, and exactly as many pictures as were asked for. */
final class MakeClip {
    private static final TranscodeSpec CODING = TranscodeSpec.newBuilder()
            .setVideoCodec(VideoCodec.VIDEO_CODEC_H264)
            .setSpeed("fast")
            .setProfile("high")
            .setCrf(18)
            .setKeyframeInterval(VideoOutputs.duration(2))
            .build();
    private static final String CONTENT_TYPE = "video/mp4";
    private static final double CHECKING = 0.95;
    /** A clip that is slowed down further than this shows its pictures one by one. */
    private static final double SLOWED_MAX = 2.5;

    private static final String PLAIN = "scale=out_range=tv,format=yuv420p";
    /** JPEGs have the matrix of old television and all levels; players take clips for what new television has. */
    private static final String COLOURS = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p";

    private static final List<String> COLOUR_TAGS =
            List.of("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv");

    private final RunFFmpeg ffmpeg;
    private final ProbeVideo probe;

    MakeClip(RunFFmpeg ffmpeg, ProbeVideo probe) {
        this.ffmpeg = ffmpeg;
        this.probe = probe;
    }

    /**
     * Codes it, and looks at what was made.
     *
     * @param frames of the clip; a source that lasts longer is cut, one that is shorter is slowed down
     */
    Product make(String name, Source source, int frames, Progress progress, Stop stop) {
        double seconds = (double) frames / AnimationRequest.RATE;
        PictureSize size = source.fitted(0, 0);
        Path out = source.folder().resolve(name + ".mp4");
        boolean drawn = source.isOfFrames();
        List<String> options = new ArrayList<>(
                Filters.of(ffmpeg, source, 0, drawn ? "" : timing(source, seconds), size, drawn ? COLOURS : PLAIN));
        options.addAll(Coding.pictures(CODING, AnimationRequest.RATE, ffmpeg.threads(), Coding.Pass.ONLY));
        if (drawn) {
            options.addAll(COLOUR_TAGS);
        }
        options.addAll(List.of("-frames:v", String.valueOf(frames), "-map_metadata", "-1", "-map_chapters", "-1"));
        options.addAll(List.of("-movflags", "+faststart", "-f", "mp4", "file:" + out.toAbsolutePath()));
        ffmpeg.run(source.folder(), options, seconds, progress.part(0, CHECKING), stop);
        Video made = probe.read(out, MediaType.MEDIA_TYPE_MP4, stop);
        check(made, size, seconds);
        progress.at(1);
        return new Product(name, out, CONTENT_TYPE, made.metadata(), "");
    }

    /** As long as it is asked for, at the rate of clips; the last picture stays for what rounding leaves. */
    private static String timing(Source source, double seconds) {
        double slower = Math.max(1, seconds / source.video().seconds());
        if (slower > SLOWED_MAX) {
            throw rejected(String.format(
                    Locale.ROOT,
                    "The clip lasts %.1f s; expected %.1f s.",
                    source.video().seconds(),
                    seconds));
        }
        return String.format(
                Locale.ROOT,
                "setpts=%.6f*(PTS-STARTPTS),fps=%d,tpad=stop_mode=clone:stop_duration=1",
                slower,
                AnimationRequest.RATE);
    }

    private static void check(Video made, PictureSize size, double seconds) {
        VideoMetadata video = made.metadata().getVideo();
        boolean asAsked = video.getVideoCodec().equals("h264")
                && video.getPixelFormat().equals("yuv420p")
                && video.getAudioTracksCount() == 0
                && made.metadata().getWidth() == size.width()
                && made.metadata().getHeight() == size.height();
        if (!asAsked || Math.abs(made.seconds() - seconds) > 1.0 / AnimationRequest.RATE + 1e-6) {
            throw rejected(String.format(
                    Locale.ROOT,
                    "The clip came out as %s %s of %d × %d pixels and %.2f s; expected h264 yuv420p of %s pixels and"
                            + " %.2f s.",
                    video.getVideoCodec(),
                    video.getPixelFormat(),
                    made.metadata().getWidth(),
                    made.metadata().getHeight(),
                    made.seconds(),
                    size,
                    seconds));
        }
    }

    private static Failure rejected(String message) {
        return Failure.of(Reason.REASON_RESULT_REJECTED, message);
    }
}
