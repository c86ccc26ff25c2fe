package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class TintingTest {
    private static final EmbeddedEngine ENGINE = EmbeddedEngine.load();

    private static EngineResult tinted(Picture picture, List<ColourHint> hints) {
        EngineRequest request = new EngineRequest(picture, false, true, hints, 0.7, Attempts.NONE);
        return ENGINE.run(request, Progress.unheard(), new Stop());
    }

    private static Picture grey(Picture picture) {
        try (OldPhoto grey = OldPhoto.of(picture, 1).grey()) {
            return grey.picture();
        }
    }

    private static ColourHint hint(double x, double y, int rgb) {
        return ColourHint.newBuilder()
                .addPoints(Point.newBuilder().setX(x).setY(y))
                .setRgb(rgb)
                .setRadius(0.03)
                .build();
    }

    private static double chromaError(Picture colour, Picture truth) {
        Mat[] one = LabColours.chroma(colour.mat());
        Mat[] other = LabColours.chroma(truth.mat());
        double sum = norm(one[0], other[0], NORM_L1, new Mat()) + norm(one[1], other[1], NORM_L1, new Mat());
        return sum / (2.0 * one[0].total());
    }

    @Test
    void a_photo_that_has_its_colours_comes_back_as_it_is_and_nobody_says_that_it_changed() {
        try (Picture photo = TestPhotos.picture("chelsea")) {
            EngineResult result = tinted(photo, List.of());
            try (Picture after = result.picture()) {
                assertThat(Resemblance.of(photo, after).identical()).isTrue();
                assertThat(result.changed()).isFalse();
            }
        }
    }

    @Test
    void brightness_stays_and_the_tone_is_gently_warm() {
        try (Picture photo = TestPhotos.picture("camera");
                Picture result = tinted(photo, List.of()).picture()) {
            Mat[] chroma = LabColours.chroma(result.mat());
            assertThat(mean(chroma[1]).get(0)).as("yellow").isBetween(1.0, 6.0);
            assertThat(norm(chroma[0], NORM_INF, new Mat())).as("red or green").isLessThan(6);
            assertThat(norm(Luminance.of(photo.mat()), Luminance.of(result.mat()), NORM_INF, new Mat()))
                    .isLessThan(6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper"})
    void the_skin_of_a_sure_face_is_warmer_than_the_rest(String name) {
        try (Picture photo = TestPhotos.picture(name);
                Picture grey = grey(photo)) {
            Face face = new FaceFinder().find(grey, new Stop()).getFirst();
            EngineResult result = tinted(grey, List.of());
            try (Picture picture = result.picture()) {
                Mat[] chroma = LabColours.chroma(picture.mat());
                int third = face.size() / 3;
                Rect cheek = new Rect(face.x() + third, face.y() + third, third, third);
                assertThat(mean(new Mat(chroma[0], cheek)).get(0)).as("red").isBetween(4.0, 16.0);
                assertThat(mean(new Mat(chroma[1], cheek)).get(0)).as("yellow").isBetween(6.0, 20.0);
                assertThat(mean(chroma[0]).get(0)).isLessThan(3);
            }
            assertThat(result.report()).anyMatch(line -> line.contains("skin of one face"));
        }
    }

    @Test
    void a_photo_with_colours_keeps_them() {
        try (Picture photo = TestPhotos.picture("coffee")) {
            EngineResult result = tinted(photo, List.of());
            try (Picture picture = result.picture()) {
                assertThat(norm(photo.mat(), picture.mat(), NORM_INF, new Mat()))
                        .isZero();
            }
            assertThat(result.report()).anyMatch(line -> line.contains("has its colours already"));
        }
    }

    @Test
    @Tag("AI-07")
    void a_marked_colour_fills_its_area_and_stops_at_the_border() {
        Mat scene = new Mat(200, 300, CV_8UC3, Scalar.all(90));
        new Mat(scene, new Rect(150, 0, 150, 200)).put(Scalar.all(180));
        try (Picture grey = Picture.of(scene);
                Picture result = tinted(grey, List.of(hint(0.2, 0.5, 0x3050c0), hint(0.8, 0.5, 0xc06030)))
                        .picture();
                UByteIndexer pixels = result.mat().createIndexer()) {
            for (int y : new int[] {10, 100, 190}) {
                assertThat(pixels.get(y, 140, 0) - pixels.get(y, 140, 2))
                        .as("blue at the left")
                        .isGreaterThan(60);
                assertThat(pixels.get(y, 160, 2) - pixels.get(y, 160, 0))
                        .as("orange at the right")
                        .isGreaterThan(40);
            }
        }
    }

    @Test
    @Tag("AI-07")
    void a_colour_marked_on_a_photo_with_colours_changes_what_it_lies_on_and_nothing_else() {
        try (Picture photo = TestPhotos.picture("coffee")) {
            ColourHint blue = ColourHint.newBuilder()
                    .addPoints(Point.newBuilder().setX(0.2).setY(0.7))
                    .addPoints(Point.newBuilder().setX(0.28).setY(0.85))
                    .setRgb(0x2040c0)
                    .setRadius(0.03)
                    .build();
            EngineResult result = tinted(photo, List.of(blue));
            try (Picture picture = result.picture()) {
                Scalar saucer = mean(new Mat(picture.mat(), new Rect(110, 250, 60, 60)));
                assertThat(saucer.get(0) - saucer.get(2))
                        .as("blue where it was red")
                        .isGreaterThan(30);
                // The coffee, the cup's rim, and the wood at the right.
                for (Rect elsewhere :
                        List.of(new Rect(250, 130, 80, 40), new Rect(230, 25, 60, 10), new Rect(480, 60, 100, 200))) {
                    Scalar before = mean(new Mat(photo.mat(), elsewhere));
                    Scalar after = mean(new Mat(picture.mat(), elsewhere));
                    for (int channel = 0; channel < 3; channel++) {
                        assertThat(after.get(channel)).isCloseTo(before.get(channel), within(3.0));
                    }
                }
            }
            assertThat(result.report())
                    .containsExactly("Spread the 1 colour you marked.", "Elsewhere the photo keeps its own colours.");
        }
    }

    private static double meanOf(Picture picture, int channel, Rect where) {
        return mean(new Mat(LabColours.chroma(picture.mat())[channel], where)).get(0);
    }

    @Test
    @Tag("AI-07")
    void a_marked_colour_is_as_strong_far_from_its_stroke_as_near_it() {
        // A dress whose folds grow lighter from hem to shoulders.
        Mat scene = new Mat(300, 200, CV_8UC3, Scalar.all(30));
        for (int y = 20; y < 280; y++) {
            new Mat(scene, new Rect(60, y, 80, 1)).put(Scalar.all(160 - y / 4.0 + y / 6 % 2 * 6));
        }
        try (Picture grey = Picture.of(scene);
                Picture result =
                        tinted(grey, List.of(hint(0.5, 0.88, 0xa32a2e))).picture()) {
            double hem = meanOf(result, 0, new Rect(90, 255, 20, 20));
            assertThat(hem).as("red at the hem").isGreaterThan(40);
            assertThat(meanOf(result, 0, new Rect(90, 30, 20, 20)))
                    .as("red at the shoulders")
                    .isGreaterThan(0.75 * hem);
            assertThat(meanOf(result, 0, new Rect(5, 100, 40, 100)))
                    .as("red beside it")
                    .isLessThan(1.5);
        }
    }

    @Test
    @Tag("AI-07")
    void a_first_stroke_does_not_let_the_tint_of_a_face_run_into_the_wall_behind_it() {
        try (Picture photo = TestPhotos.picture("astronaut");
                Picture grey = grey(photo);
                Picture tint = tinted(grey, List.of()).picture();
                Picture marked = tinted(grey, List.of(hint(0.4, 0.8, 0xd98a3d))).picture()) {
            Rect wall = new Rect(300, 40, 50, 80);
            assertThat(meanOf(marked, 0, wall)).isCloseTo(meanOf(tint, 0, wall), within(0.5));
        }
    }

    @Test
    @Tag("AI-07")
    void skin_marked_on_one_cheek_is_the_skin_of_the_whole_face_and_of_no_other_thing() {
        try (Picture photo = TestPhotos.picture("astronaut");
                Picture grey = grey(photo)) {
            Face face = new FaceFinder().find(grey, new Stop()).getFirst();
            int tenth = face.size() / 10;
            double left = face.x() + 2.5 * tenth;
            double low = face.y() + 6.5 * tenth;
            ColourHint tan = hint(left / grey.width(), low / grey.height(), 0xc68a63).toBuilder()
                    .setRadius(0.01)
                    .build();
            try (Picture result = tinted(grey, List.of(tan)).picture()) {
                for (int x : new int[] {2, 4, 7}) {
                    Rect cheek = new Rect(face.x() + x * tenth, face.y() + 6 * tenth, tenth, tenth);
                    assertThat(meanOf(result, 1, cheek))
                            .as("yellow at %d tenths", x)
                            .isGreaterThan(23);
                }
                assertThat(meanOf(result, 1, new Rect(300, 40, 50, 80)))
                        .as("the wall")
                        .isLessThan(6);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"coffee", "grace_hopper"})
    @Tag("AI-07")
    void forty_true_colours_bring_the_photo_much_nearer_to_the_truth(String name) {
        try (Picture photo = TestPhotos.picture(name);
                Picture grey = grey(photo);
                UByteIndexer truth = photo.mat().createIndexer()) {
            Random random = new Random(3);
            List<ColourHint> hints = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int x = random.nextInt(photo.width());
                int y = random.nextInt(photo.height());
                int rgb = truth.get(y, x, 2) << 16 | truth.get(y, x, 1) << 8 | truth.get(y, x, 0);
                hints.add(hint((x + 0.5) / photo.width(), (y + 0.5) / photo.height(), rgb).toBuilder()
                        .setRadius(0)
                        .build());
            }
            try (Picture result = tinted(grey, hints).picture()) {
                assertThat(chromaError(result, photo)).isLessThan(0.65 * chromaError(grey, photo));
            }
        }
    }
}
