package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Database;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
class PartitionStoreIT {
    private static final EventsConfig.History TWO_DAYS = new EventsConfig.History(Duration.ofDays(2), 1);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T23:59:00Z"));
    private final Database database = Servers.openDatabase("events");
    private final PartitionStore partitions = new PartitionStore(database, TWO_DAYS, clock);
    private final EventStore store = new EventStore(database, partitions, clock);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void today_and_the_days_ahead_have_partitions_and_doing_it_again_changes_nothing() {
        partitions.maintain();
        partitions.maintain();
        assertThat(partitions.days()).containsExactly(day("2026-11-21"), day("2026-11-22"));
    }

    @Test
    void several_processes_make_them_at_once() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(
                            _ -> threads.submit(() -> new PartitionStore(database, TWO_DAYS, clock).maintain()))
                    .toList();
            for (Future<?> run : runs) {
                run.get();
            }
        }
        assertThat(partitions.days()).containsExactly(day("2026-11-21"), day("2026-11-22"));
    }

    @Test
    void the_log_goes_on_over_midnight_in_the_next_partition() {
        partitions.maintain();
        Event before = append();
        clock.advance(Duration.ofMinutes(2));
        Event after = append();
        assertThat(idsOf("event_log_20261121")).containsExactly(before.getId());
        assertThat(idsOf("event_log_20261122")).containsExactly(after.getId());
        assertThat(store.readAll(Position.START, 10).events())
                .extracting(LoggedEvent::event)
                .containsExactly(before, after);
    }

    @Test
    void an_append_makes_the_partition_that_maintenance_did_not() {
        Event first = append();
        clock.advance(Duration.ofDays(10));
        Event second = append();
        assertThat(idsOf("event_log_20261121")).containsExactly(first.getId());
        assertThat(idsOf("event_log_20261201")).containsExactly(second.getId());
    }

    @Test
    void the_log_never_goes_back_when_the_clock_does() {
        Event first = append();
        clock.advance(Duration.ofDays(-5));
        Event second = append();
        clock.advance(Duration.ofDays(5));
        Event third = append();
        assertThat(store.readAll(Position.START, 10).events())
                .extracting(LoggedEvent::event)
                .containsExactly(first, second, third);
    }

    @Test
    void days_go_when_their_last_event_is_older_than_the_retention() {
        partitions.maintain();
        Event event = append();
        FindPosition findPosition = new FindPosition(store, partitions);
        Position start = store.head().plus(-1);

        clock.advance(Duration.ofDays(2));
        partitions.maintain();
        assertThat(partitions.days().getFirst()).isEqualTo(day("2026-11-21"));
        assertThat(findPosition.find(event.getId(), event.getUserId())).isEqualTo(store.head());
        assertThat(findPosition.find(start.token(), "anyone")).isEqualTo(start);

        clock.advance(Duration.ofMinutes(1));
        // Expired from this moment on, whether or not the partition is gone yet.
        assertThat(findPosition.find(event.getId(), event.getUserId())).isNull();
        assertThat(findPosition.find(start.token(), "anyone")).isNull();
        partitions.maintain();
        assertThat(partitions.days())
                .containsExactly(day("2026-11-22"), day("2026-11-23"), day("2026-11-24"), day("2026-11-25"));
        assertThat(store.readAll(Position.START, 10).events()).isEmpty();
        append();
    }

    private Event append() {
        Event event = Samples.event("ann", "job.queued", clock.instant()).build();
        assertThat(store.append(Samples.byId(List.of(event))).count()).isEqualTo(1);
        return event;
    }

    private List<String> idsOf(String partition) {
        return database.sql()
                .fetch("select event_id::text from " + partition + " order by seq")
                .getValues(0, String.class);
    }

    private static LocalDate day(String text) {
        return LocalDate.parse(text);
    }
}
