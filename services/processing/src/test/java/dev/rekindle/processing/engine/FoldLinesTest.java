package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.bitwise_and;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
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
class FoldLinesTest {
    private static Mat marks(Mat luminance) {
        Mat marks = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
        FoldLines.mark(luminance, marks);
        return marks;
    }

    /** A soft picture between 40 and 180. */
    private static Mat waves(int width, int height) {
        Mat waves = new Mat(height, width, CV_8UC1);
        UByteIndexer pixels = waves.createIndexer();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double wave = 110 + 70 * Math.sin(9.0 * x / width) * Math.cos(7.0 * y / height);
                pixels.put(y, x, (int) wave);
            }
        }
        return waves;
    }

    /** A ragged light line, 4 pixels wide, over all columns or those up to a share. */
    private static void draw(Mat picture, double begins, double slope, double share) {
        Random random = new Random(5);
        UByteIndexer pixels = picture.createIndexer();
        for (int x = 0; x < share * picture.cols(); x++) {
            int top = (int) Math.round(begins + slope * x + 0.4 * random.nextGaussian());
            for (int y = top; y < top + 4; y++) {
                pixels.put(y, x, 225 + random.nextInt(20));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void folds_are_found_whole_and_nothing_else(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 20).folds();
                Picture folded = old.picture()) {
            assertThat(countNonZero(marks(Luminance.of(clean.mat()))))
                    .as("marked without folds")
                    .isZero();
            Mat marks = marks(Luminance.of(folded.mat()));
            Mat right = new Mat();
            bitwise_and(marks, old.damage(), right);
            int drawn = countNonZero(old.damage());
            assertThat((double) countNonZero(right) / drawn).as("found").isGreaterThan(0.95);
            assertThat((double) countNonZero(marks) / drawn)
                    .as("marked of what is folded")
                    .isLessThan(2.2);
        }
    }

    @Test
    void a_folded_photo_is_mended() {
        try (Picture clean = TestPhotos.picture("chelsea");
                OldPhoto old = OldPhoto.of(clean, 20).folds();
                Picture folded = old.picture()) {
            EngineRequest request = new EngineRequest(folded, true, false, List.of(), 0.7, Attempts.NONE);
            EngineResult result = EmbeddedEngine.load().run(request, Progress.unheard(), new Stop());
            try (Picture mended = result.picture()) {
                assertThat(Likeness.psnr(clean.mat(), mended.mat()))
                        .isGreaterThan(Likeness.psnr(clean.mat(), folded.mat()) + 6);
            }
        }
    }

    @Test
    void a_line_that_ends_within_the_photo_is_none() {
        Mat photo = waves(500, 400);
        draw(photo, 180, 0.01, 0.8);
        assertThat(countNonZero(marks(photo))).isZero();
        draw(photo, 180, 0.01, 1);
        assertThat(countNonZero(marks(photo))).isPositive();
    }

    @Test
    void many_lines_the_same_way_are_a_pattern() {
        Mat photo = waves(500, 400);
        for (int y = 60; y < 360; y += 60) {
            draw(photo, y, 0.01, 1);
        }
        assertThat(countNonZero(marks(photo))).isZero();
    }

    @Test
    void the_border_between_pictures_side_by_side_is_none() {
        Mat photo = waves(500, 400);
        new Mat(photo, new Rect(0, 190, 500, 5)).put(Scalar.all(250));
        assertThat(countNonZero(marks(photo))).isZero();
    }

    @Test
    void in_a_tiny_picture_nothing_is_looked_for() {
        Mat photo = waves(300, 150);
        draw(photo, 70, 0.01, 1);
        assertThat(countNonZero(marks(photo))).isZero();
    }

    /** A light line over all columns, 4 pixels wide, straight. */
    private static Mat straight(int light, int differing) {
        Mat picture = waves(640, 400);
        UByteIndexer pixels = picture.createIndexer();
        Random random = new Random(7);
        for (int x = 0; x < 640; x++) {
            for (int y = 200 + x / 40; y < 204 + x / 40; y++) {
                pixels.put(y, x, light + random.nextInt(differing));
            }
        }
        return picture;
    }

    /** The same line as a fold, but that it is as bright from pixel to pixel, as what went by a camera is, or has straight edges, as a kerb has. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void a_rail_or_a_kerb_from_border_to_border_is_no_fold(int differing) {
        assertThat(countNonZero(marks(straight(225, differing)))).isZero();
        Mat folded = waves(640, 400);
        draw(folded, 200, 1.0 / 40, 1);
        assertThat(countNonZero(marks(folded))).isPositive();
    }

    /** Of a fold the paper shows, and nothing in a photo is much lighter than its paper. */
    @Test
    void what_is_darker_than_the_photos_lights_is_a_pole() {
        Mat picture = waves(640, 400);
        draw(picture, 200, 0.02, 1);
        assertThat(countNonZero(marks(picture))).isPositive();
        Mat dim = new Mat();
        picture.convertTo(dim, -1, 0.6, 0);
        assertThat(countNonZero(marks(dim))).as("a dim photo's fold").isPositive();
        new Mat(dim, new Rect(0, 0, 640, 60)).put(Scalar.all(250));
        assertThat(countNonZero(marks(dim))).as("below a bright sky").isZero();
    }
}
