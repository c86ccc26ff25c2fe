package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Publishers that repeat themselves, readers that are slow, go and come back, and processes that are restarted, all at
 * random. What a reader got over all its streams must be the events of its rooms, each once, in the order of the log.
 */
@Tag("EV-01")
@Tag("EV-05")
class EventsFuzzTest {
    private static final int PROCESSES = 2;
    private static final int PUBLISHERS = 4;
    private static final int BATCHES = 60;
    private static final int READERS = 10;
    private static final int USERS = 3;
    private static final int JOBS = 3;
    private static final int RESTARTS = 3;
    private static final List<String> TYPES = List.of("job.queued", "job.started", "photo.deleted", "job.completed");
    /** Small, so that readers are cut often. */
    private static final EventsConfig.Subscriptions LIMITS =
            new EventsConfig.Subscriptions(1_000, 1_000, 8, Duration.ofSeconds(15), Duration.ofSeconds(30));

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom seeds = new SplittableRandom(seed);
    private final DatabaseConfig config = Servers.databaseConfig("events");
    private final Database database = Database.open(config, new SimpleMeterRegistry());
    private final AtomicReferenceArray<EventsProcess> processes = new AtomicReferenceArray<>(PROCESSES);
    private final List<String> users = new ArrayList<>();
    private final AtomicBoolean published = new AtomicBoolean();
    private final AtomicInteger streamCount = new AtomicInteger();
    private final AtomicInteger resyncCount = new AtomicInteger();
    /** The whole log, once all is published. */
    private volatile List<Event> log = List.of();

    /** A reader over all its streams. */
    private record Follower(String user, SubscribeRequest request, SplittableRandom random, List<Event> got) {}

    @AfterEach
    void close() {
        for (int i = 0; i < PROCESSES; i++) {
            processes.get(i).close();
        }
        database.close();
    }

    @Test
    void every_reader_gets_the_events_of_its_rooms_once_and_in_order() throws Exception {
        System.out.println("EventsFuzzTest -Dseed=" + seed);
        for (int i = 0; i < PROCESSES; i++) {
            processes.set(i, start());
        }
        for (int i = 0; i < USERS; i++) {
            users.add(Samples.newUser());
        }
        List<Follower> followers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            followers.add(newFollower(seeds.split()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> starts = new ArrayList<>();
            for (Follower follower : followers) {
                starts.add(firstPlace(follower));
            }
            List<Future<List<Event>>> publishers = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                SplittableRandom random = seeds.split();
                publishers.add(threads.submit(() -> publish(random)));
            }
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Follower follower = followers.get(i);
                String start = starts.get(i);
                readers.add(threads.submit(() -> follow(follower, start)));
            }
            SplittableRandom restarting = seeds.split();
            for (int i = 0; i < RESTARTS; i++) {
                int goal = (i + 1) * followers.size() * 10;
                Eventually.holds(() -> assertThat(failures(readers).isEmpty() && gotCount(followers) <= goal)
                        .isFalse());
                assertThat(failures(readers)).isEmpty();
                processes.getAndSet(restarting.nextInt(PROCESSES), start()).close();
            }
            List<Event> all = new ArrayList<>();
            for (Future<List<Event>> publisher : publishers) {
                all.addAll(publisher.get());
            }
            log = readLog();
            published.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
            assertThat(log).containsExactlyInAnyOrderElementsOf(all);
        }
        System.out.println("EventsFuzzTest: " + log.size() + " events, " + streamCount + " streams, of which "
                + resyncCount + " ended by resync");
        for (Follower follower : followers) {
            assertThat(ids(follower.got()))
                    .as("seed %d, %s of %s", seed, follower.request(), follower.user())
                    .isEqualTo(ids(expected(follower)));
        }
    }

    private static int gotCount(List<Follower> followers) {
        return followers.stream().mapToInt(follower -> follower.got().size()).sum();
    }

    private static List<Throwable> failures(List<Future<?>> readers) {
        return readers.stream()
                .filter(reader -> reader.state() == Future.State.FAILED)
                .map(Future::exceptionNow)
                .toList();
    }

    private EventsProcess start() {
        return EventsProcess.start(config, Servers.redisConfig(), LIMITS, Clock.systemUTC());
    }

    private Follower newFollower(SplittableRandom random) {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
        switch (random.nextInt(3)) {
            case 0 -> request.addRooms("user");
            case 1 -> request.addRooms("job:" + random.nextInt(JOBS)).addRooms("photo:" + random.nextInt(JOBS));
            default -> request.addRooms("job:" + random.nextInt(JOBS)).addRooms("global");
        }
        if (random.nextBoolean()) {
            request.addTypes("job.*").addTypes("photo.deleted");
        }
        if (random.nextInt(3) == 0) {
            request.clearTypes().addTypes("job.completed").addTypes("news.published");
        }
        return new Follower(users.get(random.nextInt(USERS)), request.build(), random, new CopyOnWriteArrayList<>());
    }

    /** Publishes at random, every so often the same again; answers what it published. */
    private List<Event> publish(SplittableRandom random) {
        List<Event> done = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            List<Event> batch = new ArrayList<>();
            int size = 1 + random.nextInt(20);
            for (int j = 0; j < size; j++) {
                batch.add(newEvent(random));
            }
            publishSurely(batch, random);
            if (random.nextInt(4) == 0) {
                publishSurely(batch, random);
            }
            batch.stream().filter(event -> !event.getTransient()).forEach(done::add);
        }
        return done;
    }

    private Event newEvent(SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            return Samples.event("", "news.published").build();
        }
        String user = users.get(random.nextInt(USERS));
        if (random.nextInt(5) == 0) {
            return Samples.progress(user, String.valueOf(random.nextInt(JOBS)), random.nextDouble());
        }
        return Samples.event(user, TYPES.get(random.nextInt(TYPES.size())))
                .setJobId(String.valueOf(random.nextInt(JOBS)))
                .setPhotoId(String.valueOf(random.nextInt(JOBS)))
                .setJob(JobEvent.newBuilder().setMessage("x".repeat(random.nextInt(8_000))))
                .build();
    }

    /** Sends until a process has taken it, like an outbox. */
    private void publishSurely(List<Event> batch, SplittableRandom random) {
        Eventually.answers(() -> {
            try {
                return processes.get(random.nextInt(PROCESSES)).publish(batch);
            } catch (StatusRuntimeException e) {
                assertThat(Failures.of(e).retryable()).as(e.toString()).isTrue();
                throw e;
            }
        });
    }

    private String firstPlace(Follower follower) {
        try (EventsProcess.Connection connection = processes.get(0).connect()) {
            Reader reader = connection.subscribe(EventsProcess.user(follower.user()), follower.request());
            String place = reader.awaitReady();
            reader.cancel();
            return place;
        }
    }

    /** Streams again and again, each time from where the last ended, until all that was published is there. */
    private void follow(Follower follower, String start) {
        String place = start;
        while (!published.get() || follower.got().size() < expected(follower).size()) {
            try (EventsProcess.Connection connection =
                    processes.get(follower.random().nextInt(PROCESSES)).connect()) {
                Reader reader = readAWhile(connection, follower, place);
                assertThat(reader.messages())
                        .as("seed %d", seed)
                        .noneMatch(message -> message.hasResync()
                                && message.getResync().getResumeAfter().isEmpty());
                reader.events().stream().filter(event -> !event.getTransient()).forEach(follower.got()::add);
                streamCount.incrementAndGet();
                resyncCount.addAndGet(
                        !reader.messages().isEmpty()
                                        && reader.messages().getLast().hasResync()
                                ? 1
                                : 0);
                String next = reader.resumeAfter();
                place = next.isEmpty() ? place : next;
            }
        }
    }

    private Reader readAWhile(EventsProcess.Connection connection, Follower follower, String place) {
        boolean slow = follower.random().nextInt(3) == 0;
        int wanted = 1 + follower.random().nextInt(50);
        Reader reader = connection.subscribe(
                EventsProcess.user(follower.user()),
                follower.request().toBuilder().setResumeAfter(place).build(),
                slow ? Reader.slow() : Reader.quick());
        if (slow) {
            int first = 1 + follower.random().nextInt(5);
            reader.take(first);
            Eventually.holds(() -> assertThat(enough(reader, first, follower)).isTrue());
            reader.take(1_000_000);
        }
        Eventually.holds(() -> assertThat(enough(reader, wanted, follower)).isTrue());
        reader.cancel();
        return reader;
    }

    private boolean enough(Reader reader, int wanted, Follower follower) {
        return reader.messages().size() >= wanted
                || reader.hasEnded()
                || (published.get()
                        && follower.got().size() + reader.events().size()
                                >= expected(follower).size());
    }

    private List<Event> expected(Follower follower) {
        Interest interest = Interest.of(
                EventsProcess.user(follower.user()),
                follower.request().getRoomsList(),
                follower.request().getTypesList());
        return log.stream()
                .filter(event -> interest.types().takes(event.getType()))
                .filter(event -> Room.of(event).stream().anyMatch(interest.rooms()::contains))
                .toList();
    }

    private List<Event> readLog() {
        return database.sql()
                .fetch("select payload from event_log order by seq")
                .map(row -> {
                    try {
                        return Event.parseFrom(row.get(0, byte[].class));
                    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static List<String> ids(List<Event> events) {
        return events.stream().map(Event::getId).toList();
    }
}
