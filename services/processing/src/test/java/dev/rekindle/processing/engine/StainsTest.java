package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.ellipse;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class StainsTest {
    private static Picture grey(String name) {
        try (Picture colours = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(colours, 1).grey()) {
            return old.picture();
        }
    }

    private static Picture sepia(String name) {
        try (Picture colours = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(colours, 1).sepia()) {
            return old.picture();
        }
    }

    private static double freed(Picture clean, OldPhoto stained) {
        try (Picture before = stained.picture();
                Picture after = stained.picture()) {
            Stains stains = Stains.in(after.mat());
            assertThat(stains.share()).isBetween(0.02, 0.5);
            stains.takeAway(after.mat(), 1, Progress.unheard(), new Stop());
            return Likeness.psnr(clean.mat(), after.mat()) - Likeness.psnr(clean.mat(), before.mat());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void what_lay_below_a_stain_comes_back(String name) {
        try (Picture clean = sepia(name);
                OldPhoto stained = OldPhoto.of(clean, 20).stains()) {
            assertThat(freed(clean, stained)).isGreaterThan(10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grace_hopper", "camera", "coffee"})
    void it_comes_back_from_a_jpeg_of_a_grey_photo(String name) {
        try (Picture clean = grey(name);
                OldPhoto stained = OldPhoto.of(clean, 20).stains().jpeg(85)) {
            assertThat(freed(clean, stained)).isGreaterThan(6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void photos_without_stains_stay_as_they_are(String name) {
        try (Picture colours = TestPhotos.picture(name);
                Picture grey = grey(name);
                Picture sepia = sepia(name)) {
            assertThat(List.of(colours, grey, sepia))
                    .allSatisfy(
                            photo -> assertThat(Stains.in(photo.mat()).share()).isZero());
        }
    }

    /** A disc of another scene in brown, as somebody in a brown coat before a grey wall would be. */
    @ParameterizedTest
    @CsvSource({"camera, chelsea", "coffee, astronaut", "grace_hopper, coffee"})
    void a_brown_thing_is_no_stain(String name, String thing) {
        try (Picture photo = grey(name);
                Picture other = sepia(thing);
                Mat inside = new Mat(photo.mat().rows(), photo.mat().cols(), CV_8UC1, Scalar.all(0))) {
            int radius = Math.min(inside.rows(), inside.cols()) / 5;
            ellipse(
                    inside,
                    new Point(inside.cols() / 2, inside.rows() / 2),
                    new Size(radius, radius),
                    0,
                    0,
                    360,
                    Scalar.all(255),
                    -1,
                    8,
                    0);
            try (Mat brown = new Mat()) {
                org.bytedeco.opencv.global.opencv_imgproc.resize(
                        other.mat(), brown, photo.mat().size());
                brown.copyTo(photo.mat(), inside);
            }
            assertThat(Stains.in(photo.mat()).share()).isZero();
        }
    }

    @Test
    void what_lies_beside_a_stain_is_the_same_to_the_last_bit_and_the_share_is_how_much_goes() {
        try (Mat plain = new Mat(300, 400, CV_8UC1);
                Mat bgr = new Mat()) {
            UByteIndexer values = plain.createIndexer();
            for (int y = 0; y < 300; y++) {
                for (int x = 0; x < 400; x++) {
                    values.put(y, x, (int) (140 + 60 * Math.sin(x / 17.0) * Math.cos(y / 23.0)));
                }
            }
            cvtColor(plain, bgr, COLOR_GRAY2BGR);
            UByteIndexer pixels = bgr.createIndexer();
            for (int y = 60; y < 160; y++) {
                for (int x = 80; x < 230; x++) {
                    pixels.put(y, x, 0, pixels.get(y, x, 0) * 55 / 100);
                    pixels.put(y, x, 1, pixels.get(y, x, 1) * 75 / 100);
                    pixels.put(y, x, 2, pixels.get(y, x, 2) * 90 / 100);
                }
            }
            try (Mat half = bgr.clone();
                    Mat whole = bgr.clone()) {
                Stains stains = Stains.in(bgr);
                assertThat(stains.share()).isBetween(0.11, 0.14);
                stains.takeAway(half, 0.5, Progress.unheard(), new Stop());
                stains.takeAway(whole, 1, Progress.unheard(), new Stop());
                assertThat(norm(bgr.colRange(240, 400), whole.colRange(240, 400), NORM_INF, new Mat()))
                        .isZero();
                UByteIndexer wholes = whole.createIndexer();
                UByteIndexer halves = half.createIndexer();
                int true110 = values.get(110, 150);
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(wholes.get(110, 150, channel)).isBetween(true110 - 5, true110 + 5);
                    assertThat(halves.get(110, 150, channel))
                            .isBetween(
                                    (pixels.get(110, 150, channel) + wholes.get(110, 150, channel)) / 2 - 1,
                                    (pixels.get(110, 150, channel) + wholes.get(110, 150, channel)) / 2 + 1);
                }
            }
        }
    }

    @Test
    void the_engine_says_so_and_tells_then_that_the_photo_has_one_tone() {
        try (Picture clean = grey("astronaut");
                OldPhoto old = OldPhoto.of(clean, 20).stains();
                Picture before = old.picture()) {
            EngineResult result = EmbeddedEngine.load()
                    .run(
                            new EngineRequest(before, true, false, List.of(), 1, Attempts.NONE),
                            Progress.unheard(),
                            new Stop());
            try (Picture after = result.picture()) {
                assertThat(result.changed()).isTrue();
                assertThat(result.report().getFirst())
                        .matches("Took yellow and brown stains away from 1\\d % of the picture\\.");
                assertThat(Toning.of(before.mat())).isEqualTo(Toning.COLOUR);
                assertThat(Toning.of(after.mat())).isEqualTo(Toning.GREY);
                assertThat(Resemblance.of(before, after).structure()).isGreaterThan(0.8);
            }
        }
    }

    /** People leave the strength where it is: at 0.7. */
    @Test
    void at_the_usual_strength_no_trace_stays() {
        try (Picture clean = grey("camera");
                OldPhoto old = OldPhoto.of(clean, 20).stains();
                Picture before = old.picture();
                Picture usual = restored(before, 0.7);
                Picture most = restored(before, 1)) {
            double gain = Likeness.psnr(clean.mat(), usual.mat()) - Likeness.psnr(clean.mat(), most.mat());
            assertThat(gain).isGreaterThan(-0.5);
            assertThat(Toning.of(usual.mat())).isEqualTo(Toning.GREY);
        }
    }

    private static Picture restored(Picture before, double strength) {
        return EmbeddedEngine.load()
                .run(
                        new EngineRequest(before, true, false, List.of(), strength, Attempts.NONE),
                        Progress.unheard(),
                        new Stop())
                .picture();
    }

    /** A result that differs by no more than coding is refused where it says that it was changed. */
    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.2})
    void of_stains_that_are_hardly_touched_nobody_says_that_they_must_be_seen_to_be_gone(double strength) {
        try (Picture clean = grey("camera");
                OldPhoto old = OldPhoto.of(clean, 20).stains();
                Picture before = old.picture()) {
            EngineResult result = EmbeddedEngine.load()
                    .run(
                            new EngineRequest(before, true, false, List.of(), strength, Attempts.NONE),
                            Progress.unheard(),
                            new Stop());
            try (Picture after = result.picture()) {
                boolean identical = Resemblance.of(before, after).identical();
                assertThat(result.changed() && identical).isFalse();
            }
        }
    }
}
