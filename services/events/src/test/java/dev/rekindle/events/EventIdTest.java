package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
class EventIdTest {

    @Test
    void a_version_7_id_tells_its_time_and_bounds_where_it_can_be() {
        EventId id = Objects.requireNonNull(EventId.parse("019a0000-0000-7000-8000-000000000000"));
        assertThat(id.time()).isEqualTo(Instant.ofEpochMilli(0x019a00000000L));
        assertThat(id.earliest().time())
                .isEqualTo(Instant.ofEpochMilli(0x019a00000000L).minusSeconds(86_400));
    }

    @Test
    void an_id_of_another_version_can_be_anywhere() {
        EventId id = Objects.requireNonNull(EventId.parse("6ba7b810-9dad-41d1-80b4-00c04fd430c8"));
        assertThat(id.time()).isNull();
        assertThat(id.earliest()).isEqualTo(Position.START);
    }

    @Test
    void an_id_older_than_1970_plus_a_day_is_bounded_by_the_start() {
        EventId id = Objects.requireNonNull(EventId.parse("00000000-0001-7000-8000-000000000000"));
        assertThat(id.earliest()).isEqualTo(Position.START);
    }

    @Test
    void only_the_usual_form_is_an_id() {
        assertThat(List.of(
                        "",
                        "1-1-1-1-1",
                        "019a00000000700080000000000000000000",
                        "019a0000-0000-7000-8000-00000000000g",
                        "019a0000-0000-7000-8000-0000000000000",
                        "0019a000-00000-700-8000-000000000000"))
                .allSatisfy(text -> assertThat(EventId.parse(text)).isNull());
        assertThat(EventId.parse("019A0000-0000-7000-8000-00000000000F"))
                .isEqualTo(EventId.parse("019a0000-0000-7000-8000-00000000000f"));
    }
}
