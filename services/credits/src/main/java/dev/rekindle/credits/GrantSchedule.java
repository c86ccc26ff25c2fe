package dev.rekindle.credits;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * When an account's monthly credits are due: at its anchor and on each month's day and time of the anchor, in UTC. A
 * month too short for the day has it on its last one; the next month has the day itself again.
 *
 * @param anchor where the months are counted from
 * @param monthsBegun months begun since the anchor; 0 before the first
 * @param period months begun since the account began, over all anchors; it names a month once and for all
 * @param monthGranted credits granted for the month that runs
 */
record GrantSchedule(Instant anchor, int monthsBegun, int period, int monthGranted) {

    /** A schedule whose first month is due at once. */
    static GrantSchedule from(Instant anchor) {
        return new GrantSchedule(anchor, 0, 0, 0);
    }

    /** When the next month begins. */
    Instant next() {
        return begin(monthsBegun).toInstant();
    }

    boolean isDue(Instant now) {
        return !now.isBefore(next());
    }

    /** The day on which the month that runs began. */
    LocalDate monthStart() {
        return begin(monthsBegun - 1).toLocalDate();
    }

    /** The schedule with the next month begun and nothing granted for it yet. */
    GrantSchedule beginMonth() {
        return new GrantSchedule(anchor, monthsBegun + 1, period + 1, 0);
    }

    /** The schedule begun anew: its first month runs from now. */
    GrantSchedule restart(Instant now) {
        return new GrantSchedule(now, 1, period + 1, 0);
    }

    GrantSchedule granted(int credits) {
        return new GrantSchedule(anchor, monthsBegun, period, monthGranted + credits);
    }

    private ZonedDateTime begin(int months) {
        return anchor.atZone(ZoneOffset.UTC).plusMonths(months);
    }
}
