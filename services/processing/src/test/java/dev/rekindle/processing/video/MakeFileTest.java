package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.AudioCodec;
import dev.rekindle.jobs.v1.AudioSpec;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Video files that are made, held against what ffprobe sees in them. */
class MakeFileTest {
    @TempDir
    private static Path folder;

    private static Product make(String name, TranscodeSpec.Builder file, Source source) {
        return make(name, file, source, Progress.unheard());
    }

    private static Product make(String name, TranscodeSpec.Builder file, Source source, Progress progress) {
        VideoOutputSpec output = VideoOutputs.of(VideoSpec.newBuilder()
                        .addOutputs(VideoOutputSpec.newBuilder().setName(name).setTranscode(file))
                        .build())
                .getFirst();
        return TestVideos.VIDEOS.make(output, source, progress, new Stop()).getFirst();
    }

    private static Source source(String name, String size, double seconds) {
        return TestVideos.source(TestVideos.mp4(folder.resolve(name), size, seconds), MediaType.MEDIA_TYPE_MP4);
    }

    private static AudioSpec.Builder audio() {
        return AudioSpec.newBuilder();
    }

    @ParameterizedTest
    @CsvSource({
        "mp4, MEDIA_TYPE_MP4, libx264, aac",
        "mov, MEDIA_TYPE_MOV, mjpeg, pcm_s16le",
        "avi, MEDIA_TYPE_AVI, mpeg4, libmp3lame",
        "webm, MEDIA_TYPE_WEBM, libvpx, libopus",
        "mkv, MEDIA_TYPE_MKV, libx265, aac",
    })
    @Tag("VID-01")
    void every_container_that_is_taken_becomes_mp4(String ending, MediaType type, String codec, String sound) {
        Path file = TestVideos.make(
                folder.resolve("in." + ending), "160x90", 1, "-c:v", codec, "-c:a", sound, "-strict", "-2");
        Source source = TestVideos.source(file, type);
        Product made = make("from-" + ending, TranscodeSpec.newBuilder().setSpeed("ultrafast"), source);
        VideoMetadata video = made.metadata().getVideo();
        assertThat(video.getVideoCodec()).isEqualTo("h264");
        assertThat(video.getPixelFormat()).isEqualTo("yuv420p");
        assertThat(video.getAudioTracks(0).getCodec()).isEqualTo("aac");
        assertThat(VideoOutputs.seconds(video.getDuration())).isCloseTo(1, within(0.15));
    }

    @Test
    @Tag("VID-01")
    @Tag("VID-02")
    void what_an_mp4_is_asked_to_be_it_is() throws IOException {
        Source source = source("in-asked.mp4", "320x180", 2);
        Product made = make(
                "asked",
                TranscodeSpec.newBuilder()
                        .setCrf(30)
                        .setSpeed("superfast")
                        .setProfile("main")
                        .setLevel("3.1")
                        .setWidth(200)
                        .setHeight(200)
                        .setFramesPerSecond(10)
                        .setKeyframeInterval(VideoOutputs.duration(0.5))
                        .setAudio(audio().setChannels(1).setBitsPerSecond(64_000)),
                source);
        assertThat(made.contentType()).isEqualTo("video/mp4");
        assertThat(made.metadata().getWidth()).isEqualTo(200);
        assertThat(made.metadata().getHeight()).isEqualTo(112);
        VideoMetadata video = made.metadata().getVideo();
        assertThat(video.getFramesPerSecond()).isCloseTo(10, within(0.01));
        assertThat(video.getProfile()).isEqualTo("Main");
        assertThat(video.getGopFrames()).isEqualTo(5);
        assertThat(video.getAudioTracks(0).getChannels()).isEqualTo(1);
        assertThat(TestVideos.ffprobe(made.file(), "v:0", "stream=level")).containsExactly("31");
        List<Double> keyframes = TestVideos.ffprobe(made.file(), "v:0", "packet=pts_time,flags").stream()
                .filter(line -> line.contains("K"))
                .map(line -> Double.parseDouble(line.substring(0, line.indexOf(','))))
                .toList();
        assertThat(keyframes).hasSize(4).first().isEqualTo(0.0);
        assertThat(keyframes.get(3)).isCloseTo(1.5, within(0.06));
        String bytes = new String(Files.readAllBytes(made.file()), StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isBetween(1, bytes.indexOf("mdat"));
        assertThat(new String(Files.readAllBytes(source.file()), StandardCharsets.ISO_8859_1))
                .contains("+52.5200");
        assertThat(bytes).doesNotContain("+52.5200");
    }

    @Test
    @Tag("VID-01")
    @Tag("VID-05")
    void a_webm_has_vp9_and_opus_and_no_video_is_enlarged() {
        Source source = source("webm.mp4", "160x90", 1);
        Product made = make(
                "webm",
                TranscodeSpec.newBuilder()
                        .setContainer(Container.CONTAINER_WEBM)
                        .setSpeed("8")
                        .setFramesPerSecond(60)
                        .setWidth(1920),
                source);
        assertThat(made.contentType()).isEqualTo("video/webm");
        assertThat(made.metadata().getWidth()).isEqualTo(160);
        VideoMetadata video = made.metadata().getVideo();
        assertThat(video.getVideoCodec()).isEqualTo("vp9");
        assertThat(video.getFramesPerSecond()).isCloseTo(20, within(0.01));
        assertThat(video.getAudioTracks(0).getCodec()).isEqualTo("opus");
    }

    @ParameterizedTest
    @CsvSource({"VIDEO_CODEC_H265, ultrafast, hevc", "VIDEO_CODEC_AV1, 12, av1"})
    @Tag("VID-01")
    void newer_codecs_go_into_mp4(VideoCodec codec, String speed, String name) {
        Source source = source("in-" + name + ".mp4", "160x90", 0.6);
        Product made =
                make(name, TranscodeSpec.newBuilder().setVideoCodec(codec).setSpeed(speed), source);
        assertThat(made.metadata().getVideo().getVideoCodec()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"VIDEO_CODEC_H264, ultrafast", "VIDEO_CODEC_H265, ultrafast", "VIDEO_CODEC_VP9, 8"})
    @Tag("VID-02")
    void two_passes_meet_a_bitrate_and_progress_never_goes_back(VideoCodec codec, String speed) {
        Source source = source("passes-" + codec + ".mp4", "320x180", 2);
        List<Double> heard = new ArrayList<>();
        Product made = make(
                "passes-" + codec.name().toLowerCase(java.util.Locale.ROOT),
                TranscodeSpec.newBuilder()
                        .setVideoCodec(codec)
                        .setSpeed(speed)
                        .setBitsPerSecond(300_000)
                        .setTwoPass(true)
                        .setAudio(audio().setRemove(true)),
                source,
                Progress.to(heard::add));
        assertThat(made.metadata().getVideo().getBitsPerSecond()).isBetween(150_000L, 450_000L);
        assertThat(made.metadata().getVideo().getAudioTracksList()).isEmpty();
        assertThat(heard).hasSizeGreaterThan(1).isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(heard.getLast()).isGreaterThan(0.9);
    }

    @Test
    @Tag("VID-05")
    void loudness_is_brought_to_minus_23_and_subtitles_stay() throws IOException {
        Path words = Files.writeString(folder.resolve("w.srt"), "1\n00:00:00,100 --> 00:00:01,500\nGrandma\n");
        Path file = folder.resolve("loud.mkv");
        String ignored = TestVideos.ffmpeg(
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x90:rate=20:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000:duration=4,volume=-20dB",
                "-i",
                words.toString(),
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-c:a",
                "aac",
                "-ac",
                "2",
                "-metadata:s:a",
                "language=deu",
                "-metadata:s:s",
                "language=deu",
                file.toString());
        Source source = TestVideos.source(file, MediaType.MEDIA_TYPE_MKV);
        Product made = make(
                "loud",
                TranscodeSpec.newBuilder()
                        .setSpeed("ultrafast")
                        .setKeepSubtitles(true)
                        .setAudio(audio().setNormaliseLoudness(true)),
                source);
        assertThat(loudness(file)).isLessThan(-26);
        assertThat(loudness(made.file())).isCloseTo(-23, within(1.0));
        assertThat(made.metadata().getVideo().getSubtitleTracks(0).getCodec()).isEqualTo("mov_text");
        assertThat(made.metadata().getVideo().getSubtitleTracks(0).getLanguage())
                .isEqualTo("deu");
        assertThat(made.metadata().getVideo().getAudioTracks(0).getLanguage()).isEqualTo("deu");
        assertThat(made.report()).contains("loudness normalised");
        Product web = make(
                "loud-web",
                TranscodeSpec.newBuilder()
                        .setContainer(Container.CONTAINER_WEBM)
                        .setSpeed("8")
                        .setKeepSubtitles(true)
                        .setAudio(audio().setCodec(AudioCodec.AUDIO_CODEC_OPUS)),
                source);
        assertThat(web.metadata().getVideo().getSubtitleTracks(0).getCodec()).isEqualTo("webvtt");
    }

    private static double loudness(Path file) {
        String said = TestVideos.ffmpeg(
                "-nostats", "-i", file.toString(), "-map", "0:a", "-af", "ebur128", "-f", "null", "-");
        Matcher measured = Pattern.compile("I:\\s+(-?[0-9.]+) LUFS").matcher(said);
        double last = 0;
        while (measured.find()) {
            last = Double.parseDouble(measured.group(1));
        }
        return last;
    }

    @Test
    @Tag("VID-01")
    void a_video_on_its_side_comes_out_upright_and_within_the_resolution_of_its_owner() {
        Path wide = TestVideos.mp4(folder.resolve("side.mp4"), "1280x720", 0.3);
        Path turned = folder.resolve("side-turned.mp4");
        String ignored = TestVideos.ffmpeg(
                "-v", "error", "-y", "-display_rotation", "90", "-i", wide.toString(), "-c", "copy", turned.toString());
        Source whole = TestVideos.source(turned, MediaType.MEDIA_TYPE_MP4);
        Source free = new Source(whole.file(), whole.folder(), whole.video(), Resolution.RESOLUTION_480P, true);
        Product made = make("upright", TranscodeSpec.newBuilder().setSpeed("ultrafast"), free);
        assertThat(made.metadata().getWidth()).isEqualTo(480);
        assertThat(made.metadata().getHeight()).isEqualTo(852);
    }

    @Test
    @Tag("VID-06")
    void a_stop_kills_the_encoder_at_once() throws InterruptedException {
        Source source = source("stop.mp4", "640x360", 3);
        Stop stop = new Stop();
        VideoOutputSpec slow = VideoOutputs.of(VideoSpec.newBuilder()
                        .addOutputs(VideoOutputSpec.newBuilder()
                                .setName("slow")
                                .setTranscode(TranscodeSpec.newBuilder().setSpeed("veryslow")))
                        .build())
                .getFirst();
        List<Throwable> thrown = new ArrayList<>();
        Thread job = Thread.ofPlatform()
                .start(() -> thrown.add(catchThrowableOfType(
                        Stop.Stopped.class,
                        () -> TestVideos.VIDEOS.make(
                                slow, source, Progress.to(_ -> stop.request(Stop.Cause.STALLED)), stop))));
        job.join();
        assertThat(thrown.getFirst())
                .isInstanceOfSatisfying(
                        Stop.Stopped.class, stopped -> assertThat(stopped.why()).isEqualTo(Stop.Cause.STALLED));
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .noneMatch(process -> process.info().command().orElse("").contains("ffmpeg"));
    }

    @Test
    @Tag("VID-06")
    void an_encoder_that_takes_more_memory_than_it_may_says_so() {
        Path file = TestVideos.mp4(folder.resolve("memory.mp4"), "160x90", 0.3);
        RunFFmpeg bounded = new RunFFmpeg(TestVideos.programs(), TestVideos.config());
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> bounded.run(
                        folder,
                        List.of("-max_alloc", "1000", "-i", "file:" + file, "-f", "null", "-"),
                        1,
                        Progress.unheard(),
                        new Stop()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_NOT_ENOUGH_MEMORY);
    }
}
