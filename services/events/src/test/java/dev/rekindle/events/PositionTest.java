package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
class PositionTest {

    @Test
    void a_token_stands_for_its_place() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            Position position = new Position(random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63));
            assertThat(Position.parse(position.token())).isEqualTo(position);
            assertThat(position.token().length()).isLessThanOrEqualTo(64);
        }
        assertThat(Position.parse(new Position(Long.MAX_VALUE).token())).isEqualTo(new Position(Long.MAX_VALUE));
    }

    @Test
    void a_text_that_is_no_token_stands_for_nothing() {
        assertThat(List.of("", "p", "p-1", "p+1", "P1", "p01", "pZZ", "p!", "1", "pzzzzzzzzzzzzzz", "p1 "))
                .allSatisfy(text -> assertThat(Position.parse(text)).isNull());
    }

    @Test
    void a_place_is_a_time_in_microseconds() {
        Instant time = Instant.parse("2026-11-21T23:59:59.123456Z");
        assertThat(Position.at(time).time()).isEqualTo(time);
        assertThat(Position.at(time).plus(1).time()).isEqualTo(time.plusNanos(1_000));
        assertThat(Position.at(time).plus(1).isAfter(Position.at(time))).isTrue();
    }
}
