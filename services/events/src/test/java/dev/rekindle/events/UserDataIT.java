package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.notifications.VapidKeys;
import dev.rekindle.events.v1.CreateWebhookRequest;
import dev.rekindle.events.v1.EraseUserRequest;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.ListWebhooksRequest;
import dev.rekindle.events.v1.Notice;
import dev.rekindle.events.v1.NotificationPreferences;
import dev.rekindle.events.v1.ReadUserRequest;
import dev.rekindle.events.v1.ReadUserResponse;
import dev.rekindle.events.v1.SetEmailAddressRequest;
import dev.rekindle.events.v1.UpdateNotificationPreferencesRequest;
import dev.rekindle.events.v1.UserDataServiceGrpc;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All there is of a user with events, read and erased. */
@Tag("PHO-12")
class UserDataIT {
    private static final VapidKeys.Pair KEYS = VapidKeys.generate();

    private static EventsProcess process;
    private static EventsProcess.Connection connection;
    private static UserDataServiceGrpc.UserDataServiceBlockingStub data;

    private final String ann = Samples.newUser();
    private final String bob = Samples.newUser();

    @BeforeAll
    static void start() {
        process = EventsProcess.start(
                Servers.databaseConfig("events"),
                Map.of(
                        "push.public_key", KEYS.publicKey(),
                        "push.private_key", KEYS.privateKey(),
                        "push.subject", "mailto:ops@example.com",
                        "email.host", "127.0.0.1",
                        "email.port", "1",
                        "email.from", "rekindle@example.com"),
                Clock.systemUTC());
        connection = process.connect();
        data = UserDataServiceGrpc.newBlockingStub(process.asJobs());
    }

    @AfterAll
    static void stop() {
        connection.close();
        process.close();
    }

    private static List<Event> read(String user) {
        List<Event> events = new ArrayList<>();
        data.readUser(ReadUserRequest.newBuilder().setUserId(user).build())
                .forEachRemaining(page -> events.addAll(page.getEventsList()));
        return events;
    }

    private static boolean erase(String user) {
        return data.eraseUser(EraseUserRequest.newBuilder().setUserId(user).build())
                .getMore();
    }

    /** A webhook, a browser, an address and preferences. */
    private static void endpoints(String user) {
        connection
                .notificationsOf(EventsProcess.user(user))
                .updateNotificationPreferences(UpdateNotificationPreferencesRequest.newBuilder()
                        .setPreferences(NotificationPreferences.newBuilder().addPush(Notice.NOTICE_JOB_FAILED))
                        .build());
        connection
                .notificationsOf(EventsProcess.user(user))
                .registerPushSubscription(new Browser().subscription("https://push.example.com/" + user));
        connection
                .notificationsOf(EventsProcess.user(user))
                .setEmailAddress(SetEmailAddressRequest.newBuilder()
                        .setAddress(user + "@example.com")
                        .build());
        connection
                .webhooksOf(EventsProcess.user(user))
                .createWebhook(CreateWebhookRequest.newBuilder()
                        .setSettings(WebhookSettings.newBuilder().setUrl("https://hooks.example.com/" + user))
                        .build());
    }

    /** What is told of a user besides events. */
    private static ReadUserResponse notifications(String user) {
        return data.readUser(ReadUserRequest.newBuilder().setUserId(user).build())
                .next();
    }

    private static int webhooks(String user) {
        return connection
                .webhooksOf(EventsProcess.user(user))
                .listWebhooks(ListWebhooksRequest.getDefaultInstance())
                .getWebhooksCount();
    }

    @Test
    void the_events_of_a_user_are_read_in_order_over_pages() {
        List<Event> told = IntStream.range(0, 450)
                .mapToObj(i -> Samples.job(ann, "job-" + i, "job.queued"))
                .toList();
        for (int i = 0; i < told.size(); i += 150) {
            process.publish(told.subList(i, i + 150).toArray(Event[]::new));
        }
        process.publish(Samples.job(bob, "job-b", "job.queued"));
        assertThat(read(ann)).containsExactlyElementsOf(told);
        assertThat(read(bob)).hasSize(1);
        assertThat(read(Samples.newUser())).isEmpty();
    }

    @Test
    void erasing_takes_events_and_endpoints_of_the_user_and_of_nobody_else() {
        endpoints(ann);
        endpoints(bob);
        for (int i = 0; i < 12; i++) {
            process.publish(IntStream.range(0, 100)
                    .mapToObj(n -> Samples.job(ann, "job-" + n, "job.queued"))
                    .toArray(Event[]::new));
        }
        process.publish(Samples.job(bob, "job-b", "job.queued"));
        assertThat(erase(ann)).as("1,200 are more than a call takes").isTrue();
        Eventually.holds(() -> assertThat(erase(ann)).isFalse());
        assertThat(read(ann)).isEmpty();
        assertThat(webhooks(ann)).isZero();
        ReadUserResponse left = notifications(ann);
        assertThat(left.getPushSubscriptionsList()).isEmpty();
        assertThat(left.getNotifications().hasEmail()).isFalse();
        assertThat(left.getNotifications().getPreferences().getPushList())
                .as("as if never set")
                .hasSize(2);
        ReadUserResponse bobs = notifications(bob);
        assertThat(bobs.getPushSubscriptionsList()).hasSize(1);
        assertThat(bobs.getNotifications().getEmail().getAddress()).isEqualTo(bob + "@example.com");
        assertThat(bobs.getNotifications().getPreferences().getPushList()).containsExactly(Notice.NOTICE_JOB_FAILED);
        assertThat(read(bob)).hasSize(1);
        assertThat(webhooks(bob)).isEqualTo(1);
        assertThat(erase(ann)).as("again it changes nothing").isFalse();
    }
}
