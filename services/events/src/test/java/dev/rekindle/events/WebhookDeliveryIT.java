package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.CreateWebhookRequest;
import dev.rekindle.events.v1.CreateWebhookResponse;
import dev.rekindle.events.v1.Delivery;
import dev.rekindle.events.v1.DeliveryState;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.GetWebhookRequest;
import dev.rekindle.events.v1.ListDeliveriesRequest;
import dev.rekindle.events.v1.RedeliverDeliveryRequest;
import dev.rekindle.events.v1.RotateWebhookSecretRequest;
import dev.rekindle.events.v1.TestWebhookRequest;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.events.v1.WebhooksServiceGrpc.WebhooksServiceBlockingStub;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What receivers get, and what happens where they do not take it. */
@Tag("EV-03")
class WebhookDeliveryIT {
    private static final Map<String, String> LOOPBACK = Map.of(
            "webhooks.allow_http", "true",
            "webhooks.allowed_networks", "127.0.0.0/8",
            "webhooks.poll", "20ms",
            "webhooks.answer_max", "2s");

    private final String ann = Samples.newUser();
    private final ManualClock clock = new ManualClock(Instant.now());
    private final Receiver receiver = new Receiver();
    private final EventsProcess process = EventsProcess.start(Servers.databaseConfig("events"), LOOPBACK, clock);
    private final EventsProcess.Connection connection = process.connect();

    @AfterEach
    void close() {
        connection.close();
        process.close();
        receiver.close();
    }

    private WebhooksServiceBlockingStub hooks() {
        return connection.webhooksOf(EventsProcess.user(ann));
    }

    private CreateWebhookResponse create(WebhookSettings.Builder settings) {
        return hooks().createWebhook(CreateWebhookRequest.newBuilder()
                .setSettings(settings.setUrl(receiver.url("/in")))
                .build());
    }

    private String createAny() {
        return create(WebhookSettings.newBuilder()).getWebhook().getId();
    }

    private List<Delivery> deliveries(String webhookId) {
        return hooks().listDeliveries(ListDeliveriesRequest.newBuilder()
                        .setWebhookId(webhookId)
                        .build())
                .getDeliveriesList();
    }

    /** The only delivery, once it is in that state after so many attempts. */
    private Delivery awaitOnly(String webhookId, DeliveryState state, int attempt) {
        return Eventually.answers(() -> {
            List<Delivery> all = deliveries(webhookId);
            assertThat(all).hasSize(1);
            assertThat(all.getFirst().getState()).isEqualTo(state);
            assertThat(all.getFirst().getAttempt()).isEqualTo(attempt);
            if (state == DeliveryState.DELIVERY_STATE_WAITING) {
                // Not while it is under way, when the next attempt is the end of its lease.
                assertThat(all.getFirst().getNextAttemptTime().getSeconds())
                        .isGreaterThan(clock.instant().plusSeconds(30).getEpochSecond());
            }
            return all.getFirst();
        });
    }

    private Event publish(String type) {
        Event event = Samples.job(ann, "job-1", type);
        process.publish(event);
        return event;
    }

    @Test
    void an_event_arrives_once_and_verifies_by_the_library_of_the_convention() {
        CreateWebhookResponse created = create(WebhookSettings.newBuilder().addTypes("job.completed"));
        publish("job.queued");
        Event done = publish("job.completed");
        process.publish(done);
        process.publish(Samples.job(Samples.newUser(), "job-1", "job.completed"));

        Delivery delivery = awaitOnly(created.getWebhook().getId(), DeliveryState.DELIVERY_STATE_DELIVERED, 1);
        assertThat(delivery.getEventId()).isEqualTo(done.getId());
        assertThat(delivery.getHttpStatus()).isEqualTo(204);
        assertThat(receiver.received()).hasSize(1);
        Receiver.Received one = receiver.received().getFirst();
        assertThat(one.id()).isEqualTo(done.getId());
        assertThat(one.header("content-type")).startsWith("application/json");
        one.verify(created.getSecret());
        JsonObject body = JsonParser.parseString(one.body()).getAsJsonObject();
        assertThat(body.get("type").getAsString()).isEqualTo("job.completed");
        assertThat(body.get("jobId").getAsString()).isEqualTo("job-1");
        assertThat(body.has("timestamp")).isTrue();
        assertThat(body.get("data").isJsonObject()).isTrue();
        assertThat(delivery.getRequestBody()).isEqualTo(one.body());
        assertThatThrownBy(() -> one.verify("whsec_" + "A".repeat(43) + "=")).isInstanceOf(AssertionError.class);
    }

    @Test
    void a_replaced_secret_signs_beside_the_new_one_for_a_day() {
        CreateWebhookResponse created = create(WebhookSettings.newBuilder());
        String id = created.getWebhook().getId();
        String second = hooks().rotateWebhookSecret(
                        RotateWebhookSecretRequest.newBuilder().setWebhookId(id).build())
                .getSecret();
        publish("job.queued");
        Eventually.holds(() -> assertThat(receiver.received()).hasSize(1));
        Receiver.Received both = receiver.received().getFirst();
        assertThat(both.header("webhook-signature")).matches("v1,[^ ]+ v1,[^ ]+");
        both.verify(created.getSecret());
        both.verify(second);

        clock.advance(Duration.ofHours(25));
        publish("job.started");
        Eventually.holds(() -> assertThat(receiver.received()).hasSize(2));
        assertThat(receiver.received().getLast().header("webhook-signature")).matches("v1,[^ ]+");
    }

    @Test
    void progress_is_sent_when_it_passes_a_milestone_once_each() {
        String id = create(WebhookSettings.newBuilder()
                        .addTypes("job.completed")
                        .addMilestonesPercent(25)
                        .addMilestonesPercent(75))
                .getWebhook()
                .getId();
        process.publish(Samples.progress(ann, "job-1", 10));
        process.publish(Samples.progress(ann, "job-1", 30));
        Eventually.holds(() -> assertThat(deliveries(id)).hasSize(1));
        process.publish(Samples.progress(ann, "job-1", 40));
        process.publish(Samples.progress(ann, "job-1", 26));
        process.publish(Samples.progress(ann, "job-1", 90));
        Eventually.holds(() -> assertThat(deliveries(id)).hasSize(2));
        process.publish(Samples.progress(ann, "job-1", 95));
        publish("job.completed");
        Eventually.holds(() -> assertThat(receiver.received()).hasSize(3));
        assertThat(deliveries(id))
                .extracting(Delivery::getEventType)
                .containsExactly("job.completed", "job.progress", "job.progress");
    }

    @Test
    void
            a_failing_endpoint_is_tried_after_1_2_4_8_and_16_minutes_and_then_the_delivery_is_dead_but_can_be_sent_again() {
        String id = createAny();
        receiver.answers(new Receiver.Answer(500, Map.of(), "out of order" + "!".repeat(10_000)));
        publish("job.queued");
        int attempt = 1;
        for (int minutes : List.of(1, 2, 4, 8, 16)) {
            Delivery waiting = awaitOnly(id, DeliveryState.DELIVERY_STATE_WAITING, attempt);
            assertThat(waiting.getHttpStatus()).isEqualTo(500);
            assertThat(waiting.getResponseBody()).startsWith("out of order").hasSize(4096);
            Duration wait = Duration.between(
                    clock.instant(),
                    Instant.ofEpochSecond(waiting.getNextAttemptTime().getSeconds() + 1));
            assertThat(wait.toMinutes()).isEqualTo(minutes);
            clock.advance(Duration.ofMinutes(minutes));
            attempt++;
        }
        Delivery dead = awaitOnly(id, DeliveryState.DELIVERY_STATE_DEAD, 6);
        assertThat(receiver.received()).hasSize(6);
        assertThat(receiver.received().stream().map(Receiver.Received::id).distinct())
                .hasSize(1);

        receiver.answers(200);
        clock.advance(Duration.ofMinutes(20));
        hooks().redeliverDelivery(RedeliverDeliveryRequest.newBuilder()
                .setWebhookId(id)
                .setDeliveryId(dead.getId())
                .build());
        awaitOnly(id, DeliveryState.DELIVERY_STATE_DELIVERED, 7);
        assertThat(receiver.received().getLast().id()).isEqualTo(dead.getEventId());
    }

    @Test
    void a_busy_endpoint_is_left_alone_as_long_as_it_asks() {
        String id = createAny();
        receiver.answers(new Receiver.Answer(429, Map.of("Retry-After", "600"), ""));
        publish("job.queued");
        awaitOnly(id, DeliveryState.DELIVERY_STATE_WAITING, 1);
        receiver.answers(200);
        publish("job.started");
        clock.advance(Duration.ofMinutes(9));
        Eventually.holds(() -> assertThat(deliveries(id)).hasSize(2));
        assertThat(receiver.received()).hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        Eventually.holds(() -> assertThat(deliveries(id))
                .allMatch(delivery -> delivery.getState() == DeliveryState.DELIVERY_STATE_DELIVERED));
        assertThat(receiver.received()).hasSize(3);
    }

    @Test
    @Tag("EV-04")
    void what_will_never_go_well_is_dead_at_once_and_redirects_are_not_followed() {
        try (Receiver elsewhere = new Receiver()) {
            String id = createAny();
            receiver.answers(new Receiver.Answer(307, Map.of("Location", elsewhere.url("/")), ""));
            publish("job.queued");
            Delivery dead = awaitOnly(id, DeliveryState.DELIVERY_STATE_DEAD, 1);
            assertThat(dead.getHttpStatus()).isEqualTo(307);
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @Test
    void an_endpoint_that_is_gone_is_switched_off() {
        String id = createAny();
        receiver.answers(410);
        publish("job.queued");
        awaitOnly(id, DeliveryState.DELIVERY_STATE_DEAD, 1);
        var webhook = hooks().getWebhook(
                        GetWebhookRequest.newBuilder().setWebhookId(id).build())
                .getWebhook();
        assertThat(webhook.getSettings().getDisabled()).isTrue();
        assertThat(webhook.getDisabledReason()).contains("410");
        TestWebhookRequest test =
                TestWebhookRequest.newBuilder().setWebhookId(id).build();
        assertThat(Failures.of(catchThrowable(() -> hooks().testWebhook(test))).reason())
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    void a_test_event_is_sent_once() {
        String id = createAny();
        receiver.answers(500);
        Delivery test = hooks().testWebhook(
                        TestWebhookRequest.newBuilder().setWebhookId(id).build())
                .getDelivery();
        assertThat(test.getEventType()).isEqualTo("webhook.test");
        assertThat(awaitOnly(id, DeliveryState.DELIVERY_STATE_DEAD, 1).getId()).isEqualTo(test.getId());
    }

    @Test
    void two_processes_send_each_event_once() {
        var database = Servers.databaseConfig("events");
        try (EventsProcess one = EventsProcess.start(database, LOOPBACK, clock);
                EventsProcess other = EventsProcess.start(database, LOOPBACK, clock);
                EventsProcess.Connection own = one.connect()) {
            own.webhooksOf(EventsProcess.user(ann))
                    .createWebhook(CreateWebhookRequest.newBuilder()
                            .setSettings(WebhookSettings.newBuilder().setUrl(receiver.url("/in")))
                            .build());
            for (int i = 0; i < 30; i++) {
                (i % 2 == 0 ? one : other).publish(Samples.job(ann, "job-" + i, "job.queued"));
            }
            Eventually.holds(() -> {
                clock.advance(Duration.ofMillis(100)); // the rate of an endpoint is by the clock
                assertThat(receiver.received()).hasSize(30);
            });
            assertThat(receiver.received().stream().map(Receiver.Received::id).distinct())
                    .hasSize(30);
        }
    }
}
