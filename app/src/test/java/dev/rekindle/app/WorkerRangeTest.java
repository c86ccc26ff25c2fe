package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("Q-13")
class WorkerRangeTest {

    @Test
    void a_number_is_fixed_and_two_are_a_range() {
        assertThat(WorkerRange.parse("2")).isEqualTo(new WorkerRange(2, 2));
        assertThat(WorkerRange.parse("2").isFixed()).isTrue();
        assertThat(WorkerRange.parse("1-4")).isEqualTo(new WorkerRange(1, 4));
        assertThat(WorkerRange.parse("1-4").isFixed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "4-1", "1-65", "-1", "1-", "a few", "1..4"})
    void anything_else_is_refused_by_its_words(String text) {
        assertThatThrownBy(() -> WorkerRange.parse(text))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining("1-4");
    }
}
