package dev.rekindle.media;

import dev.rekindle.jobs.v1.AudioCodec;
import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;

/** Video files by name. Fields that a request sets itself go before those of its preset. */
public final class VideoPresets {
    /** All of them, complete. Their boxes are square, so that upright videos get as many pixels as wide ones. */
    public static final List<VideoOutputSpec> ALL = List.of(
            preset("mobile_video", h264(854, 26, "veryfast", "main", 96_000).setFramesPerSecond(30)),
            preset("web_video", h264(1280, 23, "veryfast", "high", 128_000).setFramesPerSecond(60)),
            preset("archive_quality", h264(0, 16, "medium", "high", 256_000).setKeepSubtitles(true)));

    private VideoPresets() {}

    private static VideoOutputSpec preset(String name, TranscodeSpec.Builder file) {
        return VideoOutputSpec.newBuilder()
                .setName(name)
                .setPreset(name)
                .setTranscode(file)
                .build();
    }

    private static TranscodeSpec.Builder h264(int side, int crf, String speed, String profile, long audioBits) {
        return TranscodeSpec.newBuilder()
                .setContainer(Container.CONTAINER_MP4)
                .setVideoCodec(VideoCodec.VIDEO_CODEC_H264)
                .setWidth(side)
                .setHeight(side)
                .setCrf(crf)
                .setSpeed(speed)
                .setProfile(profile)
                .setAudio(AudioSpec.newBuilder()
                        .setCodec(AudioCodec.AUDIO_CODEC_AAC)
                        .setBitsPerSecond(audioBits)
                        .setChannels(2));
    }

    /**
     * What an output asks for with what its preset adds, which is all of it for a preset by its name alone. A side that the request sets replaces the whole box of the preset;
     * another container or codec takes away what only the preset's own codec understands.
     *
     * @param field where the output stands in the request
     * @throws Failure INVALID_REQUEST for a preset that is none, or one of something else than a file
     */
    static VideoOutputSpec completed(VideoOutputSpec output, String field) {
        if (output.getPreset().isEmpty()) {
            return output;
        }
        TranscodeSpec.Builder file =
                Presets.named(output.getPreset(), ALL, VideoOutputSpec::getPreset, field).getTranscode().toBuilder();
        boolean ofAnotherKind = output.getProductCase() != VideoOutputSpec.ProductCase.PRODUCT_NOT_SET;
        if (ofAnotherKind && !output.hasTranscode()) {
            throw Failure.invalid(
                    field + ".preset", "is \"" + output.getPreset() + "\" for no file; presets are for transcode");
        }
        TranscodeSpec own = output.getTranscode();
        if (own.getWidth() > 0 || own.getHeight() > 0) {
            file.clearWidth().clearHeight();
        }
        boolean otherContainer =
                own.getContainer() != Container.CONTAINER_UNSPECIFIED && own.getContainer() != file.getContainer();
        boolean otherCodec = own.getVideoCodec() != VideoCodec.VIDEO_CODEC_UNSPECIFIED
                && own.getVideoCodec() != file.getVideoCodec();
        if (otherContainer || otherCodec) {
            file.clearContainer()
                    .clearVideoCodec()
                    .clearRateControl()
                    .clearSpeed()
                    .clearProfile()
                    .getAudioBuilder()
                    .clearCodec();
        }
        return output.toBuilder().setTranscode(file.mergeFrom(own)).build();
    }
}
