package dev.rekindle.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LessonsTest {
    private static Lessons.Batch batch(long seed) {
        return batch(Lessons.Recipe.ALL, seed);
    }

    private static Lessons.Batch batch(Lessons.Recipe recipe, long seed) {
        Grey photo = Grey.blank(200, 150);
        for (int i = 0; i < photo.pixels().length; i++) {
            photo.pixels()[i] = 100 + 50 * (float) Math.sin(i / 23.0);
        }
        return new Lessons(List.of(photo), recipe, new SplittableRandom(seed)).batch(40);
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
    void cracks_are_among_the_damage_where_the_recipe_says_so() {
        Lessons.Batch batch = batch(Lessons.Recipe.CRACKED, 5);
        assertThat(batch.marks()).isNotEqualTo(batch(Lessons.Recipe.ALL, 5).marks());
        int damaged = 0;
        for (int at = 0; at < batch.marks().length; at++) {
            assertThat(batch.inputs()[at]).isBetween(-1f, 1f);
            assertThat(batch.marks()[at] > 0 && batch.weights()[at] == 0)
                    .as("damage without weight")
                    .isFalse();
            damaged += batch.marks()[at] > 0 ? 1 : 0;
        }
        assertThat((double) damaged / batch.marks().length).isBetween(0.005, 0.2);
    }

    @Test
    void a_mask_is_graded_by_what_it_marks_of_the_damage_and_beside_it() {
        Lessons.Batch batch = batch(Lessons.Recipe.PLAIN, 9);
        MaskGrade grade = new MaskGrade();
        grade.add(batch, batch.marks());
        assertThat(grade)
                .hasToString(
                        "recall/precision @0.30 1.000/1.000 @0.50 1.000/1.000 @0.70 1.000/1.000 @0.85 1.000/1.000");
        MaskGrade ofNothing = new MaskGrade();
        ofNothing.add(batch, new float[batch.marks().length]);
        assertThat(ofNothing.toString()).contains("@0.50 0.000/0.000");
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
