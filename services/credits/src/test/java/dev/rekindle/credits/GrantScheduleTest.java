package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-02")
class GrantScheduleTest {
    private static final Instant ANCHOR = Instant.parse("2027-12-31T23:30:00Z");

    @Test
    void the_first_month_is_due_at_once_and_the_next_a_month_later() {
        GrantSchedule schedule = GrantSchedule.from(ANCHOR);
        assertThat(schedule.isDue(ANCHOR)).isTrue();
        GrantSchedule begun = schedule.beginMonth();
        assertThat(begun.monthStart()).isEqualTo(LocalDate.of(2027, 12, 31));
        assertThat(begun.isDue(ANCHOR)).isFalse();
        assertThat(begun.next()).isEqualTo(Instant.parse("2028-01-31T23:30:00Z"));
        assertThat(begun.isDue(begun.next().minusNanos(1))).isFalse();
        assertThat(begun.isDue(begun.next())).isTrue();
    }

    @Test
    void a_month_too_short_has_its_last_day_and_the_next_has_the_day_itself_again() {
        GrantSchedule schedule = GrantSchedule.from(ANCHOR).beginMonth().beginMonth();
        assertThat(schedule.next()).as("a leap year").isEqualTo(Instant.parse("2028-02-29T23:30:00Z"));
        assertThat(schedule.beginMonth().next()).isEqualTo(Instant.parse("2028-03-31T23:30:00Z"));
        assertThat(schedule.beginMonth().beginMonth().next()).isEqualTo(Instant.parse("2028-04-30T23:30:00Z"));
    }

    @Test
    void a_restart_counts_from_now_and_names_no_month_twice() {
        GrantSchedule schedule =
                GrantSchedule.from(ANCHOR).beginMonth().granted(3).beginMonth();
        Instant now = Instant.parse("2028-02-10T08:00:00Z");
        GrantSchedule restarted = schedule.granted(3).restart(now);
        assertThat(restarted.next()).isEqualTo(Instant.parse("2028-03-10T08:00:00Z"));
        assertThat(restarted.period()).isEqualTo(schedule.period() + 1);
        assertThat(restarted.monthGranted()).isZero();
        assertThat(restarted.monthStart()).isEqualTo(LocalDate.of(2028, 2, 10));
    }

    @Test
    void what_was_granted_is_counted_by_month() {
        GrantSchedule schedule =
                GrantSchedule.from(ANCHOR).beginMonth().granted(25).granted(35);
        assertThat(schedule.monthGranted()).isEqualTo(60);
        assertThat(schedule.beginMonth().monthGranted()).isZero();
    }
}
