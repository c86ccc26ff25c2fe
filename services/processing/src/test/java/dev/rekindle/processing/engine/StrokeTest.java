package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-02")
class StrokeTest {
    private static final double RADIUS_MAX = 600;

    /** A stroke three pixels wide along a curve, turned by an angle. */
    private static Stroke along(DoubleUnaryOperator curve, int length, double angle) {
        return along(curve, length, angle, 0);
    }

    /** The same, begun so many pixels later. */
    private static Stroke along(DoubleUnaryOperator curve, int length, double angle, int from) {
        List<int[]> pixels = new ArrayList<>();
        for (int x = from; x < from + length; x++) {
            for (int beside = -1; beside <= 1; beside++) {
                double y = curve.applyAsDouble(x) + beside;
                pixels.add(new int[] {
                    (int) Math.round(300 + x * Math.cos(angle) - y * Math.sin(angle)),
                    (int) Math.round(300 + x * Math.sin(angle) + y * Math.cos(angle))
                });
            }
        }
        return Stroke.of(
                pixels.stream().mapToInt(pixel -> pixel[0]).toArray(),
                pixels.stream().mapToInt(pixel -> pixel[1]).toArray());
    }

    private static DoubleUnaryOperator arc(double radius, double middle) {
        return x -> radius - Math.sqrt(radius * radius - (x - middle) * (x - middle));
    }

    @Test
    void an_even_arc_is_a_rim_however_it_lies() {
        for (double angle = 0; angle < Math.PI; angle += 0.3) {
            Stroke stroke = along(arc(150, 60), 160, angle);
            assertThat(stroke.isRim(RADIUS_MAX)).as("turned by %.1f", angle).isTrue();
            assertThat(stroke.isLine()).as("turned by %.1f", angle).isFalse();
            assertThat(stroke.length()).isBetween(140.0, 175.0);
            assertThat(stroke.width()).isBetween(2.5, 4.5);
        }
    }

    @Test
    void a_straight_scratch_is_a_line_however_it_lies() {
        for (double angle = 0; angle < Math.PI; angle += 0.3) {
            Stroke stroke = along(x -> 0, 400, angle);
            assertThat(stroke.isLine()).as("turned by %.1f", angle).isTrue();
            assertThat(stroke.isRim(RADIUS_MAX)).as("turned by %.1f", angle).isFalse();
        }
    }

    @Test
    void a_scratch_that_wavers_is_neither() {
        Stroke stroke = along(x -> 12 * Math.sin(x / 25.0), 160, 0.4);
        assertThat(stroke.isRim(RADIUS_MAX)).isFalse();
        assertThat(stroke.isLine()).isFalse();
    }

    @Test
    void what_bends_less_than_anything_in_the_photo_could_is_no_rim() {
        assertThat(along(arc(700, 150), 300, 0.4).isRim(RADIUS_MAX)).isFalse();
        assertThat(along(arc(500, 150), 300, 0.4).isRim(RADIUS_MAX)).isTrue();
    }

    @Test
    void a_line_goes_on_in_what_lies_along_it_and_not_too_far_away() {
        Stroke line = along(x -> 0, 120, 1.2);
        assertThat(line.goesOnIn(along(x -> 1, 40, 1.2, 130))).isTrue();
        assertThat(line.goesOnIn(along(x -> 0, 40, 1.2, -60))).isTrue();
        assertThat(line.goesOnIn(along(x -> 12, 40, 1.2, 130))).as("beside it").isFalse();
        assertThat(line.goesOnIn(along(x -> 0, 40, 1.2, 400))).as("far away").isFalse();
        assertThat(line.goesOnIn(along(x -> x, 40, 1.2, 130)))
                .as("slanting off")
                .isFalse();
    }

    @Test
    void parts_of_one_line_are_as_long_as_what_they_cover_together() {
        Stroke line = along(x -> 0, 120, 1.2);
        Stroke next = along(x -> 1, 80, 1.2, 140);
        Stroke beside = along(x -> 3, 100, 1.2, 10);
        Stroke far = along(x -> 30, 100, 1.2, 140);
        assertThat(line.lengthWith(List.of(line))).isCloseTo(120, within(4.0));
        assertThat(line.lengthWith(List.of(line, next, far))).isCloseTo(200, within(6.0));
        assertThat(next.lengthWith(List.of(line, next, far))).isCloseTo(200, within(6.0));
        assertThat(line.lengthWith(List.of(beside, line)))
                .as("two edges of one thing")
                .isCloseTo(120, within(4.0));
    }

    @Test
    void a_short_arc_says_nothing() {
        assertThat(along(arc(30, 15), 30, 0.4).isRim(RADIUS_MAX)).isFalse();
    }

    @Test
    void a_blot_is_no_rim() {
        assertThat(Stroke.of(new int[] {5, 6, 6, 6, 7}, new int[] {7, 6, 7, 8, 7})
                        .isRim(RADIUS_MAX))
                .isFalse();
    }
}
