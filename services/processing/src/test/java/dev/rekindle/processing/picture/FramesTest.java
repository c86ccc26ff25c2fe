package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("IMG-11")
class FramesTest {
    private static final int WHITE = 0xffffff;
    private static final int GROUND = 0xc00000;
    private static final int BLUE = 0x0000ff;
    private static final int GREEN = 0x00ff00;

    @TempDir
    private Path folder;

    private Path stored(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("moving"), bytes);
    }

    private static int colour(Picture picture, int x, int y) {
        try (UByteIndexer pixels = picture.mat().createIndexer()) {
            return pixels.get(y, x, 2) << 16 | pixels.get(y, x, 1) << 8 | pixels.get(y, x, 0);
        }
    }

    /** A square that moves, seen at three places. */
    private static void squareMoves(Frames frames) {
        assertThat(frames.count()).isEqualTo(3);
        int[] third = {GROUND, GROUND, GREEN};
        int[][] expected = {{BLUE, GROUND, GROUND}, {GROUND, BLUE, GROUND}, third};
        for (int i = 0; i < 3; i++) {
            try (Picture frame = frames.picture(i, WHITE, new Stop())) {
                assertThat(new int[] {colour(frame, 9, 9), colour(frame, 29, 19), colour(frame, 49, 29)})
                        .as("frame %d", i)
                        .containsExactly(expected[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"moving.gif", "moving.webp"})
    void every_frame_is_complete_though_only_changes_are_stored(String name) throws IOException {
        byte[] file = TestPhotos.resource("/pictures/" + name);
        try (Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop())) {
            squareMoves(frames);
        }
    }

    @Test
    void what_is_transparent_lies_on_the_colour_asked_for() throws IOException {
        byte[] file = TestPhotos.resource("/pictures/clear.gif");
        try (Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop());
                Picture frame = frames.picture(1, 0x123456, new Stop())) {
            assertThat(colour(frame, 49, 29)).isEqualTo(GREEN);
            assertThat(colour(frame, 30, 10)).isEqualTo(0x123456);
            assertThat(colour(frame, 9, 9)).as("gone with its frame").isEqualTo(0x123456);
        }
    }

    @Test
    void an_animation_is_written_with_its_times_and_its_loops() throws IOException {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        Path out = folder.resolve("out.webp");
        List<Picture> pictures = new ArrayList<>();
        try (Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop())) {
            for (int i = 0; i < frames.count(); i++) {
                pictures.add(frames.picture(i, WHITE, new Stop()));
            }
            frames.write(pictures, new Compression(100, true, false), out);
        } finally {
            pictures.forEach(Picture::close);
        }
        byte[] written = Files.readAllBytes(out);
        MediaHeader header = TestPhotos.header(written);
        assertThat(header.metadata().getImage().getFrameCount()).isEqualTo(3);
        assertThat(List.of(header.storedWidth(), header.storedHeight())).containsExactly(60, 40);
        assertThat(times(written)).containsExactly(200, 500, 100);
        int loops = chunk(written, "ANIM", 0);
        assertThat(written[loops + 4] & 0xff).isEqualTo(3);
        try (Frames again = Frames.read(out, header, new Stop())) {
            squareMoves(again);
        }
    }

    /** Milliseconds of each frame, read as the container's specification says. */
    private static List<Integer> times(byte[] webp) {
        List<Integer> times = new ArrayList<>();
        for (int at = chunk(webp, "ANMF", 0); at >= 0; at = chunk(webp, "ANMF", at)) {
            times.add((webp[at + 12] & 0xff) | (webp[at + 13] & 0xff) << 8 | (webp[at + 14] & 0xff) << 16);
        }
        return times;
    }

    /** Where the content of the next chunk of that name begins; -1 if there is none. */
    private static int chunk(byte[] webp, String name, int from) {
        byte[] wanted = name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int at = from; at + 8 < webp.length; at++) {
            if (Arrays.equals(webp, at, at + 4, wanted, 0, 4)) {
                return at + 8;
            }
        }
        return -1;
    }

    @Test
    void a_frame_that_reaches_beyond_the_GIF_is_told_of() throws IOException {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        int second = 144; // where the place of the second frame stands
        assertThat(file[second]).isEqualTo((byte) ',');
        file[second + 1] = 45;
        Path stored = stored(file);
        MediaHeader header = TestPhotos.header(file);
        Failure failure = catchThrowableOfType(
                Failure.class, () -> Frames.read(stored, header, new Stop()).close());
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        assertThat(failure.message()).contains("a frame reaches beyond its 60 × 40 pixels");
    }

    @Test
    void an_animation_cut_off_is_refused() throws IOException {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        MediaHeader header = TestPhotos.header(file);
        Path cut = stored(Arrays.copyOf(file, file.length / 2));
        Failure failure = catchThrowableOfType(
                Failure.class, () -> Frames.read(cut, header, new Stop()).close());
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        assertThat(failure.message()).contains("3 frames");
    }
}
