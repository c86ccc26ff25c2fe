package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.notifications.VapidKeys;
import dev.rekindle.events.v1.DeletePushSubscriptionRequest;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.GetNotificationSettingsRequest;
import dev.rekindle.events.v1.GetWebhookRequest;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.events.v1.ListPushSubscriptionsRequest;
import dev.rekindle.events.v1.ListWebhooksRequest;
import dev.rekindle.events.v1.Notice;
import dev.rekindle.events.v1.NotificationPreferences;
import dev.rekindle.events.v1.NotificationsServiceGrpc.NotificationsServiceBlockingStub;
import dev.rekindle.events.v1.PushSubscription;
import dev.rekindle.events.v1.RegisterPushSubscriptionRequest;
import dev.rekindle.events.v1.UpdateNotificationPreferencesRequest;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Web push, from the event to what a browser can read. */
@Tag("EV-06")
class PushIT {
    private static final VapidKeys.Pair KEYS = VapidKeys.generate();

    private final String ann = Samples.newUser();
    private final String bob = Samples.newUser();
    private final ManualClock clock = new ManualClock(Instant.now());
    private final Receiver service = new Receiver();
    private final Browser browser = new Browser();
    private final EventsProcess process = EventsProcess.start(
            Servers.databaseConfig("events"),
            settings(Map.of("webhooks.allow_http", "true", "webhooks.allowed_networks", "127.0.0.0/8")),
            clock);
    private final EventsProcess.Connection connection = process.connect();

    private static Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "webhooks.poll", "20ms",
                "webhooks.answer_max", "2s",
                "push.public_key", KEYS.publicKey(),
                "push.private_key", KEYS.privateKey(),
                "push.subject", "mailto:ops@example.com",
                "push.per_user_max", "2"));
        settings.putAll(more);
        return settings;
    }

    @AfterEach
    void close() {
        connection.close();
        process.close();
        service.close();
    }

    private NotificationsServiceBlockingStub as(String user) {
        return connection.notificationsOf(EventsProcess.user(user));
    }

    private PushSubscription register(String user) {
        return as(user).registerPushSubscription(browser.subscription(service.url("/send/1")))
                .getSubscription();
    }

    private List<PushSubscription> subscriptions(String user) {
        return as(user).listPushSubscriptions(ListPushSubscriptionsRequest.getDefaultInstance())
                .getSubscriptionsList();
    }

    private void prefer(String user, Notice... push) {
        as(user).updateNotificationPreferences(UpdateNotificationPreferencesRequest.newBuilder()
                .setPreferences(NotificationPreferences.newBuilder().addAllPush(List.of(push)))
                .build());
    }

    private Event publish(String user, String jobId, String type) {
        Event event = Samples.event(user, type)
                .setJobId(jobId)
                .setPhotoId("photo-1")
                .setJob(JobEvent.newBuilder().setJobType("RESTORATION").setMessage("grandmother.jpg"))
                .build();
        process.publish(event);
        return event;
    }

    private Receiver.Received awaitPush(int count) {
        Eventually.holds(() -> assertThat(service.received()).hasSize(count));
        return service.received().getLast();
    }

    private static Reason reason(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return Failures.of(catchThrowable(call)).reason();
    }

    @Test
    void a_done_photo_is_pushed_once_and_only_its_browser_can_read_it() throws Exception {
        assertThat(as(ann).getNotificationSettings(GetNotificationSettingsRequest.getDefaultInstance())
                        .getSettings()
                        .getPushPublicKey())
                .isEqualTo(KEYS.publicKey());
        register(ann);
        publish(ann, "job-1", "job.queued");
        publish(bob, "job-b", "job.completed");
        process.publish(Samples.event(ann, "job.completed")
                .setJobId("job-p")
                .setJob(JobEvent.newBuilder().setJobType("PREPARATION"))
                .build());
        process.publish(publish(ann, "job-1", "job.completed"));
        awaitPush(1);
        publish(ann, "job-2", "job.failed");
        awaitPush(2);

        Receiver.Received first = service.received().getFirst();
        JsonObject message = browser.read(first.bytes());
        assertThat(message.toString()).isEqualTo("{\"type\":\"job.completed\",\"jobId\":\"job-1\"}");
        assertThatThrownBy(() -> new Browser().read(first.bytes())).isInstanceOf(Exception.class);
        assertThat(first.header("content-encoding")).isEqualTo("aes128gcm");
        assertThat(first.header("ttl")).isEqualTo("86400");
        assertThat(first.header("topic")).matches("[A-Za-z0-9_-]{32}");
        var claims = Browser.claims(first.header("authorization"), KEYS.publicKey(), service.url(""));
        assertThat(claims.getSubject()).isEqualTo("mailto:ops@example.com");
        assertThat(claims.getExpirationTime().getValue())
                .isLessThanOrEqualTo(clock.instant().plus(Duration.ofHours(24)).getEpochSecond());
        JsonObject failed = browser.read(service.received().getLast().bytes());
        assertThat(failed.get("type").getAsString()).isEqualTo("job.failed");
        assertThat(service.received().getLast().header("topic")).isNotEqualTo(first.header("topic"));
    }

    @Test
    void a_repeated_notice_of_a_job_has_the_same_topic() {
        register(ann);
        publish(ann, "job-1", "job.failed");
        String topic = awaitPush(1).header("topic");
        publish(ann, "job-1", "job.completed");
        assertThat(awaitPush(2).header("topic")).isEqualTo(topic);
    }

    @Test
    void a_subscription_the_push_service_does_not_know_any_more_is_deleted() {
        for (int status : List.of(404, 410)) {
            register(ann);
            service.answers(status);
            publish(ann, "job-" + status, "job.completed");
            Eventually.holds(() -> assertThat(subscriptions(ann)).isEmpty());
        }
        assertThat(service.received()).hasSize(2);
    }

    @Test
    void a_push_service_that_is_busy_is_left_alone_as_long_as_it_asks() throws Exception {
        register(ann);
        service.answers(new Receiver.Answer(429, Map.of("Retry-After", "600"), ""));
        publish(ann, "job-1", "job.completed");
        Eventually.holds(() -> assertThat(process.telemetry()
                        .metrics()
                        .get("webhook_attempts_total")
                        .tags("kind", "push", "end", "retry")
                        .counter()
                        .count())
                .isEqualTo(1));
        service.answers(201);
        clock.advance(Duration.ofMinutes(9));
        publish(ann, "job-2", "job.completed");
        publish(bob, "job-b", "job.completed");
        assertThat(service.received()).hasSize(1);
        clock.advance(Duration.ofMinutes(2));
        awaitPush(3);
        assertThat(List.of(
                        browser.read(service.received().get(1).bytes())
                                .get("jobId")
                                .getAsString(),
                        browser.read(service.received().get(2).bytes())
                                .get("jobId")
                                .getAsString()))
                .containsExactlyInAnyOrder("job-1", "job-2");
        assertThat(subscriptions(ann)).hasSize(1);
    }

    @Test
    void only_what_the_user_wants_is_told() throws Exception {
        prefer(ann, Notice.NOTICE_JOB_FAILED);
        register(ann);
        publish(ann, "job-1", "job.completed");
        publish(ann, "job-2", "job.failed");
        assertThat(browser.read(awaitPush(1).bytes()).get("jobId").getAsString())
                .isEqualTo("job-2");
        prefer(ann);
        publish(ann, "job-3", "job.failed");
        prefer(ann, Notice.NOTICE_JOB_COMPLETED);
        publish(ann, "job-4", "job.completed");
        assertThat(browser.read(awaitPush(2).bytes()).get("jobId").getAsString())
                .isEqualTo("job-4");
        var preferences = as(ann).getNotificationSettings(GetNotificationSettingsRequest.getDefaultInstance())
                .getSettings()
                .getPreferences();
        assertThat(preferences.getPushList()).containsExactly(Notice.NOTICE_JOB_COMPLETED);
        assertThat(preferences.getEmailList()).isEmpty();
    }

    @Test
    void registering_again_changes_nothing_and_who_signs_in_next_takes_the_browser_over() {
        PushSubscription first = register(ann);
        assertThat(register(ann)).isEqualTo(first);
        assertThat(first.getPushService()).isEqualTo("127.0.0.1");
        assertThat(first.getLabel()).isEqualTo("Phone");

        RegisterPushSubscriptionRequest stolen = new Browser().subscription(service.url("/send/1"));
        assertThat(reason(() -> as(bob).registerPushSubscription(stolen))).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(subscriptions(ann)).hasSize(1);
        register(bob);
        assertThat(subscriptions(ann)).isEmpty();
        publish(ann, "job-a", "job.completed");
        publish(bob, "job-b", "job.completed");
        awaitPush(1);
        assertThat(subscriptions(bob)).hasSize(1);
    }

    @Test
    void the_oldest_browser_gives_way_to_one_too_many() {
        String oldest = register(ann).getId();
        for (int i = 2; i <= 3; i++) {
            as(ann).registerPushSubscription(new Browser().subscription(service.url("/send/" + i)));
        }
        assertThat(subscriptions(ann)).hasSize(2).noneMatch(one -> one.getId().equals(oldest));
    }

    @Test
    void nobody_deletes_what_is_anothers_and_webhooks_do_not_see_it() {
        String id = register(ann).getId();
        DeletePushSubscriptionRequest delete =
                DeletePushSubscriptionRequest.newBuilder().setSubscriptionId(id).build();
        assertThat(reason(() -> as(bob).deletePushSubscription(delete))).isEqualTo(Reason.REASON_NOT_FOUND);
        var hooks = connection.webhooksOf(EventsProcess.user(ann));
        assertThat(hooks.listWebhooks(ListWebhooksRequest.getDefaultInstance()).getWebhooksCount())
                .isZero();
        GetWebhookRequest get = GetWebhookRequest.newBuilder().setWebhookId(id).build();
        assertThat(reason(() -> hooks.getWebhook(get))).isEqualTo(Reason.REASON_NOT_FOUND);
        as(ann).deletePushSubscription(delete);
        assertThat(subscriptions(ann)).isEmpty();
    }

    @Test
    @Tag("EV-04")
    void keys_that_are_none_and_addresses_that_are_not_public_are_refused() {
        RegisterPushSubscriptionRequest bad = browser.subscription(service.url("/send/1")).toBuilder()
                .setP256Dh(ByteString.copyFrom(new byte[65]))
                .build();
        assertThat(reason(() -> as(ann).registerPushSubscription(bad))).isEqualTo(Reason.REASON_INVALID_REQUEST);
        try (EventsProcess strict = EventsProcess.start(Servers.databaseConfig("events"), settings(Map.of()), clock);
                EventsProcess.Connection strictly = strict.connect()) {
            for (String endpoint : List.of(
                    service.url("/send/1"), "https://127.0.0.1/send", "https://[::1]/send", "https://10.0.0.7/send")) {
                assertThat(reason(() -> strictly.notificationsOf(EventsProcess.user(ann))
                                .registerPushSubscription(browser.subscription(endpoint))))
                        .as(endpoint)
                        .isEqualTo(Reason.REASON_INVALID_REQUEST);
            }
        }
        assertThat(service.received()).isEmpty();
    }

    @Test
    void without_keys_there_is_no_push() {
        try (EventsProcess off = EventsProcess.start(Servers.databaseConfig("events"), Map.of(), clock);
                EventsProcess.Connection own = off.connect()) {
            var stub = own.notificationsOf(EventsProcess.user(ann));
            assertThat(stub.getNotificationSettings(GetNotificationSettingsRequest.getDefaultInstance())
                            .getSettings()
                            .getPushPublicKey())
                    .isEmpty();
            assertThat(reason(() -> stub.registerPushSubscription(browser.subscription("https://push.example.com/1"))))
                    .isEqualTo(Reason.REASON_STATE_CONFLICT);
        }
    }
}
