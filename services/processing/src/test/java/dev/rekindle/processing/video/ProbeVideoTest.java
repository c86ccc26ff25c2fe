package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of videos, and which are refused. */
@Tag("VID-08")
class ProbeVideoTest {
    @TempDir
    private static Path folder;

    private static Failure refusal(Path file, MediaType type) {
        Failure failure = catchThrowableOfType(Failure.class, () -> TestVideos.VIDEOS.probe(file, type, new Stop()));
        assertThat(failure).isNotNull();
        return failure;
    }

    /** Two seconds with two sound tracks and subtitles. */
    private Path withTracks() throws IOException {
        Path words = Files.writeString(folder.resolve("words.srt"), "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
        Path file = folder.resolve("all.mkv");
        String ignored = TestVideos.ffmpeg(
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=20:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000:duration=2",
                "-i",
                words.toString(),
                "-map",
                "0",
                "-map",
                "1",
                "-map",
                "1",
                "-map",
                "2",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-profile:v",
                "baseline",
                "-pix_fmt",
                "yuv420p",
                "-g",
                "8",
                "-sc_threshold",
                "0",
                "-c:a:0",
                "aac",
                "-c:a:1",
                "libopus",
                "-ac:a:1",
                "2",
                "-c:s",
                "srt",
                "-metadata:s:a:0",
                "language=deu",
                "-metadata:s:s:0",
                "language=eng",
                file.toString());
        return file;
    }

    @Test
    void all_that_the_contract_names_is_told() throws IOException {
        Path file = withTracks();
        Video video = TestVideos.VIDEOS.probe(file, MediaType.MEDIA_TYPE_MKV, new Stop());
        VideoMetadata told = video.metadata().getVideo();
        assertThat(video.metadata().getWidth()).isEqualTo(320);
        assertThat(video.metadata().getHeight()).isEqualTo(180);
        assertThat(VideoOutputs.seconds(told.getDuration())).isCloseTo(2, within(0.1));
        assertThat(told.getFramesPerSecond()).isCloseTo(20, within(0.01));
        assertThat(told.getVideoCodec()).isEqualTo("h264");
        assertThat(told.getProfile()).contains("Baseline");
        assertThat(told.getPixelFormat()).isEqualTo("yuv420p");
        assertThat(told.getBitsPerSecond()).isBetween(50_000L, 10_000_000L);
        assertThat(told.getGopFrames()).isEqualTo(8);
        assertThat(told.getAspectRatio()).isEqualTo("16:9");
        assertThat(told.getAudioTracksList())
                .extracting("codec", "channels", "sampleRateHz", "language")
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("aac", 1, 48_000, "deu"),
                        org.assertj.core.groups.Tuple.tuple("opus", 2, 48_000, ""));
        assertThat(told.getSubtitleTracks(0).getCodec()).isEqualTo("subrip");
        assertThat(told.getSubtitleTracks(0).getLanguage()).isEqualTo("eng");
    }

    @Test
    void a_video_that_lies_on_its_side_is_told_upright_and_one_of_flat_pixels_by_what_is_seen() {
        Path wide = TestVideos.mp4(folder.resolve("wide.mp4"), "160x90", 0.5);
        Path turned = folder.resolve("turned.mp4");
        String ignored = TestVideos.ffmpeg(
                "-v", "error", "-y", "-display_rotation", "90", "-i", wide.toString(), "-c", "copy", turned.toString());
        Video upright = TestVideos.VIDEOS.probe(turned, MediaType.MEDIA_TYPE_MP4, new Stop());
        assertThat(upright.metadata().getWidth()).isEqualTo(90);
        assertThat(upright.metadata().getHeight()).isEqualTo(160);
        assertThat(upright.metadata().getVideo().getAspectRatio()).isEqualTo("9:16");
        Path flat = TestVideos.make(
                folder.resolve("flat.mp4"), "144x108", 0.5, "-vf", "setsar=4/3", "-c:v", "libx264", "-an");
        Video seen = TestVideos.VIDEOS.probe(flat, MediaType.MEDIA_TYPE_MP4, new Stop());
        assertThat(seen.metadata().getWidth()).isEqualTo(192);
        assertThat(seen.metadata().getVideo().getAspectRatio()).isEqualTo("16:9");
    }

    @Test
    void a_file_that_is_cut_off_is_refused_whether_its_index_is_lost_or_not() throws IOException {
        byte[] indexLast = Files.readAllBytes(TestVideos.mp4(folder.resolve("last.mp4"), "160x90", 4));
        Path lost = Files.write(folder.resolve("lost.mp4"), Arrays.copyOf(indexLast, indexLast.length / 2));
        assertThat(refusal(lost, MediaType.MEDIA_TYPE_MP4).reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        byte[] indexFirst = Files.readAllBytes(TestVideos.make(
                folder.resolve("first.mp4"), "160x90", 4, "-c:v", "libx264", "-an", "-movflags", "+faststart"));
        Path cut = Files.write(folder.resolve("cut.mp4"), Arrays.copyOf(indexFirst, indexFirst.length / 2));
        Failure failure = refusal(cut, MediaType.MEDIA_TYPE_MP4);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        assertThat(failure.message()).contains("truncated");
    }

    @Test
    void a_piece_that_begins_at_a_false_time_is_refused() throws IOException {
        Path file = TestVideos.make(
                folder.resolve("pieces.mp4"),
                "160x90",
                3,
                "-c:v",
                "libx264",
                "-an",
                "-g",
                "10",
                "-movflags",
                "frag_keyframe+empty_moov");
        byte[] bytes = Files.readAllBytes(file);
        assertThat(TestVideos.VIDEOS
                        .probe(file, MediaType.MEDIA_TYPE_MP4, new Stop())
                        .seconds())
                .isBetween(2.9, 3.1);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int last = text.lastIndexOf("tfdt") + 8; // after its name, version and flags
        java.nio.ByteBuffer.wrap(bytes).putInt(last, 0).putInt(last + 4, 12_800 * 100);
        Files.write(file, bytes);
        Failure failure = refusal(file, MediaType.MEDIA_TYPE_MP4);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        assertThat(failure.message()).contains("times are false: its pictures last ");
    }

    @Test
    void a_list_of_other_files_is_never_followed() throws IOException {
        Path other = TestVideos.mp4(folder.resolve("other.mp4"), "160x90", 0.5);
        for (String list : java.util.List.of(
                "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://" + other + "\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '" + other + "'\n",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n")) {
            Path file = Files.writeString(folder.resolve("list.mp4"), list);
            for (MediaType type :
                    java.util.List.of(MediaType.MEDIA_TYPE_MP4, MediaType.MEDIA_TYPE_MKV, MediaType.MEDIA_TYPE_AVI)) {
                assertThat(refusal(file, type).reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
            }
            assertThat(refusal(file, MediaType.MEDIA_TYPE_UNSPECIFIED).reason())
                    .isEqualTo(Reason.REASON_UNSUPPORTED_MEDIA);
        }
    }

    @Test
    void what_has_no_pictures_too_many_pixels_or_lasts_too_long_is_refused_with_the_numbers() {
        Path sound = TestVideos.make(folder.resolve("sound.mp4"), "160x90", 1, "-map", "1:a", "-c:a", "aac");
        assertThat(refusal(sound, MediaType.MEDIA_TYPE_MP4).message()).contains("no video track");
        Path file = TestVideos.mp4(folder.resolve("limits.mp4"), "160x90", 1);
        Videos few = new Videos(VideoConfig.from(Settings.of(Map.of("video.pixels_max", "14000"))));
        Failure large =
                catchThrowableOfType(Failure.class, () -> few.probe(file, MediaType.MEDIA_TYPE_MP4, new Stop()));
        assertThat(large.reason()).isEqualTo(Reason.REASON_TOO_MANY_PIXELS);
        assertThat(large.message()).contains("14000");
        Path longer = TestVideos.make(folder.resolve("longer.mp4"), "160x90", 2, "-c:v", "mpeg4", "-an");
        Videos brief = new Videos(VideoConfig.from(Settings.of(Map.of("video.duration_max", "1s"))));
        Failure lasting =
                catchThrowableOfType(Failure.class, () -> brief.probe(longer, MediaType.MEDIA_TYPE_MP4, new Stop()));
        assertThat(lasting.reason()).isEqualTo(Reason.REASON_TOO_LARGE);
        assertThat(lasting.message()).contains("2 s", "1 s");
    }
}
