package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("PRC-10")
class ScaledTest {
    @ParameterizedTest
    @CsvSource({"32000, 20", "20, 32000"})
    void a_strip_thousands_of_times_longer_than_high_is_prepared_like_other_pictures(int width, int height) {
        try (Picture strip = Picture.of(new Mat(height, width, CV_8UC3, Scalar.all(90)))) {
            Size small = Scaled.of(strip.mat(), 0.01);
            assertThat(Math.min(small.width(), small.height())).isEqualTo(1);
            assertThat(Math.max(small.width(), small.height())).isEqualTo(320);
            assertThat(Perspective.found(strip, new Stop())).isEmpty();
            assertThat(Enhancement.apply(strip)).isFalse();
        }
    }
}
