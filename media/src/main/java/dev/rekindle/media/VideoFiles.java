package dev.rekindle.media;

import dev.rekindle.jobs.v1.AudioCodec;
import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;

/** Which codecs go into which containers, and what each codec can be told. */
final class VideoFiles {
    private static final List<String> X26X_SPEEDS =
            List.of("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow");
    private static final List<String> LEVELS = List.of(
            "1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3", "3.1", "3.2", "4", "4.1", "4.2", "5", "5.1", "5.2", "6",
            "6.1", "6.2");
    private static final List<String> H265_LEVELS =
            List.of("1", "2", "2.1", "3", "3.1", "4", "4.1", "5", "5.1", "5.2", "6", "6.1", "6.2");
    private static final double INTERVAL_SECONDS = 2;
    private static final double INTERVAL_SECONDS_MIN = 0.1;
    private static final double INTERVAL_SECONDS_MAX = 30;
    private static final long AUDIO_BITS_MIN = 16_000;

    private VideoFiles() {}

    /**
     * What one codec can be told.
     *
     * @param crfMax the worst quality of its scale, which begins with 0
     * @param speeds from its fastest to its slowest; the one that is meant where none is said
     */
    private record Abilities(
            int crfMax, int crf, List<String> speeds, String speed, List<String> profiles, List<String> levels) {}

    private static Abilities abilities(VideoCodec codec) {
        return switch (codec) {
            case VIDEO_CODEC_H264 ->
                new Abilities(51, 23, X26X_SPEEDS, "veryfast", List.of("baseline", "main", "high"), LEVELS);
            case VIDEO_CODEC_H265 -> new Abilities(51, 27, X26X_SPEEDS, "veryfast", List.of("main"), H265_LEVELS);
            case VIDEO_CODEC_VP9 ->
                new Abilities(
                        63, 33, List.of("8", "7", "6", "5", "4", "3", "2", "1", "0"), "5", List.of("0"), List.of());
            case VIDEO_CODEC_AV1 ->
                new Abilities(
                        63,
                        35,
                        List.of("13", "12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"),
                        "10",
                        List.of("main"),
                        List.of());
            case VIDEO_CODEC_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no codec: " + codec);
        };
    }

    /**
     * A file with all that goes without saying said.
     *
     * @throws Failure INVALID_REQUEST naming the field below {@code field}
     */
    static TranscodeSpec completed(TranscodeSpec asked, String field) {
        TranscodeSpec.Builder file = asked.toBuilder();
        if (file.getContainer() == Container.CONTAINER_UNSPECIFIED) {
            boolean webm = file.getVideoCodec() == VideoCodec.VIDEO_CODEC_VP9
                    || file.getAudio().getCodec() == AudioCodec.AUDIO_CODEC_OPUS;
            file.setContainer(webm ? Container.CONTAINER_WEBM : Container.CONTAINER_MP4);
        }
        if (file.getVideoCodec() == VideoCodec.VIDEO_CODEC_UNSPECIFIED) {
            file.setVideoCodec(
                    file.getContainer() == Container.CONTAINER_WEBM
                            ? VideoCodec.VIDEO_CODEC_VP9
                            : VideoCodec.VIDEO_CODEC_H264);
        }
        requireFit(file, field);
        Abilities codec = abilities(file.getVideoCodec());
        checkRate(file, codec, field);
        if (file.getSpeed().isEmpty()) {
            file.setSpeed(codec.speed());
        }
        requireOneOf(field + ".speed", file.getSpeed(), codec.speeds(), file.getVideoCodec());
        if (!file.getProfile().isEmpty()) {
            requireOneOf(field + ".profile", file.getProfile(), codec.profiles(), file.getVideoCodec());
        }
        if (!file.getLevel().isEmpty()) {
            requireOneOf(field + ".level", file.getLevel(), codec.levels(), file.getVideoCodec());
        }
        double interval =
                file.hasKeyframeInterval() ? VideoOutputs.seconds(file.getKeyframeInterval()) : INTERVAL_SECONDS;
        if (interval < INTERVAL_SECONDS_MIN || interval > INTERVAL_SECONDS_MAX) {
            throw Failure.invalid(
                    field + ".keyframe_interval",
                    "is " + interval + " s; expected " + INTERVAL_SECONDS_MIN + " to " + INTERVAL_SECONDS_MAX + " s");
        }
        return file.setKeyframeInterval(VideoOutputs.duration(interval))
                .setAudio(audio(file.getAudio(), file.getContainer(), field + ".audio"))
                .build();
    }

    private static void requireFit(TranscodeSpec.Builder file, String field) {
        List<VideoCodec> fitting = switch (file.getContainer()) {
            case CONTAINER_MP4 ->
                List.of(VideoCodec.VIDEO_CODEC_H264, VideoCodec.VIDEO_CODEC_H265, VideoCodec.VIDEO_CODEC_AV1);
            case CONTAINER_WEBM -> List.of(VideoCodec.VIDEO_CODEC_VP9, VideoCodec.VIDEO_CODEC_AV1);
            case CONTAINER_UNSPECIFIED, UNRECOGNIZED -> List.of();
        };
        if (!fitting.contains(file.getVideoCodec())) {
            throw Failure.invalid(
                    field + ".video_codec",
                    "is " + name(file.getVideoCodec()) + " in " + name(file.getContainer()) + "; expected "
                            + String.join(
                                    " or ",
                                    fitting.stream().map(VideoFiles::name).toList()));
        }
    }

    private static void checkRate(TranscodeSpec.Builder file, Abilities codec, String field) {
        switch (file.getRateControlCase()) {
            case CRF -> {
                if (file.getCrf() > codec.crfMax()) {
                    throw Failure.invalid(
                            field + ".crf",
                            "is " + file.getCrf() + " for " + name(file.getVideoCodec()) + "; expected 0 to "
                                    + codec.crfMax());
                }
            }
            case RATECONTROL_NOT_SET -> file.setCrf(codec.crf());
            case BITS_PER_SECOND -> {
                // Bounded by the contract.
            }
        }
        if (file.getTwoPass() && !file.hasBitsPerSecond()) {
            throw Failure.invalid(field + ".two_pass", "is true without bits_per_second, which it is for");
        }
        if (file.getTwoPass() && file.getVideoCodec() == VideoCodec.VIDEO_CODEC_AV1) {
            throw Failure.invalid(field + ".two_pass", "is true for AV1; expected false, or H264, H265 or VP9");
        }
    }

    /** The sound of a file in that container, complete. */
    static AudioSpec audio(AudioSpec asked, Container container, String field) {
        AudioCodec own =
                container == Container.CONTAINER_WEBM ? AudioCodec.AUDIO_CODEC_OPUS : AudioCodec.AUDIO_CODEC_AAC;
        if (asked.getRemove()) {
            return AudioSpec.newBuilder().setRemove(true).build();
        }
        if (asked.getCodec() != AudioCodec.AUDIO_CODEC_UNSPECIFIED && asked.getCodec() != own) {
            throw Failure.invalid(
                    field + ".codec",
                    "is " + name(asked.getCodec()) + " in " + name(container) + "; expected " + name(own));
        }
        if (asked.getBitsPerSecond() > 0 && asked.getBitsPerSecond() < AUDIO_BITS_MIN) {
            throw Failure.invalid(
                    field + ".bits_per_second",
                    "is " + asked.getBitsPerSecond() + "; expected 0 or " + AUDIO_BITS_MIN + " to 512000");
        }
        AudioSpec.Builder audio = asked.toBuilder().setCodec(own);
        if (audio.getBitsPerSecond() == 0) {
            audio.setBitsPerSecond(own == AudioCodec.AUDIO_CODEC_OPUS ? 96_000 : 128_000);
        }
        return audio.build();
    }

    private static void requireOneOf(String field, String value, List<String> fitting, VideoCodec codec) {
        if (!fitting.contains(value)) {
            throw Failure.invalid(
                    field,
                    "is \"" + value + "\" for " + name(codec) + "; expected "
                            + (fitting.isEmpty() ? "none" : String.join(", ", fitting)));
        }
    }

    /** "H264", "MP4", "AAC". */
    private static String name(Enum<?> value) {
        return value.name().substring(value.name().lastIndexOf('_') + 1);
    }
}
