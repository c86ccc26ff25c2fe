package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-02")
class NoiseTest {
    /**
     * A picture of 512 pixels square with noise.
     *
     * @param meadow the share of its width that has a texture of 30 levels
     */
    private static Mat picture(double noise, double meadow) {
        Mat picture = new Mat(512, 512, CV_8UC1);
        UByteIndexer pixels = picture.createIndexer();
        SplittableRandom random = new SplittableRandom(8);
        for (int y = 0; y < 512; y++) {
            for (int x = 0; x < 512; x++) {
                double texture = x < meadow * 512 ? 30 * random.nextGaussian() : 0;
                double value = 128 + 40 * Math.sin(x / 90.0) + texture + noise * random.nextGaussian();
                pixels.put(y, x, Math.clamp(Math.round(value), 0, 255));
            }
        }
        return picture;
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "6, 0", "12, 0", "6, 0.5", "6, 0.9"})
    void noise_is_told_however_little_of_a_picture_is_flat(double noise, double meadow) {
        try (Mat picture = picture(noise, meadow)) {
            assertThat(Noise.of(picture)).isCloseTo(noise, within(0.12 * noise));
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "0.5", "0.9"})
    void a_meadow_is_no_noise(double meadow) {
        try (Mat picture = picture(0, meadow)) {
            assertThat(Noise.of(picture)).isLessThan(1);
        }
    }
}
