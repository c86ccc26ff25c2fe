package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the blocks of strong compression are seen. */
@Tag("AI-02")
class JpegBlocksTest {
    private static JpegBlocks blocks(Mat bgr) {
        try (Mat luminance = Luminance.of(bgr)) {
            return JpegBlocks.of(luminance);
        }
    }

    @ParameterizedTest
    @CsvSource({"astronaut, 30, 18", "grace_hopper, 30, 18", "chelsea, 20, 28", "coffee, 50, 11"})
    void are_found_with_how_coarse_they_are(String name, int quality, int step) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 1).jpeg(quality);
                Picture picture = old.picture()) {
            assertThat(blocks(picture.mat())).isEqualTo(new JpegBlocks(0, 0, step));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper"})
    void are_found_wherever_a_picture_was_cut(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 1).jpeg(30);
                Picture picture = old.picture();
                Mat cut = new Mat(picture.mat(), new Rect(3, 6, 240, 240))) {
            assertThat(blocks(cut)).isEqualTo(new JpegBlocks(5, 2, 18));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void are_not_seen_in_photos_of_good_quality(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto fine = OldPhoto.of(clean, 1).jpeg(92);
                Picture picture = fine.picture()) {
            assertThat(blocks(clean.mat()).visible()).isFalse();
            assertThat(blocks(picture.mat()).visible()).isFalse();
        }
    }
}
