package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_core.split;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class EnlargingTest {
    private static final EmbeddedEngine ENGINE = EmbeddedEngine.load();
    private static final Enlarging ENLARGING = Enlarging.load();

    private static Picture twice(Picture picture) {
        return ENLARGING.twice(picture, Progress.unheard(), new Stop());
    }

    private static EngineRequest request(Picture picture, PictureSize max, double strength) {
        return new EngineRequest(
                new EngineRequest.Canvas(picture, max), true, false, List.of(), strength, Attempts.NONE);
    }

    private static EngineResult run(EngineRequest request) {
        return ENGINE.run(request, Progress.unheard(), new Stop());
    }

    /** Least gains in dB over bicubic enlarging of photos halved by averaging areas, none of them used in training. */
    @ParameterizedTest
    @CsvSource({"astronaut, 1.5", "grace_hopper, 1.4", "camera, 0.6", "chelsea, 0.4", "coffee, 0.9", "rocket, 0.4"})
    void a_halved_photo_comes_nearer_to_what_it_was_than_by_bicubic_enlarging(String name, double gainMin) {
        try (Halved halved = Halved.of(name, Halved.How.AREA);
                Picture bicubic = halved.enlarged(INTER_CUBIC);
                Picture ours = twice(halved.small())) {
            Mat clean = halved.clean().mat();
            assertThat(Likeness.psnr(clean, ours.mat()) - Likeness.psnr(clean, bicubic.mat()))
                    .as("gain in dB")
                    .isGreaterThan(gainMin);
            assertThat(Likeness.ssim(clean, ours.mat())).isGreaterThan(Likeness.ssim(clean, bicubic.mat()));
        }
    }

    @ParameterizedTest
    @EnumSource(Halved.How.class)
    void however_it_was_halved_it_is_never_worse_than_by_bicubic_enlarging(Halved.How how) {
        for (String name : Halved.PHOTOS) {
            try (Halved halved = Halved.of(name, how);
                    Picture bicubic = halved.enlarged(INTER_CUBIC);
                    Picture ours = twice(halved.small())) {
                Mat clean = halved.clean().mat();
                assertThat(Likeness.psnr(clean, ours.mat()))
                        .as(name)
                        .isGreaterThan(Likeness.psnr(clean, bicubic.mat()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 64, 101})
    void in_tiles_it_is_what_it_is_in_one(int side) {
        try (Picture photo = TestPhotos.picture("coffee");
                Picture whole = Enlarging.withTiles(10_000).twice(photo, Progress.unheard(), new Stop());
                Picture tiled = Enlarging.withTiles(side).twice(photo, Progress.unheard(), new Stop())) {
            assertThat(norm(whole.mat(), tiled.mat(), NORM_INF, new Mat())).isLessThanOrEqualTo(1);
        }
    }

    /** Sides of a photo, what the result must fit into, and how large it becomes. */
    @ParameterizedTest
    @CsvSource({
        "401, 300, 854, 480, 642, 480",
        "300, 401, 480, 854, 480, 642",
        "301, 227, 854, 480, 602, 454",
        "33, 600, 480, 854, 47, 854",
        "600, 33, 854, 480, 854, 47",
        "64, 65, 480, 854, 128, 130",
        "400, 384, 854, 480, 500, 480",
        "400, 385, 854, 480, 400, 385",
        "854, 200, 854, 480, 854, 200"
    })
    void a_photo_is_enlarged_into_its_tiers_size_at_most_to_twice_its_own(
            int width, int height, int boxWidth, int boxHeight, int newWidth, int newHeight) {
        try (Picture photo = TestPhotos.picture("grace_hopper")) {
            Mat resized = new Mat();
            org.bytedeco.opencv.global.opencv_imgproc.resize(photo.mat(), resized, new Size(width, height));
            try (Picture small = Picture.of(resized)) {
                EngineResult result = run(request(small, new PictureSize(boxWidth, boxHeight), 0.7));
                try (Picture after = result.picture()) {
                    PictureSize expected = new PictureSize(newWidth, newHeight);
                    assertThat(PictureSize.of(after)).isEqualTo(expected);
                    boolean larger = !expected.equals(PictureSize.of(small));
                    assertThat(result.report().getLast().startsWith("Enlarged the picture to " + expected + " pixels"))
                            .isEqualTo(larger);
                    assertThat(result.report().getLast().endsWith("and no further."))
                            .isEqualTo(larger && newWidth == 2 * width);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chelsea", "rocket"})
    void a_photo_that_needs_nothing_and_is_nearly_as_large_as_it_may_be_stays_to_the_last_bit(String name) {
        try (Picture photo = TestPhotos.picture(name)) {
            PictureSize max = new PictureSize(photo.width() * 6 / 5, photo.height() * 6 / 5);
            try (Picture after = run(request(photo, max, 0.7)).picture()) {
                assertThat(norm(photo.mat(), after.mat(), NORM_INF, new Mat())).isZero();
            }
        }
    }

    @Test
    void at_strength_zero_and_where_nothing_is_restored_the_size_stays() {
        try (Picture photo = TestPhotos.picture("chelsea")) {
            PictureSize max = new PictureSize(3840, 2160);
            EngineRequest gently = request(photo, max, 0);
            EngineRequest coloured = request(photo, max, 0.7).colourizingOnly();
            for (EngineRequest request : List.of(gently, coloured)) {
                try (Picture after = run(request).picture()) {
                    assertThat(PictureSize.of(after)).isEqualTo(PictureSize.of(photo));
                }
            }
        }
    }

    @Test
    void a_grey_photo_stays_exactly_grey_and_an_even_one_even() {
        try (Picture photo = TestPhotos.picture("camera");
                Picture large = twice(photo);
                Picture even = Picture.of(new Mat(40, 50, CV_8UC3, new Scalar(60, 110, 190, 0)));
                Picture evenLarge = twice(even);
                Mat expected = new Mat(80, 100, CV_8UC3, new Scalar(60, 110, 190, 0))) {
            MatVector channels = new MatVector();
            split(large.mat(), channels);
            assertThat(norm(channels.get(0), channels.get(2), NORM_INF, new Mat()))
                    .isZero();
            assertThat(norm(evenLarge.mat(), expected, NORM_INF, new Mat())).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void an_edge_gets_no_halo_to_speak_of() {
        Mat step = new Mat(40, 40, CV_8UC3, Scalar.all(60));
        new Mat(step, new Rect(20, 0, 20, 40)).put(Scalar.all(190));
        try (Picture edge = Picture.of(step);
                Picture large = twice(edge);
                Mat dark = new Mat(40, 40, CV_8UC3, Scalar.all(60));
                Mat light = new Mat(40, 40, CV_8UC3, Scalar.all(190))) {
            // Bicubic enlarging goes beyond by 11 of the 130 levels of the step.
            Mat left = new Mat(large.mat(), new Rect(0, 20, 38, 40));
            Mat right = new Mat(large.mat(), new Rect(42, 20, 38, 40));
            assertThat(norm(left, new Mat(dark, new Rect(0, 0, 38, 40)), NORM_INF, new Mat()))
                    .isLessThan(10);
            assertThat(norm(right, new Mat(light, new Rect(0, 0, 38, 40)), NORM_INF, new Mat()))
                    .isLessThan(10);
        }
    }

    @Test
    @Tag("JOB-03")
    void it_stops_between_two_tiles() {
        Stop stop = new Stop();
        List<Double> told = new ArrayList<>();
        Progress cancelling = Progress.to(fraction -> {
            told.add(fraction);
            stop.request(Stop.Cause.CANCELLED);
        });
        try (Picture photo = TestPhotos.picture("astronaut")) {
            Stop.Stopped stopped = catchThrowableOfType(
                    Stop.Stopped.class, () -> Enlarging.withTiles(64).twice(photo, cancelling, stop));
            assertThat(stopped.why()).isEqualTo(Stop.Cause.CANCELLED);
        }
        assertThat(told).as("rows of tiles").hasSize(1);
    }

    @Test
    void progress_rises_to_the_end_when_all_is_done_to_a_small_photo() {
        List<Double> told = new ArrayList<>();
        try (Picture photo = TestPhotos.picture("chelsea")) {
            EngineRequest both = new EngineRequest(
                    new EngineRequest.Canvas(photo, new PictureSize(1280, 720)),
                    true,
                    true,
                    List.of(),
                    0.7,
                    Attempts.NONE);
            EngineResult result = ENGINE.run(both, Progress.to(told::add), new Stop());
            assertThat(result.report()).last().asString().startsWith("Enlarged the picture to 902 × 600 pixels");
            result.picture().close();
        }
        assertThat(told).isSorted().hasSizeGreaterThan(5).last().isEqualTo(1.0);
    }
}
