package dev.rekindle.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnlargerLessonsTest {
    private static final int SIDE = EnlargerLessons.SIDE;

    private static Grey photo() {
        Grey photo = Grey.blank(200, 150);
        for (int i = 0; i < photo.pixels().length; i++) {
            photo.pixels()[i] = 100 + 50 * (float) Math.sin(i / 23.0);
        }
        return photo;
    }

    private static EnlargerLessons.Batch batch(long seed, boolean aged) {
        return new EnlargerLessons(List.of(photo()), new SplittableRandom(seed), aged).batch(20);
    }

    private static Grey ramp() {
        Grey ramp = Grey.blank(60, 40);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 60; x++) {
                ramp.pixels()[y * 60 + x] = 3 * x + y;
            }
        }
        return ramp;
    }

    @Test
    void a_seed_always_gives_the_same_examples_and_another_others() {
        assertThat(batch(3, true).inputs()).isEqualTo(batch(3, true).inputs());
        assertThat(batch(3, true).lacking()).isEqualTo(batch(3, true).lacking());
        assertThat(batch(4, true).inputs()).isNotEqualTo(batch(3, true).inputs());
    }

    @Test
    void examples_are_in_range_and_of_the_sizes_they_say() {
        EnlargerLessons.Batch batch = batch(5, true);
        assertThat(batch.inputs()).hasSize(20 * SIDE * SIDE);
        assertThat(batch.lacking()).hasSize(20 * 4 * SIDE * SIDE);
        for (float input : batch.inputs()) {
            assertThat(input).isBetween(-1f, 1f);
        }
        for (float lacking : batch.lacking()) {
            assertThat(lacking).isBetween(-32f, 32f);
        }
    }

    /** OpenCV's cubic bends ramps a little, to one side and then to the other: in the mean a shift by a tenth would be 0.3. */
    @ParameterizedTest
    @EnumSource(Halving.class)
    void halving_and_doubling_leave_everything_where_it_is(Halving halving) {
        Grey ramp = ramp();
        Grey again = Doubling.of(halving.of(ramp));
        for (int y = 14; y < 26; y += 2) {
            for (int x = 14; x < 46; x += 2) {
                assertThat(meanOfFour(again, x, y)).isCloseTo(meanOfFour(ramp, x, y), within(0.01f));
            }
        }
    }

    private static float meanOfFour(Grey picture, int x, int y) {
        int at = y * picture.width() + x;
        float[] pixels = picture.pixels();
        return (pixels[at] + pixels[at + 1] + pixels[at + picture.width()] + pixels[at + picture.width() + 1]) / 4;
    }

    /** Clean photos are lessons, too: what is added to their bicubic enlarging gives them back. */
    @Test
    void what_is_lacking_is_in_the_order_of_the_four_pixels() {
        Grey checks = Grey.blank(EnlargerLessons.sideMin(), EnlargerLessons.sideMin());
        for (int i = 0; i < checks.pixels().length; i++) {
            boolean upper = i / checks.width() % 2 == 0;
            boolean left = i % 2 == 0;
            checks.pixels()[i] = upper && left ? 140 : 100;
        }
        EnlargerLessons.Batch batch = new EnlargerLessons(List.of(checks), new SplittableRandom(1), false).batch(1);
        float[] means = new float[4];
        for (int at = 0; at < batch.lacking().length; at++) {
            means[at / (SIDE * SIDE)] += batch.lacking()[at] / (SIDE * SIDE);
        }
        int bright = 0;
        for (float mean : means) {
            // One of the four, which one is drawn by turning and mirroring: 140 - 110 levels, the others 100 - 110.
            assertThat(mean * EnlargerLessons.LEVELS)
                    .satisfiesAnyOf(
                            level -> assertThat(level).isCloseTo(30, within(1f)),
                            level -> assertThat(level).isCloseTo(-10, within(1f)));
            bright += mean > 0 ? 1 : 0;
        }
        assertThat(bright).isEqualTo(1);
    }
}
