package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes one video file: pictures, sound and subtitles coded anew, all tags of camera and place left out. */
final class MakeFile {
    private static final double MEASURING = 0.1;
    private static final double FIRST_PASS = 0.4;
    private static final double CHECKING = 0.97;
    private static final double SECONDS_OFF_MAX = 1;
    private static final double SHARE_OFF_MAX = 0.03;

    private final RunFFmpeg ffmpeg;
    private final ProbeVideo probe;

    MakeFile(RunFFmpeg ffmpeg, ProbeVideo probe) {
        this.ffmpeg = ffmpeg;
        this.probe = probe;
    }

    /** Makes it, and looks at what was made. */
    Product make(String name, TranscodeSpec file, Source source, Progress progress, Stop stop) {
        boolean webm = file.getContainer() == Container.CONTAINER_WEBM;
        PictureSize size = source.fitted(file.getWidth(), file.getHeight());
        Path out = source.folder().resolve(name + (webm ? ".webm" : ".mp4"));
        List<String> notes = new ArrayList<>();
        double own = source.video().rate();
        double wished = file.getFramesPerSecond();
        double rate = wished > 0 && wished < own ? wished : own; // more would only repeat pictures
        String timing = rate < own ? "fps=" + String.format(Locale.ROOT, "%.6f", rate) : "";
        List<String> pictures = Filters.of(ffmpeg, source, 0, timing, size, "format=yuv420p");
        List<String> sound = sound(file.getAudio(), source, notes, progress.part(0, MEASURING), stop);
        List<String> rest = rest(file, source, notes, out);
        double seconds = source.video().seconds();
        if (file.getTwoPass()) {
            List<String> first = new ArrayList<>(pictures);
            first.addAll(Coding.pictures(file, rate, ffmpeg.threads(), Coding.Pass.FIRST));
            first.addAll(List.of("-an", "-f", "null", "-"));
            ffmpeg.run(source.folder(), first, seconds, progress.part(MEASURING, FIRST_PASS), stop);
        }
        Coding.Pass pass = file.getTwoPass() ? Coding.Pass.SECOND : Coding.Pass.ONLY;
        List<String> options = new ArrayList<>(pictures);
        options.addAll(Coding.pictures(file, rate, ffmpeg.threads(), pass));
        options.addAll(sound);
        options.addAll(rest);
        double begin = file.getTwoPass() ? FIRST_PASS : MEASURING;
        ffmpeg.run(source.folder(), options, seconds, progress.part(begin, CHECKING), stop);
        Video made = probe.read(out, webm ? MediaType.MEDIA_TYPE_WEBM : MediaType.MEDIA_TYPE_MP4, stop);
        check(made, file, source, size);
        return new Product(
                name, out, webm ? "video/webm" : "video/mp4", made.metadata(), report(name, made, size, notes));
    }

    private static String report(String name, Video made, PictureSize size, List<String> notes) {
        String what = String.format(
                Locale.ROOT,
                "%s: %s, %s pixels, %.1f s",
                name,
                made.metadata().getVideo().getVideoCodec(),
                size,
                made.seconds());
        return what + (notes.isEmpty() ? "" : ", " + String.join(", ", notes)) + ".";
    }

    private List<String> sound(AudioSpec audio, Source source, List<String> notes, Progress progress, Stop stop) {
        List<Video.Track> tracks = source.video().sounds();
        if (audio.getRemove() || tracks.isEmpty()) {
            return List.of();
        }
        if (tracks.size() > 1) {
            notes.add("the first of " + tracks.size() + " sounds");
        }
        Video.Track track = tracks.getFirst();
        List<String> filters = new ArrayList<>();
        if (audio.getNormaliseLoudness()) {
            Optional<String> moved = Loudness.filter(ffmpeg, source, track.stream(), progress, stop);
            moved.ifPresent(filters::add);
            notes.add(moved.isPresent() ? "loudness normalised" : "silent, so its loudness stays");
        }
        int inFile = source.video().metadata().getVideo().getAudioTracks(0).getChannels();
        int channels = Coding.channels(audio, inFile);
        if (channels > 2) {
            filters.add("aformat=channel_layouts=" + layout(channels));
        }
        List<String> options = new ArrayList<>(List.of("-map", "0:" + track.stream()));
        if (!filters.isEmpty()) {
            options.addAll(List.of("-af", String.join(",", filters)));
        }
        options.addAll(Coding.sound(audio, inFile));
        language(options, "a:0", track);
        return options;
    }

    private static String layout(int channels) {
        return switch (channels) {
            case 3 -> "3.0";
            case 4 -> "quad";
            case 5 -> "5.0";
            case 6 -> "5.1";
            case 7 -> "6.1";
            case 8 -> "7.1";
            default -> throw new IllegalArgumentException(channels + " channels have no layout");
        };
    }

    private static void language(List<String> options, String stream, Video.Track track) {
        if (!track.language().isEmpty()) {
            options.addAll(List.of("-metadata:s:" + stream, "language=" + track.language()));
        }
    }

    /** Subtitles, tags and the container. */
    private static List<String> rest(TranscodeSpec file, Source source, List<String> notes, Path out) {
        boolean webm = file.getContainer() == Container.CONTAINER_WEBM;
        List<String> options = new ArrayList<>();
        List<String> languages = new ArrayList<>();
        if (file.getKeepSubtitles()) {
            List<Video.Track> texts = source.video().texts();
            for (int i = 0; i < texts.size(); i++) {
                options.addAll(List.of("-map", "0:" + texts.get(i).stream()));
                language(languages, "s:" + i, texts.get(i));
            }
            options.addAll(List.of("-c:s", webm ? "webvtt" : "mov_text"));
            if (source.video().drawn() > 0) {
                notes.add("without " + source.video().drawn() + " tracks of subtitles that are drawn");
            }
        }
        // Tags tell where and with what a video was taken.
        options.addAll(List.of("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"));
        options.addAll(languages);
        options.addAll(List.of("-max_muxing_queue_size", "4096"));
        options.addAll(webm ? List.of("-f", "webm") : List.of("-movflags", "+faststart", "-f", "mp4"));
        options.add("file:" + out.toAbsolutePath());
        return options;
    }

    private static void check(Video made, TranscodeSpec file, Source source, PictureSize size) {
        VideoMetadata video = made.metadata().getVideo();
        String codec = switch (file.getVideoCodec()) {
            case VIDEO_CODEC_H264 -> "h264";
            case VIDEO_CODEC_H265 -> "hevc";
            case VIDEO_CODEC_VP9 -> "vp9";
            case VIDEO_CODEC_AV1 -> "av1";
            case VIDEO_CODEC_UNSPECIFIED, UNRECOGNIZED -> "";
        };
        boolean asAsked = video.getVideoCodec().equals(codec)
                && made.metadata().getWidth() == size.width()
                && made.metadata().getHeight() == size.height();
        double wanted = source.video().seconds();
        double off = Math.abs(made.seconds() - wanted);
        if (!asAsked || (off > SECONDS_OFF_MAX && off > SHARE_OFF_MAX * wanted)) {
            throw Failure.of(
                    Reason.REASON_RESULT_REJECTED,
                    String.format(
                            Locale.ROOT,
                            "The file came out as %s of %d × %d pixels and %.1f s; expected %s of %s pixels and %.1f s.",
                            video.getVideoCodec(),
                            made.metadata().getWidth(),
                            made.metadata().getHeight(),
                            made.seconds(),
                            codec,
                            size,
                            wanted));
        }
    }
}
