package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.bitwise_and;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prints that were crumpled: jagged cracks of any width, most of them less than certain to the network. */
@Tag("AI-02")
class CracksTest {
    private static final EmbeddedEngine ENGINE = EmbeddedEngine.load();

    private static Picture restored(Picture picture) {
        EngineRequest request = new EngineRequest(picture, true, false, List.of(), 0.7, Attempts.NONE);
        return ENGINE.run(request, Progress.unheard(), new Stop()).picture();
    }

    /** Least gains in dB. */
    @ParameterizedTest
    @CsvSource({"astronaut, 4", "grace_hopper, 4", "camera, 4", "chelsea, 7", "coffee, 4", "rocket, 7"})
    void a_crumpled_print_comes_nearer_to_what_it_was(String name, double gainMin) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 20).cracks();
                Picture before = old.picture();
                Picture after = restored(before)) {
            double gain = Likeness.psnr(clean.mat(), after.mat()) - Likeness.psnr(clean.mat(), before.mat());
            assertThat(gain).isGreaterThan(gainMin);
        }
    }

    private static Picture large(String name) {
        return resized(name, 3, INTER_CUBIC);
    }

    private static Picture resized(String name, double factor, int how) {
        try (Picture photo = TestPhotos.picture(name)) {
            Mat resized = new Mat();
            resize(photo.mat(), resized, new Size(), factor, factor, how);
            return Picture.of(resized);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chelsea", "rocket"})
    void cracks_are_found_however_many_pixels_wide_a_scanner_made_them(String name) {
        try (Picture clean = large(name);
                OldPhoto old = OldPhoto.of(clean, 20).cracks();
                Picture before = old.picture();
                Mat found = ENGINE.damage(before, new Stop());
                Mat right = new Mat()) {
            bitwise_and(found, old.damage(), right);
            assertThat(countNonZero(right)).isGreaterThan(countNonZero(old.damage()) / 2);
            assertThat(countNonZero(right)).isGreaterThan(countNonZero(found) / 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "chelsea"})
    void in_a_large_photo_without_damage_next_to_nothing_is_found(String name) {
        try (Picture clean = large(name);
                Mat found = ENGINE.damage(clean, new Stop())) {
            assertThat(countNonZero(found)).isLessThanOrEqualTo((int) (0.0005 * found.total()));
        }
    }

    /** Stars on a flag are as light and as sharp as cracks, and there are many of them. */
    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void in_a_small_photo_without_damage_neither(String name) {
        try (Picture clean = resized(name, 0.5, INTER_AREA);
                Mat found = ENGINE.damage(clean, new Stop())) {
            assertThat(countNonZero(found)).isLessThanOrEqualTo((int) (0.001 * found.total()));
        }
    }
}
