package dev.rekindle.events.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.rekindle.events.v1.Delivery;
import dev.rekindle.events.v1.DeliveryState;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.Database;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Claims of deliveries: leases, limits of an endpoint, and its circuit. */
@Tag("EV-03")
class ClaimStoreIT {
    private static final Attempt.Answered OK = new Attempt.Answered(200, "", null);
    private static final Attempt.Answered BROKEN = new Attempt.Answered(500, "", null);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-01T12:00:00Z"));
    private final Ids ids = Ids.timeOrdered();
    private final Database database = Servers.openDatabase("events");
    private final WebhooksConfig config = WebhooksConfig.from(Settings.of(Map.of(
            "webhooks.endpoint_concurrency_max", "3",
            "webhooks.endpoint_rate", "1",
            "webhooks.endpoint_burst", "5",
            "webhooks.endpoint_waiting_max", "50",
            "webhooks.circuit_failures", "2")));
    private final DeliveryStore deliveries = new DeliveryStore(database, ids, clock, 50);
    private final EndpointStore endpoints = new EndpointStore(database, ids, clock, config.endpoints());
    private final ClaimStore claims = new ClaimStore(database, config, clock);
    private final UUID webhook = UUID.fromString(endpoints
            .create(
                    "ann",
                    "",
                    new byte[0],
                    WebhookSettings.newBuilder()
                            .setUrl("https://hooks.example.com/")
                            .build(),
                    "whsec_AAAA")
            .webhook()
            .getId());

    @AfterEach
    void close() {
        database.close();
    }

    private void add(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(Event.newBuilder()
                    .setId(ids.next().toString())
                    .setType("job.queued")
                    .setTime(Timestamps.fromMillis(clock.millis()))
                    .build());
        }
        database.transact(sql -> {
            deliveries.add(
                    sql,
                    webhook,
                    events.stream()
                            .map(event -> Outgoing.of(event, Envelope.of(event)))
                            .toList());
            return events;
        });
    }

    private boolean report(Claimed claimed, Attempt attempt) {
        return claims.report(claimed, attempt, Verdict.of(attempt));
    }

    @Test
    void what_is_claimed_is_nobody_elses_until_the_lease_ends() {
        add(1);
        Claimed first = claims.claim(10).getFirst();
        assertThat(claims.claim(10)).isEmpty();
        clock.advance(config.sending().lease().plusMillis(1)); // its holder has died

        Claimed second = claims.claim(10).getFirst();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.eventId()).isEqualTo(first.eventId());
        assertThat(second.triesLeft()).isEqualTo(first.triesLeft());
        assertThat(report(first, BROKEN)).as("a report that comes too late").isFalse();
        assertThat(report(second, OK)).isTrue();
        assertThat(report(second, BROKEN)).as("a second report").isFalse();
        clock.advance(Duration.ofHours(1));
        assertThat(claims.claim(10)).isEmpty();
    }

    @Test
    void an_endpoint_has_only_so_many_under_way_and_so_many_a_second() {
        add(20);
        List<Claimed> first = claims.claim(100);
        assertThat(first).hasSize(3);
        assertThat(claims.claim(100)).as("no more at once").isEmpty();
        first.forEach(one -> report(one, OK));
        List<Claimed> rest = claims.claim(100);
        assertThat(rest).as("what is left of the burst").hasSize(2);
        rest.forEach(one -> report(one, OK));
        assertThat(claims.claim(100)).as("the bucket is empty").isEmpty();
        clock.advance(Duration.ofMillis(1_001));
        assertThat(claims.claim(100)).hasSize(1);
    }

    @Test
    void failures_open_the_circuit_and_one_success_closes_it() {
        add(5);
        List<Claimed> first = claims.claim(2);
        first.forEach(one -> report(one, BROKEN));
        clock.advance(Duration.ofSeconds(59));
        assertThat(claims.claim(10)).as("open").isEmpty();
        clock.advance(Duration.ofSeconds(2));
        List<Claimed> trial = claims.claim(10);
        assertThat(trial).as("half open").hasSize(1);
        assertThat(claims.claim(10)).isEmpty();
        report(trial.getFirst(), BROKEN);
        clock.advance(Duration.ofSeconds(61));
        assertThat(claims.claim(10)).as("open for twice as long").isEmpty();
        clock.advance(Duration.ofSeconds(60));
        trial = claims.claim(10);
        assertThat(trial).hasSize(1);
        report(trial.getFirst(), OK);
        assertThat(claims.claim(10)).as("closed").hasSize(3);
    }

    @Test
    void one_delivery_that_is_never_taken_does_not_hold_the_circuit_open_for_the_others() {
        add(4);
        List<Claimed> first = claims.claim(2);
        first.forEach(one -> report(one, BROKEN));
        clock.advance(Duration.ofMinutes(1)); // both may be tried again
        Claimed trial = claims.claim(10).getFirst();
        assertThat(first).extracting(Claimed::id).doesNotContain(trial.id());
        report(trial, OK);
        assertThat(claims.claim(10)).as("closed, and all others are there").hasSize(3);
    }

    @Test
    void a_test_is_tried_once_and_once_more_when_it_is_sent_again() {
        UUID test = UUID.fromString(deliveries.addTest("ann", webhook).getId());
        for (int i = 0; i < 2; i++) {
            Claimed claimed = claims.claim(10).getFirst();
            assertThat(claimed.id()).isEqualTo(test);
            report(claimed, BROKEN);
            assertThat(listed(DeliveryState.DELIVERY_STATE_DEAD)).hasSize(1);
            clock.advance(Duration.ofHours(1));
            assertThat(claims.claim(10)).isEmpty();
            deliveries.redeliver("ann", webhook, test);
        }
    }

    @Test
    void who_looks_sees_when_a_delivery_that_waits_is_tried_at_the_earliest() {
        add(2);
        Claimed first = claims.claim(1).getFirst();
        report(first, new Attempt.Answered(429, "", Duration.ofMinutes(10)));
        assertThat(listed(DeliveryState.DELIVERY_STATE_WAITING))
                .hasSize(2)
                .allSatisfy(delivery -> assertThat(Timestamps.toMillis(delivery.getNextAttemptTime()))
                        .isEqualTo(clock.millis() + Duration.ofMinutes(10).toMillis()));
        clock.advance(Duration.ofMinutes(10));
        report(claims.claim(1).getFirst(), new Attempt.Answered(410, "", null));
        assertThat(listed(DeliveryState.DELIVERY_STATE_WAITING))
                .as("the endpoint is off")
                .hasSize(1)
                .noneMatch(Delivery::hasNextAttemptTime);
    }

    private List<Delivery> listed(DeliveryState state) {
        return deliveries.list("ann", webhook, state, null, 100);
    }

    @Test
    void many_claimers_never_claim_the_same() throws Exception {
        for (int i = 0; i < 5; i++) {
            add(10);
        }
        List<UUID> claimed = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Claimed>>> claimers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                claimers.add(threads.submit(() -> claims.claim(1)));
            }
            for (Future<List<Claimed>> claimer : claimers) {
                claimer.get().forEach(one -> claimed.add(one.id()));
            }
        }
        assertThat(claimed).doesNotHaveDuplicates().hasSizeBetween(1, 3);
    }

    @Test
    void what_an_endpoint_has_no_room_for_is_dead_and_seen() {
        add(52);
        List<Delivery> dead = deliveries.list("ann", webhook, DeliveryState.DELIVERY_STATE_DEAD, null, 100);
        assertThat(dead).hasSize(2);
        assertThat(dead.getFirst().getError()).contains("50");
    }

    @Test
    void old_deliveries_are_deleted() {
        add(3);
        clock.advance(Duration.ofDays(2));
        add(1);
        assertThat(deliveries.trim(clock.instant().minus(Duration.ofDays(1)), 2))
                .isTrue();
        assertThat(deliveries.trim(clock.instant().minus(Duration.ofDays(1)), 2))
                .isFalse();
        assertThat(deliveries.list("ann", webhook, DeliveryState.DELIVERY_STATE_UNSPECIFIED, null, 100))
                .hasSize(1);
    }
}
