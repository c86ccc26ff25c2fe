package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class FadingTest {
    private static double amount(String name, int black, int white) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old =
                        OldPhoto.of(clean, 1).faded(new int[] {black, black, black}, new int[] {white, white, white});
                Picture picture = old.picture()) {
            return Fading.of(picture.mat(), Toning.of(picture.mat())).likely();
        }
    }

    @ParameterizedTest
    @CsvSource({"astronaut, 40, 180", "coffee, 55, 225", "grace_hopper, 45, 250", "camera, 100, 190"})
    void lifted_black_is_fading_however_white_the_white_is_or_dull(String name, int black, int white) {
        assertThat(amount(name, black, white)).isEqualTo(1);
    }

    /** Chelsea the cat and the rocket have no bright white, and in grey hardly any black. */
    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "camera", "chelsea", "coffee", "grace_hopper", "rocket"})
    void photos_as_they_were_taken_have_not_faded_in_colours_or_in_grey(String name) {
        try (Picture photo = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(photo, 1).grey();
                Picture grey = old.picture()) {
            assertThat(Fading.of(photo.mat(), Toning.of(photo.mat())).isLikely())
                    .isFalse();
            assertThat(Fading.of(grey.mat(), Toning.of(grey.mat())).isLikely()).isFalse();
        }
    }

    /** A scan of sound film has lifted black, too. */
    @ParameterizedTest
    @CsvSource({"astronaut, 40, 240, 0", "coffee, 35, 250, 0", "astronaut, 45, 175, 1", "grace_hopper, 50, 190, 1"})
    void black_lifted_a_little_tells_of_fading_in_an_old_photo_only(String name, int black, int white, double amount) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old =
                        OldPhoto.of(clean, 1).faded(new int[] {black, black, black}, new int[] {white, white, white});
                Picture picture = old.picture()) {
            Fading fading = Fading.of(picture.mat(), Toning.of(picture.mat()));
            assertThat(fading.amount(0)).isEqualTo(amount);
            assertThat(fading.amount(1)).isEqualTo(1);
        }
    }

    /** Snow, a white room: nothing in it is dark. */
    @ParameterizedTest
    @CsvSource({"astronaut", "coffee", "grace_hopper"})
    void a_light_scene_with_bright_white_has_not_faded(String name) {
        assertThat(amount(name, 95, 253)).isZero();
    }
}
