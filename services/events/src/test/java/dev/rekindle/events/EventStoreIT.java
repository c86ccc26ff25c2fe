package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Role;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
class EventStoreIT {
    private static final EventsConfig.History USUAL = new EventsConfig.History(Duration.ofDays(30), 3);

    private final ManualClock clock = new ManualClock(Instant.now());
    private final Database database = Servers.openDatabase("events");
    private final EventStore store = new EventStore(database, new PartitionStore(database, USUAL, clock), clock);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void an_id_that_is_known_is_left_as_it_is() {
        Event first = Samples.job("ann", "1", "job.queued");
        Event second = Samples.job("ann", "1", "job.started");
        assertThat(append(first).count()).isEqualTo(1);
        Position head = store.head();
        assertThat(append(first.toBuilder().setType("job.failed").build())).isEqualTo(new EventStore.Appended(0, head));
        assertThat(append(second, first).count()).isEqualTo(1);
        assertThat(all()).containsExactly(first, second);
    }

    @Test
    void an_id_of_an_earlier_day_is_known_still() {
        Event version7 = Samples.job("ann", "1", "job.queued");
        Event version4 =
                version7.toBuilder().setId(UUID.randomUUID().toString()).build();
        append(version7, version4);
        clock.advance(Duration.ofDays(9));
        assertThat(append(version4, version7).count()).isZero();
        assertThat(all()).containsExactly(version7, version4);
    }

    @Test
    void two_rows_of_a_day_with_one_id_are_refused_by_the_database_itself() {
        append(Samples.job("ann", "1", "job.queued"));
        assertThatThrownBy(() -> database.transact(
                        sql -> sql.execute("insert into event_log (seq, event_id, user_id, type, occurred_at, payload) "
                                + "select seq + 1, event_id, user_id, type, occurred_at, payload from event_log")))
                .isInstanceOf(IntegrityConstraintViolationException.class);
    }

    @Test
    void a_batch_keeps_its_order() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            events.add(Samples.job("ann", "j" + i, "job.queued"));
        }
        // Not the order of the ids.
        Collections.reverse(events);
        assertThat(append(events.toArray(Event[]::new)).count()).isEqualTo(1_000);
        assertThat(all()).isEqualTo(events);
    }

    /** The heart of it: with many writers, nothing ever appears before a place that a reader has passed. */
    @Test
    void a_reader_behind_many_writers_misses_nothing() throws Exception {
        int writerCount = 6;
        int batchCount = 60;
        List<Event> read = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Event>>> writers = new ArrayList<>();
            for (int writer = 0; writer < writerCount; writer++) {
                String user = "writer" + writer;
                writers.add(threads.submit(() -> write(user, batchCount)));
            }
            Position place = Position.START;
            boolean last = false;
            while (true) {
                Page page = store.readAll(place, 7);
                page.events().forEach(logged -> read.add(logged.event()));
                assertThat(page.end().compareTo(place)).isGreaterThanOrEqualTo(0);
                place = page.end();
                if (last && page.events().isEmpty()) {
                    break;
                }
                last = writers.stream().allMatch(Future::isDone);
            }
            for (int writer = 0; writer < writerCount; writer++) {
                String user = "writer" + writer;
                assertThat(read.stream().filter(event -> event.getUserId().equals(user)))
                        .containsExactlyElementsOf(writers.get(writer).get());
            }
        }
        assertThat(read).hasSize(writerCount * batchCount * 3);
    }

    private List<Event> write(String user, int batchCount) {
        List<Event> written = new ArrayList<>();
        for (int i = 0; i < batchCount; i++) {
            Event one = Samples.job(user, "a" + i, "job.queued");
            Event two = Samples.job(user, "b" + i, "job.started");
            Event three = Samples.job(user, "c" + i, "job.completed");
            append(one, two, three);
            written.addAll(List.of(one, two, three));
        }
        return written;
    }

    @Test
    void each_room_is_read_by_itself_and_together_without_doubles() {
        Event jobAndPhoto =
                Samples.event("ann", "job.queued").setJobId("j").setPhotoId("p").build();
        Event photo = Samples.event("ann", "photo.deleted").setPhotoId("p").build();
        Event session = Samples.event("ann", "photo.uploaded")
                .setSessionId("s")
                .setClientId("c")
                .build();
        Event bobs = Samples.event("bob", "job.queued")
                .setJobId("j")
                .setPhotoId("p")
                .setClientId("c")
                .build();
        Event lane = Samples.event("", "queue.lane.paused").build();
        Event news = Samples.event("", "news.published").build();
        append(jobAndPhoto, photo, session, bobs, lane, news);

        assertThat(read("ann", Role.ROLE_USER, List.of(), List.of())).containsExactly(jobAndPhoto, photo, session);
        assertThat(read("ann", Role.ROLE_USER, List.of("job:j", "photo:p"), List.of()))
                .containsExactly(jobAndPhoto, photo);
        assertThat(read("ann", Role.ROLE_USER, List.of("client:c", "session:s", "job:x"), List.of()))
                .containsExactly(session);
        assertThat(read("ann", Role.ROLE_USER, List.of("user", "global"), List.of("photo.*", "news.published")))
                .containsExactly(photo, session, news);
        assertThat(read("ann", Role.ROLE_USER, List.of("global"), List.of())).containsExactly(news);
        assertThat(read("root", Role.ROLE_ADMIN, List.of("global"), List.of())).containsExactly(lane, news);
        assertThat(read("root", Role.ROLE_ADMIN, List.of("user", "job:j"), List.of()))
                .isEmpty();
        assertThat(read("bob", Role.ROLE_USER, List.of("job:j"), List.of("job.*")))
                .containsExactly(bobs);
        // A family's name is taken by the letter: "_" stands for no other character.
        assertThat(read("ann", Role.ROLE_USER, List.of(), List.of("j_b.*"))).isEmpty();
    }

    @Test
    void pages_join_without_gap_or_double_whatever_their_size() {
        Event[] events = new Event[40];
        for (int i = 0; i < events.length; i++) {
            events[i] = Samples.event("ann", i % 3 == 0 ? "photo.uploaded" : "job.queued")
                    .setJobId("j" + i % 4)
                    .setPhotoId("p" + i % 5)
                    .build();
        }
        append(events);
        Interest interest = interest("ann", Role.ROLE_USER, List.of("job:j1", "job:j2", "photo:p3"), List.of("job.*"));
        List<Event> expected = List.of(events).stream()
                .filter(event -> event.getType().equals("job.queued"))
                .filter(event -> Set.of("j1", "j2").contains(event.getJobId())
                        || event.getPhotoId().equals("p3"))
                .toList();
        for (int size = 1; size <= 20; size++) {
            List<Event> read = new ArrayList<>();
            Page page = store.read(interest, Position.START, store.head(), size);
            page.events().forEach(logged -> read.add(logged.event()));
            while (page.full()) {
                page = store.read(interest, page.end(), store.head(), size);
                page.events().forEach(logged -> read.add(logged.event()));
            }
            assertThat(read).isEqualTo(expected);
            assertThat(page.end()).isEqualTo(store.head());
        }
    }

    @Test
    void an_event_of_another_user_is_no_place_to_go_on_from() {
        Event event = Samples.job("ann", "1", "job.queued");
        append(event);
        assertThat(store.find(Samples.id(event), "ann")).isEqualTo(store.head());
        assertThat(store.find(Samples.id(event), "bob")).isNull();
    }

    private List<Event> read(String user, Role role, List<String> rooms, List<String> types) {
        return store.read(interest(user, role, rooms, types), Position.START, store.head(), 100).events().stream()
                .map(LoggedEvent::event)
                .toList();
    }

    private static Interest interest(String user, Role role, List<String> rooms, List<String> types) {
        return Interest.of(new Identity(user, Set.of(role), null, Instant.MAX), rooms, types);
    }

    private EventStore.Appended append(Event... events) {
        Map<EventId, Event> byId = new LinkedHashMap<>(Samples.byId(List.of(events)));
        return store.append(byId);
    }

    private List<Event> all() {
        return store.readAll(Position.START, 10_000).events().stream()
                .map(LoggedEvent::event)
                .toList();
    }
}
