package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers see when Redis or a process of the service goes away. */
@Tag("EV-01")
class OutageIT {
    private static final SubscribeRequest ALL = SubscribeRequest.getDefaultInstance();

    private final String ann = Samples.newUser();

    @TempDir
    Path folder;

    @Test
    void two_processes_tell_each_others_readers() {
        DatabaseConfig database = Servers.databaseConfig("events");
        try (EventsProcess one = EventsProcess.start(database);
                EventsProcess other = EventsProcess.start(database);
                EventsProcess.Connection toOne = one.connect();
                EventsProcess.Connection toOther = other.connect()) {
            Reader atOne = toOne.subscribe(EventsProcess.user(ann), ALL);
            Reader atOther = toOther.subscribe(EventsProcess.user(ann), ALL);
            atOne.awaitReady();
            atOther.awaitReady();
            Event first = Samples.job(ann, "1", "job.queued");
            Event progress = Samples.progress(ann, "1", 10);
            Event second = Samples.job(ann, "1", "job.started");
            one.publish(first);
            // Progress overtakes what is in the log; here it must not, so that the order can be compared.
            Eventually.holds(() -> assertThat(atOther.events()).containsExactly(first));
            one.publish(progress);
            Eventually.holds(() -> assertThat(atOther.events()).containsExactly(first, progress));
            other.publish(second);
            Eventually.holds(() -> assertThat(atOne.events()).containsExactly(first, progress, second));
            Eventually.holds(() -> assertThat(atOther.events()).containsExactly(first, progress, second));
            atOne.cancel();
            atOther.cancel();
        }
    }

    @Test
    void the_place_a_new_log_begins_at_resumes_a_stream() {
        try (EventsProcess process = EventsProcess.start(Servers.databaseConfig("events"));
                EventsProcess.Connection connection = process.connect()) {
            Reader early = connection.subscribe(EventsProcess.user(ann), ALL);
            String start = early.awaitReady();
            early.cancel();
            Event first = Samples.job(ann, "1", "job.queued");
            process.publish(first);
            Reader resumed = connection.subscribe(
                    EventsProcess.user(ann),
                    SubscribeRequest.newBuilder().setResumeAfter(start).build());
            Eventually.holds(() -> assertThat(resumed.events()).containsExactly(first));
            resumed.cancel();
        }
    }

    @Test
    void without_redis_events_arrive_by_polling_and_with_an_empty_one_all_goes_on() throws Exception {
        DatabaseConfig database = Servers.databaseConfig("events");
        RedisProcess redis = RedisProcess.start(folder.resolve("first"), Servers.binaries(), 0);
        RedisConfig config = new RedisConfig(redis.url(), new Secret(""), false, Duration.ofSeconds(5));
        try (EventsProcess one = start(database, config);
                EventsProcess other = start(database, config);
                EventsProcess.Connection toOther = other.connect()) {
            Reader reader = toOther.subscribe(EventsProcess.user(ann), ALL);
            reader.awaitReady();
            List<Event> events = new ArrayList<>();
            publish(one, events, reader);

            redis.close();
            for (int i = 0; i < 3; i++) {
                publish(one, events, reader);
            }
            // Publishing does not fail for progress that cannot be told.
            assertThat(one.publish(Samples.progress(ann, "1", 10))).isEqualTo(1);
            // Readers come and resume as ever.
            Reader resumed = toOther.subscribe(
                    EventsProcess.user(ann),
                    SubscribeRequest.newBuilder()
                            .setResumeAfter(events.getFirst().getId())
                            .build());
            Eventually.holds(() -> assertThat(resumed.events()).isEqualTo(events.subList(1, events.size())));
            assertThat(one.main().health().report().ready()).isTrue();

            // Another folder: this Redis knows nothing of the first.
            redis = RedisProcess.start(folder.resolve("second"), Servers.binaries(), redis.port());
            publish(one, events, reader);
            Eventually.holds(() -> {
                one.publish(Samples.progress(ann, "1", 20));
                assertThat(reader.events().getLast().getTransient()).isTrue();
            });
            try (Redis connection = Redis.open(config)) {
                connection.sync().flushall();
            }
            publish(one, events, reader);
            assertThat(logged(reader)).isEqualTo(events);
            reader.cancel();
            resumed.cancel();
        } finally {
            redis.close();
        }
    }

    @Test
    void a_process_that_ends_sends_its_readers_on_and_the_next_one_resumes_them() {
        DatabaseConfig database = Servers.databaseConfig("events");
        List<Event> events = new ArrayList<>();
        Reader reader;
        try (EventsProcess first = EventsProcess.start(database);
                EventsProcess.Connection connection = first.connect()) {
            reader = connection.subscribe(EventsProcess.user(ann), ALL);
            reader.awaitReady();
            publish(first, events, reader);
            first.main().close();
            assertThat(reader.awaitEnd()).isNull();
            assertThat(reader.messages().getLast().hasResync()).isTrue();
        }
        try (EventsProcess second = EventsProcess.start(database)) {
            Event missed = Samples.job(ann, "1", "job.completed");
            second.publish(missed);
            events.add(missed);
        }
        try (EventsProcess third = EventsProcess.start(database);
                EventsProcess.Connection connection = third.connect()) {
            Reader resumed = connection.subscribe(
                    EventsProcess.user(ann),
                    SubscribeRequest.newBuilder()
                            .setResumeAfter(reader.resumeAfter())
                            .build());
            Eventually.holds(() -> assertThat(resumed.events()).isEqualTo(events.subList(1, 2)));
            publish(third, events, resumed);
            resumed.cancel();
        }
    }

    /** Publishes one more event and waits until the reader has it at its end. */
    private void publish(EventsProcess process, List<Event> events, Reader reader) {
        Event event = Samples.job(ann, "1", "job.queued");
        events.add(event);
        process.publish(event);
        Eventually.holds(() -> assertThat(logged(reader)).endsWith(event));
    }

    private static List<Event> logged(Reader reader) {
        return reader.events().stream().filter(event -> !event.getTransient()).toList();
    }

    private static EventsProcess start(DatabaseConfig database, RedisConfig redis) {
        return EventsProcess.start(database, redis, EventsProcess.USUAL, Clock.systemUTC());
    }
}
