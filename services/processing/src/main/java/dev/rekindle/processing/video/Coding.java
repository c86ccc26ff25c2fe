package dev.rekindle.processing.video;

import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.media.VideoOutputs;
import java.util.ArrayList;
import java.util.List;

/** What ffmpeg's encoders are told for a specification. */
final class Coding {
    /** Passes of a coder over the same pictures. */
    enum Pass {
        ONLY,
        FIRST,
        SECOND
    }

    static final String STATISTICS = "passes";

    private Coding() {}

    /**
     * Options of the pictures' encoder.
     *
     * @param rate pictures a second
     */
    static List<String> pictures(TranscodeSpec file, double rate, int threads, Pass pass) {
        List<String> options = new ArrayList<>(List.of("-c:v", encoder(file)));
        options.addAll(List.of("-threads", String.valueOf(threads)));
        switch (file.getVideoCodec()) {
            case VIDEO_CODEC_H264 -> {
                options.addAll(List.of("-preset", file.getSpeed(), "-forced-idr", "1"));
                given(options, "-profile:v", file.getProfile());
                given(options, "-level:v", file.getLevel());
            }
            case VIDEO_CODEC_H265 -> {
                options.addAll(List.of("-preset", file.getSpeed(), "-forced-idr", "1", "-tag:v", "hvc1"));
                given(options, "-profile:v", file.getProfile());
                options.addAll(List.of("-x265-params", x265(file, threads, pass)));
            }
            case VIDEO_CODEC_VP9 -> {
                options.addAll(List.of("-deadline", "good", "-cpu-used", file.getSpeed(), "-row-mt", "1"));
                options.addAll(List.of("-tile-columns", "1"));
                given(options, "-profile:v", file.getProfile());
            }
            case VIDEO_CODEC_AV1 ->
                options.addAll(List.of("-preset", file.getSpeed(), "-svtav1-params", "lp=" + threads));
            case VIDEO_CODEC_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no codec");
        }
        options.addAll(rateOptions(file));
        double interval = VideoOutputs.seconds(file.getKeyframeInterval());
        options.addAll(List.of("-g", String.valueOf(Math.max(1, Math.round(rate * interval)))));
        options.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*" + RunFFmpeg.seconds(interval) + ")"));
        boolean ownPasses = encoder(file).equals("libx265");
        if (pass != Pass.ONLY && !ownPasses) {
            options.addAll(List.of("-pass", pass == Pass.FIRST ? "1" : "2", "-passlogfile", STATISTICS));
        }
        return options;
    }

    private static String encoder(TranscodeSpec file) {
        return switch (file.getVideoCodec()) {
            case VIDEO_CODEC_H264 -> "libx264";
            case VIDEO_CODEC_H265 -> "libx265";
            case VIDEO_CODEC_VP9 -> "libvpx-vp9";
            case VIDEO_CODEC_AV1 -> "libsvtav1";
            case VIDEO_CODEC_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no codec");
        };
    }

    private static String x265(TranscodeSpec file, int threads, Pass pass) {
        String level = file.getLevel().isEmpty() ? "" : ":level-idc=" + file.getLevel();
        String passes = switch (pass) {
            case ONLY -> "";
            case FIRST -> ":pass=1:stats=" + STATISTICS;
            case SECOND -> ":pass=2:stats=" + STATISTICS;
        };
        return "log-level=error:frame-threads=1:pools=" + threads + level + passes;
    }

    private static List<String> rateOptions(TranscodeSpec file) {
        if (!file.hasBitsPerSecond()) {
            String crf = String.valueOf(file.getCrf());
            // Without a rate of 0 libvpx takes the quality for a bound only.
            return encoder(file).equals("libvpx-vp9") ? List.of("-crf", crf, "-b:v", "0") : List.of("-crf", crf);
        }
        List<String> options = new ArrayList<>(List.of("-b:v", String.valueOf(file.getBitsPerSecond())));
        if (!encoder(file).equals("libsvtav1")) {
            options.addAll(List.of("-maxrate:v", String.valueOf(file.getBitsPerSecond() * 3 / 2)));
            options.addAll(List.of("-bufsize:v", String.valueOf(file.getBitsPerSecond() * 2)));
        }
        return options;
    }

    /**
     * Options of the sound's encoder.
     *
     * @param channels it has
     */
    static List<String> sound(AudioSpec audio, int channels) {
        String encoder = switch (audio.getCodec()) {
            case AUDIO_CODEC_AAC -> "aac";
            case AUDIO_CODEC_OPUS -> "libopus";
            case AUDIO_CODEC_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no codec of sound");
        };
        return List.of(
                "-c:a",
                encoder,
                "-b:a",
                String.valueOf(audio.getBitsPerSecond()),
                "-ac",
                String.valueOf(channels(audio, channels)),
                "-ar",
                "48000");
    }

    /** Stereo at most unless more is asked for. */
    static int channels(AudioSpec audio, int inFile) {
        return audio.getChannels() > 0 ? audio.getChannels() : Math.clamp(inFile, 1, 2);
    }

    private static void given(List<String> options, String option, String value) {
        if (!value.isEmpty()) {
            options.addAll(List.of(option, value));
        }
    }
}
