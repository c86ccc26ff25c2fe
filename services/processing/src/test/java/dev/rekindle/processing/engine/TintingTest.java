package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
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
