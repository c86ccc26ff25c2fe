package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.PreviewSpec;
import dev.rekindle.jobs.v1.SpriteSheetSpec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a video that is red for a second, then green, then blue. */
@Tag("VID-04")
class TakePicturesTest {
    private static final int RED = 16;
    private static final int GREEN = 8;
    private static final int BLUE = 0;

    @TempDir
    private static Path folder;

    private static Source source;

    @BeforeAll
    static void draw() {
        Path file = folder.resolve("colours.mp4");
        String ignored = TestVideos.ffmpeg(
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "color=red:size=320x180:rate=10:duration=1",
                "-f",
                "lavfi",
                "-i",
                "color=0x00ff00:size=320x180:rate=10:duration=1",
                "-f",
                "lavfi",
                "-i",
                "color=blue:size=320x180:rate=10:duration=1",
                "-filter_complex",
                "[0][1][2]concat=n=3",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
                "-bf",
                "2",
                file.toString());
        source = TestVideos.source(file, MediaType.MEDIA_TYPE_MP4);
    }

    private static List<Product> make(VideoOutputSpec.Builder output, Source from) {
        VideoOutputSpec complete = VideoOutputs.of(
                        VideoSpec.newBuilder().addOutputs(output).build())
                .getFirst();
        return TestVideos.VIDEOS.make(complete, from, Progress.unheard(), new Stop());
    }

    /** True if of the three colours that one is strong there, and it alone. */
    private static boolean is(BufferedImage image, int x, int y, int shift) {
        int rgb = image.getRGB(x, y);
        for (int other : new int[] {RED, GREEN, BLUE}) {
            boolean strong = (rgb >> other & 0xff) > 128;
            if (strong != (other == shift)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void thumbnails_show_what_is_seen_at_their_times_the_very_end_included() throws IOException {
        VideoThumbnailsSpec.Builder times = VideoThumbnailsSpec.newBuilder().setWidth(64);
        for (double at : new double[] {0, 1, 1.92, 3}) {
            times.addTimes(VideoOutputs.duration(at));
        }
        List<Product> made = make(VideoOutputSpec.newBuilder().setName("at").setThumbnails(times), source);
        assertThat(made).extracting(Product::name).containsExactly("at.1", "at.2", "at.3", "at.4");
        int[] expected = {RED, GREEN, GREEN, BLUE};
        for (int i = 0; i < 4; i++) {
            BufferedImage image = ImageIO.read(made.get(i).file().toFile());
            assertThat(image.getWidth()).isEqualTo(64);
            assertThat(image.getHeight()).isEqualTo(36);
            assertThat(is(image, 32, 18, expected[i]))
                    .as("thumbnail " + (i + 1))
                    .isTrue();
            assertThat(made.get(i).metadata().getWidth()).isEqualTo(64);
        }
    }

    @Test
    void a_sheet_and_its_index_agree_on_what_is_seen_when() throws IOException {
        List<Product> made = make(
                VideoOutputSpec.newBuilder()
                        .setName("sheet")
                        .setSpriteSheet(SpriteSheetSpec.newBuilder()
                                .setInterval(VideoOutputs.duration(0.5))
                                .setWidth(32)
                                .setColumns(4)),
                source);
        assertThat(made).extracting(Product::name).containsExactly("sheet", "sheet.vtt");
        BufferedImage sheet = ImageIO.read(made.getFirst().file().toFile());
        assertThat(sheet.getWidth()).isEqualTo(4 * 32);
        assertThat(sheet.getHeight()).isEqualTo(2 * 18);
        int[] expected = {RED, RED, GREEN, GREEN, BLUE, BLUE};
        for (int i = 0; i < expected.length; i++) {
            assertThat(is(sheet, i % 4 * 32 + 16, i / 4 * 18 + 9, expected[i]))
                    .as("tile " + i)
                    .isTrue();
        }
        assertThat(Files.readString(made.get(1).file()))
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nsheet.jpg#xywh=0,0,32,18\n")
                .contains("00:00:02.500 --> 00:00:03.000\nsheet.jpg#xywh=32,18,32,18\n");
        assertThat(made.get(1).contentType()).isEqualTo("text/vtt");
    }

    @Test
    void a_preview_moves_and_is_as_short_as_asked() {
        Product made = make(
                        VideoOutputSpec.newBuilder()
                                .setName("moves")
                                .setPreview(PreviewSpec.newBuilder()
                                        .setDuration(VideoOutputs.duration(1))
                                        .setWidth(80)),
                        source)
                .getFirst();
        assertThat(made.contentType()).isEqualTo("image/webp");
        assertThat(made.metadata().getType()).isEqualTo(MediaType.MEDIA_TYPE_WEBP);
        assertThat(made.metadata().getWidth()).isEqualTo(80);
        assertThat(made.metadata().getImage().getFrameCount()).isBetween(2, 11);
    }

    @Test
    void pictures_of_the_free_tier_are_marked_in_their_corner_only() throws IOException {
        Source marked = new Source(source.file(), source.folder(), source.video(), source.resolution(), true);
        Product made = make(
                        VideoOutputSpec.newBuilder()
                                .setName("marked")
                                .setThumbnails(VideoThumbnailsSpec.newBuilder()
                                        .addTimes(VideoOutputs.duration(2.5))
                                        .setWidth(320)),
                        marked)
                .getFirst();
        BufferedImage image = ImageIO.read(made.file().toFile());
        assertThat(light(image, 200, 150)).isPositive();
        assertThat(light(image, 0, 0)).isZero();
    }

    /** Pixels of a piece of 120 × 30 that are not blue. */
    private static int light(BufferedImage image, int left, int top) {
        int light = 0;
        for (int y = top; y < top + 30; y++) {
            for (int x = left; x < left + 120; x++) {
                light += (image.getRGB(x, y) >> RED & 0xff) > 128 ? 1 : 0;
            }
        }
        return light;
    }
}
