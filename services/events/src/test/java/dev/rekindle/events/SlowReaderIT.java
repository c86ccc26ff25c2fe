package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers that are slow, silent, too many or no longer allowed. */
@Tag("EV-05")
class SlowReaderIT {
    private static final SubscribeRequest ALL = SubscribeRequest.getDefaultInstance();
    /** Of such events a transport that nobody reads takes a few, so that the buffer behind it fills. */
    private static final int BIG_BYTES = 60_000;

    private final String ann = Samples.newUser();

    @Test
    void a_slow_reader_is_cut_resumes_and_misses_nothing_while_others_are_not_slowed() {
        try (EventsProcess process = start(limits(4, Duration.ofSeconds(15), Duration.ofSeconds(30)));
                EventsProcess.Connection slowConnection = process.connect();
                EventsProcess.Connection connection = process.connect()) {
            Reader slow = slowConnection.subscribe(EventsProcess.user(ann), ALL, Reader.slow());
            Reader quick = connection.subscribe(EventsProcess.user(ann), ALL);
            slow.awaitReady();
            quick.awaitReady();
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Event event = Samples.big(ann, BIG_BYTES);
                events.add(event);
                process.publish(event);
                Eventually.holds(() -> assertThat(quick.events()).hasSameSizeAs(events));
            }
            assertThat(quick.events()).isEqualTo(events);
            assertThat(process.telemetry().scrape()).contains("subscriptions_cut_total{process=\"events-test\"} 1.0");

            slow.take(1_000);
            assertThat(slow.awaitEnd()).isNull();
            List<Event> got = new ArrayList<>(slow.events());
            SubscribeResponse end = slow.messages().getLast();
            assertThat(end.hasResync()).isTrue();
            assertThat(got).isEqualTo(events.subList(0, got.size())).hasSizeLessThan(events.size());

            Reader resumed = connection.subscribe(EventsProcess.user(ann), resume(slow.resumeAfter()));
            Eventually.holds(() -> assertThat(resumed.events()).isEqualTo(events.subList(got.size(), events.size())));
            quick.cancel();
            resumed.cancel();
        }
    }

    @Test
    void a_reader_that_does_not_read_at_all_is_broken_off() {
        try (EventsProcess process = start(limits(256, Duration.ofMillis(50), Duration.ofMillis(200)));
                EventsProcess.Connection connection = process.connect()) {
            Reader stalled = connection.subscribe(EventsProcess.user(ann), ALL, Reader.slow());
            stalled.awaitReady();
            for (int i = 0; i < 20; i++) {
                process.publish(Samples.big(ann, BIG_BYTES));
            }
            Eventually.holds(() -> assertThat(process.telemetry().scrape())
                    .contains("subscriptions_active{process=\"events-test\"} 0.0"));
            stalled.take(1_000);
            assertThat(Objects.requireNonNull(stalled.awaitEnd()).reason()).isEqualTo(Reason.REASON_OVERLOADED);
        }
    }

    @Test
    void silence_is_filled_with_signs_of_life() {
        try (EventsProcess process = start(limits(256, Duration.ofMillis(50), Duration.ofSeconds(30)));
                EventsProcess.Connection connection = process.connect()) {
            Reader reader = connection.subscribe(EventsProcess.user(ann), ALL);
            Eventually.holds(() -> assertThat(reader.messages().stream()
                            .filter(SubscribeResponse::hasKeepAlive)
                            .count())
                    .isGreaterThanOrEqualTo(3));
            assertThat(reader.messages().get(1).getKeepAlive().getTime().getSeconds())
                    .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(60L));
            reader.cancel();
        }
    }

    @Test
    void a_stream_ends_with_the_credentials_it_was_opened_with() {
        ManualClock clock = new ManualClock(Instant.now());
        try (EventsProcess process = start(limits(256, Duration.ofMillis(20), Duration.ofSeconds(30)), clock);
                EventsProcess.Connection connection = process.connect()) {
            Identity hourly = new Identity(
                    ann,
                    Set.of(dev.rekindle.common.v1.Role.ROLE_USER),
                    null,
                    clock.instant().plus(Duration.ofHours(1)));
            Reader reader = connection.subscribe(hourly, ALL);
            Reader unlimited = connection.subscribe(EventsProcess.user(ann), ALL);
            Reader stalled = connection.subscribe(hourly, ALL, Reader.slow());
            reader.awaitReady();
            unlimited.awaitReady();
            stalled.awaitReady();
            clock.advance(Duration.ofMinutes(59));
            Event event = Samples.job(ann, "1", "job.queued");
            process.publish(event);
            Eventually.holds(() -> assertThat(reader.events()).containsExactly(event));
            assertThat(reader.hasEnded()).isFalse();
            clock.advance(Duration.ofMinutes(2));
            assertThat(Objects.requireNonNull(reader.awaitEnd()).reason()).isEqualTo(Reason.REASON_CREDENTIALS_EXPIRED);
            stalled.take(1_000);
            assertThat(Objects.requireNonNull(stalled.awaitEnd()).reason())
                    .isEqualTo(Reason.REASON_CREDENTIALS_EXPIRED);
            Event after = Samples.job(ann, "1", "job.started");
            process.publish(after);
            Eventually.holds(() -> assertThat(unlimited.events()).containsExactly(event, after));
            assertThat(reader.events()).containsExactly(event);
            unlimited.cancel();
        }
    }

    @Test
    void a_user_may_open_only_so_many_streams() {
        EventsConfig.Subscriptions limits =
                new EventsConfig.Subscriptions(3, 2, 256, Duration.ofSeconds(15), Duration.ofSeconds(30));
        try (EventsProcess process = start(limits);
                EventsProcess.Connection connection = process.connect()) {
            Reader first = connection.subscribe(EventsProcess.user(ann), ALL);
            first.awaitReady();
            connection.subscribe(EventsProcess.user(ann), ALL).awaitReady();
            Failure tooMany = Objects.requireNonNull(
                    connection.subscribe(EventsProcess.user(ann), ALL).awaitEnd());
            assertThat(tooMany.reason()).isEqualTo(Reason.REASON_RATE_LIMITED);
            assertThat(tooMany.retryDelay()).isNotNull();
            connection.subscribe(EventsProcess.user(Samples.newUser()), ALL).awaitReady();
            Failure full = Objects.requireNonNull(connection
                    .subscribe(EventsProcess.user(Samples.newUser()), ALL)
                    .awaitEnd());
            assertThat(full.reason()).isEqualTo(Reason.REASON_OVERLOADED);
            first.cancel();
            Eventually.answers(() -> {
                Reader next = connection.subscribe(EventsProcess.user(ann), ALL);
                Eventually.holds(
                        () -> assertThat(next.hasEnded() || !next.messages().isEmpty())
                                .isTrue());
                assertThat(next.messages()).isNotEmpty();
                return next;
            });
        }
    }

    private static EventsConfig.Subscriptions limits(int bufferMax, Duration keepAlive, Duration stallMax) {
        return new EventsConfig.Subscriptions(100, 100, bufferMax, keepAlive, stallMax);
    }

    private static EventsProcess start(EventsConfig.Subscriptions limits) {
        return start(limits, Clock.systemUTC());
    }

    private static EventsProcess start(EventsConfig.Subscriptions limits, Clock clock) {
        return EventsProcess.start(Servers.databaseConfig("events"), Servers.redisConfig(), limits, clock);
    }

    private static SubscribeRequest resume(String after) {
        return SubscribeRequest.newBuilder().setResumeAfter(after).build();
    }
}
