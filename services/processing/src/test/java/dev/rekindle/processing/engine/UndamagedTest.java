package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.circle;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a photo stays in it. */
@Tag("AI-02")
class UndamagedTest {
    private static final EmbeddedEngine ENGINE = EmbeddedEngine.load();

    private static int marked(Picture photo) {
        try (Mat found = ENGINE.damage(photo, new Stop())) {
            return countNonZero(found);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void nothing_of_a_photo_without_damage_is_taken_for_it(String name) {
        try (Picture photo = TestPhotos.picture(name)) {
            assertThat(marked(photo)).isZero();
        }
    }

    @Test
    void a_few_light_specks_are_gleams_and_many_are_dust() {
        try (Picture photo = TestPhotos.picture("rocket")) {
            speck(photo, 0);
            speck(photo, 1);
            speck(photo, 2);
            assertThat(marked(photo)).isZero();
            for (int i = 3; i < 14; i++) {
                speck(photo, i);
            }
            assertThat(marked(photo)).isPositive();
        }
    }

    /** On the even sky beside the rocket. */
    private static void speck(Picture photo, int i) {
        circle(photo.mat(), new Point(60 + 90 * (i % 7), 60 + 90 * (i / 7)), 2, Scalar.all(250), -1, LINE_AA, 0);
    }
}
