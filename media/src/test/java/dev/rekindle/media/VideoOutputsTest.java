package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.AudioCodec;
import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.PreviewSpec;
import dev.rekindle.jobs.v1.StreamingSpec;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is asked of videos, completed and refused. */
class VideoOutputsTest {

    private static VideoOutputSpec.Builder output(TranscodeSpec.Builder file) {
        return VideoOutputSpec.newBuilder().setName("mine").setTranscode(file);
    }

    private static List<VideoOutputSpec> of(VideoOutputSpec.Builder... outputs) {
        VideoSpec.Builder spec = VideoSpec.newBuilder();
        for (VideoOutputSpec.Builder output : outputs) {
            spec.addOutputs(output);
        }
        return VideoOutputs.of(spec.build());
    }

    private static void refused(String field, String why, VideoOutputSpec.Builder... outputs) {
        Failure failure = catchThrowableOfType(Failure.class, () -> of(outputs));
        assertThat(failure).as(field).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.violations().getFirst().field()).isEqualTo("spec.video." + field);
        assertThat(failure.violations().getFirst().description()).contains(why);
    }

    private static TranscodeSpec.Builder file() {
        return TranscodeSpec.newBuilder();
    }

    @Test
    @Tag("VID-02")
    void what_goes_without_saying_is_said() {
        TranscodeSpec mp4 = of(output(file())).getFirst().getTranscode();
        assertThat(mp4.getContainer()).isEqualTo(Container.CONTAINER_MP4);
        assertThat(mp4.getVideoCodec()).isEqualTo(VideoCodec.VIDEO_CODEC_H264);
        assertThat(mp4.getCrf()).isEqualTo(23);
        assertThat(mp4.getSpeed()).isEqualTo("veryfast");
        assertThat(mp4.getAudio().getCodec()).isEqualTo(AudioCodec.AUDIO_CODEC_AAC);
        assertThat(mp4.getKeyframeInterval().getSeconds()).isEqualTo(2);
        TranscodeSpec webm = of(output(file().setVideoCodec(VideoCodec.VIDEO_CODEC_VP9)))
                .getFirst()
                .getTranscode();
        assertThat(webm.getContainer()).isEqualTo(Container.CONTAINER_WEBM);
        assertThat(webm.getAudio().getCodec()).isEqualTo(AudioCodec.AUDIO_CODEC_OPUS);
    }

    @Test
    @Tag("VID-02")
    void what_does_not_fit_together_is_refused_by_its_field() {
        String file = "outputs[0].transcode.";
        refused(
                file + "video_codec",
                "is VP9 in MP4; expected H264 or H265 or AV1",
                output(file().setContainer(Container.CONTAINER_MP4).setVideoCodec(VideoCodec.VIDEO_CODEC_VP9)));
        refused(
                file + "video_codec",
                "is H264 in WEBM; expected VP9 or AV1",
                output(file().setContainer(Container.CONTAINER_WEBM).setVideoCodec(VideoCodec.VIDEO_CODEC_H264)));
        refused(
                file + "audio.codec",
                "is OPUS in MP4; expected AAC",
                output(file().setContainer(Container.CONTAINER_MP4)
                        .setAudio(AudioSpec.newBuilder().setCodec(AudioCodec.AUDIO_CODEC_OPUS))));
        refused(file + "crf", "is 52 for H264; expected 0 to 51", output(file().setCrf(52)));
        refused(file + "two_pass", "without bits_per_second", output(file().setTwoPass(true)));
        refused(
                file + "two_pass",
                "for AV1",
                output(file().setTwoPass(true).setBitsPerSecond(100_000).setVideoCodec(VideoCodec.VIDEO_CODEC_AV1)));
        refused(file + "speed", "is \"8\" for H264; expected ultrafast", output(file().setSpeed("8")));
        refused(file + "profile", "expected baseline, main, high", output(file().setProfile("high10")));
        refused(file + "level", "is \"9\" for H264", output(file().setLevel("9")));
        refused(
                file + "level",
                "expected none",
                output(file().setVideoCodec(VideoCodec.VIDEO_CODEC_VP9).setLevel("4")));
        refused(
                file + "keyframe_interval",
                "is 31.0 s; expected 0.1 to 30.0 s",
                output(file().setKeyframeInterval(VideoOutputs.duration(31))));
        refused(
                file + "audio.bits_per_second",
                "is 5; expected 0 or 16000",
                output(file().setAudio(AudioSpec.newBuilder().setBitsPerSecond(5))));
    }

    @Test
    @Tag("JOB-11")
    void names_are_used_once_and_times_lie_within_the_video() {
        refused("outputs[1].name", "as that of another", output(file()), output(file()));
        refused(
                "outputs[0].preview.duration",
                "expected 0.1 to 10.0 s",
                VideoOutputSpec.newBuilder()
                        .setName("p")
                        .setPreview(PreviewSpec.newBuilder().setDuration(VideoOutputs.duration(11))));
        VideoOutputSpec.Builder late = VideoOutputSpec.newBuilder()
                .setName("t")
                .setThumbnails(VideoThumbnailsSpec.newBuilder()
                        .addTimes(VideoOutputs.duration(1))
                        .addTimes(VideoOutputs.duration(3)));
        VideoMetadata video = VideoMetadata.newBuilder()
                .setDuration(VideoOutputs.duration(2.5))
                .build();
        Failure failure = catchThrowableOfType(Failure.class, () -> VideoOutputs.requireWithin(of(late), video));
        assertThat(failure.message())
                .isEqualTo("spec.video.outputs[0].thumbnails.times[1]: is 3.0 s; the video ends at 2.5 s");
    }

    @Test
    @Tag("JOB-15")
    void a_preset_is_completed_by_what_the_request_sets_and_gives_way_to_another_codec() {
        TranscodeSpec mobile = of(output(file().setCrf(31)).setPreset("mobile_video"))
                .getFirst()
                .getTranscode();
        assertThat(mobile.getWidth()).isEqualTo(854);
        assertThat(mobile.getHeight()).isEqualTo(854);
        assertThat(mobile.getCrf()).isEqualTo(31);
        assertThat(mobile.getProfile()).isEqualTo("main");
        assertThat(mobile.getAudio().getBitsPerSecond()).isEqualTo(96_000);
        TranscodeSpec narrow = of(output(file().setWidth(640)).setPreset("web_video"))
                .getFirst()
                .getTranscode();
        assertThat(narrow.getWidth()).isEqualTo(640);
        assertThat(narrow.getHeight()).isZero();
        TranscodeSpec webm = of(output(file().setContainer(Container.CONTAINER_WEBM))
                        .setPreset("web_video"))
                .getFirst()
                .getTranscode();
        assertThat(webm.getVideoCodec()).isEqualTo(VideoCodec.VIDEO_CODEC_VP9);
        assertThat(webm.getProfile()).isEmpty();
        assertThat(webm.getWidth()).isEqualTo(1280);
        refused(
                "outputs[0].preset",
                "for no file",
                VideoOutputSpec.newBuilder()
                        .setName("p")
                        .setPreset("web_video")
                        .setPreview(PreviewSpec.newBuilder().setWidth(100)));
        for (VideoOutputSpec preset : VideoPresets.ALL) {
            assertThat(of(VideoOutputSpec.newBuilder().setName("mine").setPreset(preset.getPreset())))
                    .as("%s by its name alone", preset.getPreset())
                    .singleElement()
                    .isEqualTo(of(preset.toBuilder().setName("mine")).getFirst());
        }
        assertThat(VideoPresets.ALL)
                .allSatisfy(preset ->
                        assertThat(of(preset.toBuilder())).singleElement().isNotNull());
    }

    @Test
    void what_is_not_made_here_is_refused_by_its_name() {
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> of(VideoOutputSpec.newBuilder()
                        .setName("s")
                        .setStreaming(StreamingSpec.newBuilder().setHls(true))));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
        assertThat(failure.message()).contains("outputs[0].streaming");
    }
}
