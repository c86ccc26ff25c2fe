package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("AI-06")
class MakeClipTest {
    private static final double FRAME = 1 / 25.0;

    @TempDir
    private Path folder;

    /** JPEGs one after the other, as an engine draws them. */
    private Source frames(int count, boolean watermark) {
        Path file = folder.resolve("frames.mjpeg");
        String ignored = TestVideos.ffmpeg(
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25",
                "-frames:v",
                String.valueOf(count),
                "-c:v",
                "mjpeg",
                "-pix_fmt",
                "yuvj444p",
                "-f",
                "mjpeg",
                file.toString());
        return Source.ofFrames(file, folder, new PictureSize(320, 180), count, watermark);
    }

    private static Product clip(Source source, int frames) {
        return TestVideos.VIDEOS.clip("result", source, frames, Progress.unheard(), new Stop());
    }

    private static Video probed(Product product) {
        return TestVideos.VIDEOS.probe(product.file(), MediaType.MEDIA_TYPE_MP4, new Stop());
    }

    @Test
    void frames_become_a_silent_clip_of_their_length_that_every_player_shows_in_its_colours() {
        List<Double> told = new ArrayList<>();
        Product product = TestVideos.VIDEOS.clip("result", frames(63, false), 63, Progress.to(told::add), new Stop());
        assertThat(product.contentType()).isEqualTo("video/mp4");
        Video video = probed(product);
        assertThat(video.seconds()).isCloseTo(63 * FRAME, within(FRAME));
        assertThat(video.sounds()).isEmpty();
        assertThat(
                        TestVideos.ffprobe(
                                product.file(),
                                "v:0",
                                "stream=codec_name,profile,width,height,pix_fmt,color_range,color_space,r_frame_rate,nb_frames"))
                .containsExactly("h264,High,320,180,yuv420p,tv,bt709,25/1,63");
        assertThat(told).isSorted().endsWith(1.0);
    }

    @Test
    void the_same_frames_give_the_same_file() throws IOException {
        byte[] once = Files.readAllBytes(clip(frames(30, true), 30).file());
        byte[] again = Files.readAllBytes(clip(frames(30, true), 30).file());
        assertThat(again).isEqualTo(once);
        assertThat(Files.readAllBytes(clip(frames(30, false), 30).file()))
                .as("without the mark")
                .isNotEqualTo(once);
    }

    @Test
    void a_video_is_cut_or_slowed_down_to_the_length_asked_for_made_silent_and_fitted_into_the_resolution() {
        Path file = TestVideos.mp4(folder.resolve("in.mp4"), "1280x720", 2);
        Source whole = TestVideos.source(file, MediaType.MEDIA_TYPE_MP4);
        Source source = new Source(file, folder, whole.video(), Resolution.RESOLUTION_480P, true);
        for (int frames : new int[] {25, 75}) {
            Product product = clip(source, frames);
            Video video = probed(product);
            assertThat(video.seconds()).isCloseTo(frames * FRAME, within(FRAME));
            assertThat(video.sounds()).isEmpty();
            assertThat(video.metadata().getWidth()).isEqualTo(852);
            assertThat(video.metadata().getHeight()).isEqualTo(480);
            assertThat(video.metadata().getVideo().getPixelFormat()).isEqualTo("yuv420p");
        }
    }

    @Test
    void a_video_that_is_far_too_short_is_no_clip() {
        Source source =
                TestVideos.source(TestVideos.mp4(folder.resolve("in.mp4"), "320x180", 1), MediaType.MEDIA_TYPE_MP4);
        Failure failure = catchThrowableOfType(Failure.class, () -> clip(source, 100));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_RESULT_REJECTED);
        assertThat(failure.message()).isEqualTo("The clip lasts 1.0 s; expected 4.0 s.");
    }
}
