package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-06")
class ComingNearerTest {
    private static final PictureSize SIZE = new PictureSize(320, 240);

    @TempDir
    private Path folder;

    private AnimationRequest request(Picture picture, double seconds, String words) {
        return new AnimationRequest(picture, SIZE, seconds, words, new Attempt("a", folder::resolve, _ -> {}));
    }

    /** The JPEGs of a file in which they lie one after the other. */
    private static List<byte[]> frames(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        List<byte[]> frames = new ArrayList<>();
        int begin = 0;
        for (int at = 1; at <= all.length; at++) {
            boolean next = at == all.length
                    || (at + 2 < all.length
                            && (all[at] & 255) == 0xff
                            && (all[at + 1] & 255) == 0xd8
                            && (all[at + 2] & 255) == 0xff);
            if (next) {
                frames.add(Arrays.copyOfRange(all, begin, at));
                begin = at;
            }
        }
        return frames;
    }

    private static double difference(Picture one, Picture other) {
        return norm(one.mat(), other.mat(), NORM_L1, new Mat()) / one.pixels() / 3;
    }

    @Test
    void a_clip_has_as_many_frames_as_its_length_wants_and_the_last_differs_from_the_first() throws IOException {
        try (Picture photo = TestPhotos.picture("astronaut")) {
            AnimationRequest request = request(photo, 2.02, "a smile");
            AnimationResult result = EmbeddedEngine.load().animate(request, Progress.unheard(), new Stop());
            assertThat(result.form()).isEqualTo(AnimationResult.Form.FRAMES);
            assertThat(String.join(" ", result.report()))
                    .contains("without a model")
                    .contains("faces found: 1")
                    .contains("does not follow words");
            List<byte[]> frames = frames(result.file());
            assertThat(frames).hasSize(51);
            try (Picture first = TestPhotos.decode(frames.getFirst());
                    Picture second = TestPhotos.decode(frames.get(1));
                    Picture last = TestPhotos.decode(frames.getLast())) {
                assertThat(PictureSize.of(first)).isEqualTo(SIZE);
                assertThat(PictureSize.of(last)).isEqualTo(SIZE);
                assertThat(difference(first, last)).isGreaterThan(3);
                assertThat(difference(first, second)).as("it begins gently").isLessThan(difference(first, last) / 10);
            }
        }
    }

    @Test
    void the_same_photo_gives_the_same_frames() throws IOException {
        try (Picture photo = TestPhotos.picture("astronaut")) {
            EmbeddedEngine engine = EmbeddedEngine.load();
            byte[] once = Files.readAllBytes(engine.animate(request(photo, 1, ""), Progress.unheard(), new Stop())
                    .file());
            byte[] again = Files.readAllBytes(engine.animate(request(photo, 1, ""), Progress.unheard(), new Stop())
                    .file());
            assertThat(again).isEqualTo(once);
        }
    }

    @Test
    void no_frame_has_borders_that_are_not_of_the_photo() throws IOException {
        try (Picture photo = Picture.of(new Mat(260, 340, CV_8UC3, Scalar.all(120)))) {
            try (UByteIndexer pixels = photo.mat().createIndexer()) {
                RandomGenerator random =
                        RandomGeneratorFactory.of("L64X128MixRandom").create(7);
                for (int y = 0; y < photo.height(); y++) {
                    for (int x = 0; x < photo.width(); x++) {
                        pixels.put(y, x, random.nextInt(120, 255), random.nextInt(120, 255), random.nextInt(120, 255));
                    }
                }
            }
            AnimationResult result =
                    EmbeddedEngine.load().animate(request(photo, 5, ""), Progress.unheard(), new Stop());
            assertThat(result.report().get(1)).contains("Found no face");
            for (byte[] jpeg : frames(result.file())) {
                try (Picture frame = TestPhotos.decode(jpeg);
                        UByteIndexer pixels = frame.mat().createIndexer()) {
                    for (int x = 0; x < frame.width(); x++) {
                        assertThat(pixels.get(0, x, 1)).isGreaterThan(70);
                        assertThat(pixels.get(frame.height() - 1, x, 1)).isGreaterThan(70);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0,60", "300,200,90", "140,80,80", "0,300,400"})
    void the_camera_never_sees_past_the_edges_and_nothing_folds(int x, int y, int size) {
        try (Picture photo = Picture.of(new Mat(480, 640, CV_8UC3, Scalar.all(9)))) {
            ComingNearer camera = ComingNearer.to(request(photo, 5, ""), List.of(new Face(x, y, size, true)));
            for (double fraction = 0; fraction <= 1; fraction += 0.125) {
                double eased = ComingNearer.eased(fraction);
                for (int row = 0; row < SIZE.height(); row += 3) {
                    double before = -1;
                    for (int column = 0; column < SIZE.width(); column++) {
                        double[] from = camera.from(column, row, eased);
                        assertThat(from[0]).isBetween(0.0, SIZE.width() - 1.0).isGreaterThan(before);
                        assertThat(from[1]).isBetween(0.0, SIZE.height() - 1.0);
                        before = from[0];
                    }
                }
            }
        }
    }

    @Test
    void no_head_is_cut_off_above() {
        try (Picture photo = Picture.of(new Mat(480, 640, CV_8UC3, Scalar.all(9)))) {
            ComingNearer camera = ComingNearer.to(request(photo, 5, ""), List.of(new Face(280, 80, 100, true)));
            // The crown is 25 pixels below the edge of the photo, 12 below that of the clip.
            assertThat(camera.from(160, 0, 1)[1]).isLessThanOrEqualTo(12.5);
        }
    }

    @Test
    void people_come_nearer_than_what_is_behind_them() {
        try (Picture photo = Picture.of(new Mat(480, 640, CV_8UC3, Scalar.all(9)))) {
            // The face of somebody in the middle; the same distances from there, to its side and far away.
            ComingNearer camera = ComingNearer.to(request(photo, 5, ""), List.of(new Face(280, 120, 80, true)));
            double face = camera.from(170, 80, 1)[0] - camera.from(150, 80, 1)[0];
            double far = camera.from(310, 20, 1)[0] - camera.from(290, 20, 1)[0];
            assertThat(20 / face).as("growth of the face").isBetween(1.14, 1.18);
            assertThat(20 / far).as("growth of what is far").isBetween(1.07, 1.13);
            double swayOfFace = camera.from(160, 80, 0.5)[0] - camera.from(160, 80, 0)[0];
            double swayOfFar = camera.from(160, 2, 0.5)[0] - camera.from(160, 2, 0)[0];
            assertThat(swayOfFace * swayOfFar)
                    .as("they sway to different sides")
                    .isNegative();
        }
    }
}
