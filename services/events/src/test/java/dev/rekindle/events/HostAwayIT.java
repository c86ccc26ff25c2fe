package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.CreateWebhookRequest;
import dev.rekindle.events.v1.Delivery;
import dev.rekindle.events.v1.DeliveryState;
import dev.rekindle.events.v1.ListDeliveriesRequest;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Mesh;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deliveries to a host at which nobody is, then somebody. */
@Tag("OPS-08")
class HostAwayIT {
    private final String ann = Samples.newUser();
    private final String bob = Samples.newUser();
    private final int port = Mesh.freePort();
    private final ManualClock clock = new ManualClock(Instant.now());
    private final EventsProcess process = EventsProcess.start(
            Servers.databaseConfig("events"),
            Map.of(
                    "webhooks.allow_http", "true",
                    "webhooks.allowed_networks", "127.0.0.0/8",
                    "webhooks.poll", "20ms",
                    "webhooks.host.circuit.failures_max", "2"),
            clock);
    private final EventsProcess.Connection connection = process.connect();

    @AfterEach
    void close() {
        connection.close();
        process.close();
    }

    private String create(String user, String path) {
        return connection
                .webhooksOf(EventsProcess.user(user))
                .createWebhook(CreateWebhookRequest.newBuilder()
                        .setSettings(WebhookSettings.newBuilder().setUrl("http://127.0.0.1:" + port + path))
                        .build())
                .getWebhook()
                .getId();
    }

    private List<Delivery> deliveries(String user, String webhookId) {
        return connection
                .webhooksOf(EventsProcess.user(user))
                .listDeliveries(ListDeliveriesRequest.newBuilder()
                        .setWebhookId(webhookId)
                        .build())
                .getDeliveriesList();
    }

    private double putOff() {
        return process.telemetry()
                .metrics()
                .get("webhook_put_off_total")
                .counter()
                .count();
    }

    @Test
    void whoever_has_an_endpoint_there_waits_without_using_up_tries_until_somebody_answers() {
        String annsHook = create(ann, "/ann");
        String bobsHook = create(bob, "/bob");
        process.publish(Samples.job(ann, "1", "job.queued"), Samples.job(ann, "1", "job.started"));
        Eventually.holds(() -> assertThat(deliveries(ann, annsHook))
                .hasSize(2)
                .allMatch(delivery -> delivery.getError().contains("refused")));
        assertThat(process.telemetry()
                        .metrics()
                        .get("webhook_hosts_left_alone")
                        .gauge()
                        .value())
                .isEqualTo(1);

        process.publish(Samples.job(bob, "2", "job.queued"));
        Eventually.holds(() -> assertThat(putOff()).isEqualTo(1));
        Delivery waiting = deliveries(bob, bobsHook).getFirst();
        assertThat(waiting.getState()).isEqualTo(DeliveryState.DELIVERY_STATE_WAITING);
        assertThat(waiting.getAttempt()).isZero();
        assertThat(waiting.getError()).isEmpty();
        assertThat(waiting.getNextAttemptTime().getSeconds())
                .isBetween(
                        clock.instant().plusSeconds(110).getEpochSecond(),
                        clock.instant().plusSeconds(121).getEpochSecond());

        try (Receiver there = new Receiver(port)) {
            clock.advance(Duration.ofMinutes(2));
            Eventually.holds(() -> {
                clock.advance(Duration.ofSeconds(1));
                assertThat(deliveries(ann, annsHook))
                        .allMatch(delivery -> delivery.getState() == DeliveryState.DELIVERY_STATE_DELIVERED);
                assertThat(deliveries(bob, bobsHook))
                        .allMatch(delivery -> delivery.getState() == DeliveryState.DELIVERY_STATE_DELIVERED
                                && delivery.getAttempt() == 1);
            });
            assertThat(there.received()).hasSize(3);
        }
    }

    @Test
    void a_host_that_answers_badly_for_one_user_is_not_left_alone_for_another() {
        try (Receiver there = new Receiver(port)) {
            there.answers(500);
            String annsHook = create(ann, "/ann");
            String bobsHook = create(bob, "/bob");
            for (int i = 0; i < 4; i++) {
                process.publish(Samples.job(ann, "job-" + i, "job.queued"));
            }
            Eventually.holds(() -> assertThat(deliveries(ann, annsHook))
                    .hasSize(4)
                    .allMatch(delivery -> delivery.getHttpStatus() == 500));
            there.answers(204);
            process.publish(Samples.job(bob, "2", "job.queued"));
            Eventually.holds(() -> assertThat(deliveries(bob, bobsHook))
                    .hasSize(1)
                    .allMatch(delivery -> delivery.getState() == DeliveryState.DELIVERY_STATE_DELIVERED));
            assertThat(putOff()).isZero();
        }
    }
}
