package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class MissingCornersTest {
    private static final int PAPER = 248;

    /** Where a photo is gone. */
    private interface Shape {
        boolean has(double x, double y);
    }

    /** A faded photo of soft waves between 60 and 200, with paper to be seen where it is gone. */
    private static Mat photo(int width, int height, Shape gone, int paper) {
        Mat photo = new Mat(height, width, CV_8UC3);
        UByteIndexer pixels = photo.createIndexer();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double wave = 130 + 70 * Math.sin(9.0 * x / width) * Math.cos(7.0 * y / height);
                for (int channel = 0; channel < 3; channel++) {
                    pixels.put(y, x, channel, gone.has((double) x / width, (double) y / height) ? paper : (int) wave);
                }
            }
        }
        return photo;
    }

    private static int fill(Mat photo, List<Face> faces) {
        return MissingCorners.fill(
                photo, new Mat(photo.rows(), photo.cols(), CV_8UC1, Scalar.all(0)), faces, new Stop());
    }

    private static int left(Shape gone, int paper, List<Face> faces) {
        try (PointerScope _ = new PointerScope()) {
            Mat photo = photo(400, 300, gone, paper);
            Mat before = photo.clone();
            int filled = fill(photo, faces);
            if (filled == 0) {
                assertThat(norm(before, photo, NORM_INF, new Mat()))
                        .as("untouched")
                        .isZero();
            }
            return filled;
        }
    }

    private static final Shape TORN = (x, y) -> x + y < 0.2;

    @ParameterizedTest
    @ValueSource(ints = {400, 2_400})
    void a_torn_corner_becomes_like_what_lies_around_it(int width) {
        try (PointerScope _ = new PointerScope()) {
            Mat whole = photo(width, width * 3 / 4, (_, _) -> false, 0);
            Mat photo = photo(width, width * 3 / 4, TORN, PAPER);
            assertThat(fill(photo, List.of())).isEqualTo(1);
            Rect corner = new Rect(0, 0, width / 5, width / 5);
            double apart = norm(new Mat(whole, corner), new Mat(photo, corner), NORM_INF, new Mat());
            assertThat(apart).as("levels from what was there").isLessThan(60);
            Rect rest = new Rect(width / 3, 0, width / 2, width / 2);
            assertThat(norm(new Mat(whole, rest), new Mat(photo, rest), NORM_INF, new Mat()))
                    .as("the rest of the photo")
                    .isZero();
        }
    }

    @Test
    void each_corner_is_looked_at_and_paper_may_be_dark() {
        assertThat(left((x, y) -> x + y > 1.8 || x - y > 0.85, 15, List.of())).isEqualTo(2);
    }

    @Test
    void round_corners_and_borders_stay() {
        assertThat(left((x, y) -> Math.hypot(0.2 - x, 0.2 - y) > 0.2 && x < 0.2 && y < 0.2, PAPER, List.of()))
                .as("round corner")
                .isZero();
        assertThat(left((_, y) -> y < 0.1, PAPER, List.of())).as("border").isZero();
        assertThat(left((x, y) -> Math.min(Math.min(x, 1 - x), Math.min(y, 1 - y)) < 0.05, PAPER, List.of()))
                .as("frame")
                .isZero();
        assertThat(left((x, y) -> x + y < 0.6, PAPER, List.of()))
                .as("half a photo")
                .isZero();
    }

    @Test
    void what_is_as_bright_elsewhere_in_the_photo_is_the_photo_s_own() {
        assertThat(left((x, y) -> x + y < 0.2 || Math.hypot(x - 0.5, y - 0.5) < 0.1, PAPER, List.of()))
                .isZero();
    }

    @Test
    void what_fades_into_the_photo_is_the_photo_s_own() {
        try (PointerScope _ = new PointerScope()) {
            Mat photo = photo(400, 300, TORN, PAPER);
            org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur(
                    photo, photo, new org.bytedeco.opencv.opencv_core.Size(), 12);
            assertThat(fill(photo, List.of())).isZero();
        }
    }

    @Test
    void nothing_of_a_face_is_filled() {
        assertThat(left(TORN, PAPER, List.of(new Face(10, 10, 80, true)))).isZero();
    }
}
