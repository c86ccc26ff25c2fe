package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("PRC-07")
class HeadroomTest {
    @ParameterizedTest
    @CsvSource({
        "0.10, 0.10, PLENTY",
        "0.79, 0.84, PLENTY",
        "0.80, 0.10, LITTLE",
        "0.10, 0.85, LITTLE",
        "0.90, 0.10, NONE",
        "0.10, 0.95, NONE",
    })
    void disk_and_memory_each_have_a_line_to_be_careful_at_and_one_to_stop_at(
            double disk, double memory, Headroom.Room room) {
        assertThat(Headroom.room(disk, memory)).isEqualTo(room);
    }
}
