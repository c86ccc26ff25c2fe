package dev.rekindle.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LessonsTest {
    private static Lessons.Batch batch(long seed) {
        Grey photo = Grey.blank(200, 150);
        for (int i = 0; i < photo.pixels().length; i++) {
            photo.pixels()[i] = 100 + 50 * (float) Math.sin(i / 23.0);
        }
        return new Lessons(List.of(photo), new SplittableRandom(seed)).batch(40);
    }

    @Test
    void a_seed_always_gives_the_same_examples() {
        assertThat(batch(3).inputs()).isEqualTo(batch(3).inputs());
        assertThat(batch(3).marks()).isEqualTo(batch(3).marks());
    }

    @Test
    void examples_are_in_range_and_some_of_every_picture_is_undamaged() {
        Lessons.Batch batch = batch(5);
        int damaged = 0;
        for (int at = 0; at < batch.inputs().length; at++) {
            assertThat(batch.inputs()[at]).isBetween(-1f, 1f);
            damaged += batch.marks()[at] > 0 ? 1 : 0;
            assertThat(batch.marks()[at] > 0 && batch.weights()[at] == 0)
                    .as("damage without weight")
                    .isFalse();
        }
        assertThat((double) damaged / batch.inputs().length).isBetween(0.005, 0.2);
    }

    @Test
    void the_list_of_photos_names_a_licence_and_a_checksum_for_each() {
        assertThat(Photos.list()).hasSizeGreaterThan(40).allSatisfy(entry -> {
            assertThat(entry.licence()).isNotBlank();
            assertThat(entry.author()).isNotBlank();
            assertThat(entry.sha256()).matches("[0-9a-f]{64}");
            assertThat(entry.use()).isIn("train", "held-back");
        });
    }
}
