package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;

import com.drew.imaging.ImageMetadataReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.webp.WebpDirectory;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.MetadataMode;
import dev.rekindle.media.FrameReach;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import dev.rekindle.processing.pipeline.Stop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
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

    @Test
    void a_GIF_may_name_a_background_that_is_no_colour_and_a_way_of_clearing_that_is_none() throws IOException {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        file[11] = (byte) 200;
        for (int i = 0; i < file.length - 3; i++) {
            if (file[i] == 0x21 && file[i + 1] == (byte) 0xf9 && file[i + 2] == 4) {
                assertThat(file[i + 3] >> 2).as("frames stay").isLessThan(2);
                file[i + 3] |= 5 << 2;
            }
        }
        try (Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop())) {
            squareMoves(frames);
        }
        TestPhotos.decode(file).close();
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
            frames.write(pictures, new Compression(100, true, false), KeptTags.NONE, out);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("IMG-05")
    void an_animation_keeps_the_tags_it_is_given(boolean moves) throws Exception {
        byte[] file = TestPhotos.resource("/pictures/tagged-moving.webp");
        MediaHeader header = TestPhotos.header(file);
        Path in = stored(file);
        KeptTags tags = KeptTags.of(in, header, MetadataMode.METADATA_MODE_PRESERVE_ALL);
        assertThat(tags.inWords()).isEqualTo("EXIF and XMP");
        Path out = folder.resolve("out.webp");
        List<Picture> pictures = new ArrayList<>();
        try (Frames frames = Frames.read(in, header, new Stop())) {
            for (int i = 0; i < frames.count(); i++) {
                pictures.add(frames.picture(moves ? i : 0, WHITE, new Stop()));
            }
            frames.write(pictures, new Compression(100, true, false), withProfile(tags), out);
        } finally {
            pictures.forEach(Picture::close);
        }
        byte[] written = Files.readAllBytes(out);
        MediaHeader again = TestPhotos.header(written);
        assertThat(again.metadata().getImage().getFrameCount()).isEqualTo(moves ? 3 : 1);
        assertThat(again.tags().exif().toByteArray()).isEqualTo(tags.exif());
        assertThat(again.tags().xmp().toByteArray()).isEqualTo(tags.xmp());
        assertThat(again.iccProfile().toByteArray()).isEqualTo(new byte[] {1, 2, 3});
        Metadata read = ImageMetadataReader.readMetadata(new ByteArrayInputStream(written));
        assertThat(read.getFirstDirectoryOfType(ExifIFD0Directory.class).getString(ExifIFD0Directory.TAG_MODEL))
                .isEqualTo("L100");
        assertThat(read.getFirstDirectoryOfType(WebpDirectory.class).getInt(WebpDirectory.TAG_IMAGE_WIDTH))
                .as("the photo lay on its side")
                .isEqualTo(40);
        try (Picture shown = TestPhotos.decode(written)) {
            assertThat(colour(shown, 30, 9)).isEqualTo(BLUE);
        }
        if (moves) {
            try (Frames shown = Frames.read(out, again, new Stop());
                    Picture third = shown.picture(2, WHITE, new Stop())) {
                assertThat(colour(third, 30, 9)).isEqualTo(GROUND);
                assertThat(colour(third, 10, 49)).isEqualTo(GREEN);
            }
            assertThat(times(written)).containsExactly(200, 500, 100);
        }
    }

    /** One of an odd number of bytes. */
    private static KeptTags withProfile(KeptTags tags) {
        return new KeptTags(tags.exif(), tags.xmp(), new byte[] {1, 2, 3});
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

    /** The moving square with its second frame, 30 × 20 pixels around the square, at another place. */
    private static byte[] secondFrameAt(int x, int y) {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        int second = 144; // where the place of the second frame stands
        assertThat(file[second]).isEqualTo((byte) ',');
        ByteBuffer.wrap(file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(second + 1, (short) x)
                .putShort(second + 3, (short) y);
        return file;
    }

    @Test
    @Tag("IMG-10")
    void what_reaches_beyond_a_GIF_is_cut_off() throws IOException {
        byte[] file = secondFrameAt(45, 28);
        MediaHeader header = TestPhotos.header(file);
        assertThat(header.reach()).isEqualTo(new FrameReach(75, 48));
        try (Frames frames = Frames.read(stored(file), header, new Stop());
                Picture second = frames.picture(1, WHITE, new Stop());
                Picture third = frames.picture(2, WHITE, new Stop())) {
            assertThat(frames.count()).isEqualTo(3);
            for (Picture frame : List.of(second, third)) {
                assertThat(PictureSize.of(frame)).isEqualTo(new PictureSize(60, 40));
                assertThat(colour(frame, 9, 9)).as("what the first frame left").isEqualTo(BLUE);
            }
            assertThat(colour(second, 44, 39)).as("before the frame").isEqualTo(GROUND);
            assertThat(colour(second, 59, 39)).as("of the frame").isEqualTo(GROUND);
            assertThat(colour(third, 49, 29)).isEqualTo(GREEN);
        }
    }

    @Test
    void a_frame_beside_a_GIF_shows_nothing_of_itself() throws IOException {
        byte[] file = secondFrameAt(60, 3);
        try (Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop());
                Picture first = frames.picture(0, WHITE, new Stop());
                Picture second = frames.picture(1, WHITE, new Stop())) {
            assertThat(norm(first.mat(), second.mat(), NORM_INF, new Mat())).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30})
    void the_screen_of_a_GIF_that_was_never_filled_in_is_that_of_its_first_frame(int side) throws IOException {
        byte[] file = TestPhotos.resource("/pictures/moving.gif");
        file[6] = (byte) side;
        file[8] = (byte) side;
        try (Picture still = TestPhotos.decode(file);
                Frames frames = Frames.read(stored(file), TestPhotos.header(file), new Stop())) {
            assertThat(PictureSize.of(still)).isEqualTo(new PictureSize(60, 40));
            assertThat(colour(still, 9, 9)).isEqualTo(BLUE);
            squareMoves(frames);
        }
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
