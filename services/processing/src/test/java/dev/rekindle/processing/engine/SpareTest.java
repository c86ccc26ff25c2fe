package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class SpareTest {
    private static double enlarged(String name, double times) {
        try (Picture photo = TestPhotos.picture(name);
                Mat luminance = Luminance.of(photo.mat());
                Mat large = new Mat()) {
            resize(luminance, large, new Size(), times, times, INTER_CUBIC);
            return Spare.of(large, 4000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "coffee", "rocket"})
    void a_photo_has_to_spare_no_more_than_it_was_enlarged_by(String name) {
        assertThat(enlarged(name, 1)).as("as it is").isEqualTo(1);
        assertThat(enlarged(name, 2)).as("twice as large").isEqualTo(2);
        assertThat(enlarged(name, 4)).as("four times as large").isBetween(2.0, 4.0);
    }

    @Test
    void a_picture_of_one_level_is_looked_at_while_it_is_large_enough() {
        try (Mat grey = new Mat(1300, 1300, 0, Scalar.all(80))) {
            assertThat(Spare.of(grey, 4000)).isEqualTo(6);
        }
        try (Mat small = new Mat(250, 900, 0, Scalar.all(80))) {
            assertThat(Spare.of(small, 4000)).isEqualTo(1);
        }
    }
}
