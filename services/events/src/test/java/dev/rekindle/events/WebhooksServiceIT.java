package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.CreateWebhookRequest;
import dev.rekindle.events.v1.CreateWebhookResponse;
import dev.rekindle.events.v1.DeleteWebhookRequest;
import dev.rekindle.events.v1.GetWebhookRequest;
import dev.rekindle.events.v1.ListDeliveriesRequest;
import dev.rekindle.events.v1.ListWebhooksRequest;
import dev.rekindle.events.v1.ListWebhooksResponse;
import dev.rekindle.events.v1.RedeliverDeliveryRequest;
import dev.rekindle.events.v1.RotateWebhookSecretRequest;
import dev.rekindle.events.v1.TestWebhookRequest;
import dev.rekindle.events.v1.UpdateWebhookRequest;
import dev.rekindle.events.v1.Webhook;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.events.v1.WebhooksServiceGrpc.WebhooksServiceBlockingStub;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Servers;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Endpoints and who may touch them. */
@Tag("EV-03")
class WebhooksServiceIT {
    private static EventsProcess process;
    private static EventsProcess.Connection connection;

    private final String ann = Samples.newUser();

    @BeforeAll
    static void start() {
        process = EventsProcess.start(
                Servers.databaseConfig("events"), Map.of("webhooks.per_user_max", "3"), Clock.systemUTC());
        connection = process.connect();
    }

    @AfterAll
    static void stop() {
        connection.close();
        process.close();
    }

    private static WebhooksServiceBlockingStub as(String user) {
        return connection.webhooksOf(EventsProcess.user(user));
    }

    private static WebhookSettings.Builder settings(String url) {
        return WebhookSettings.newBuilder().setUrl(url);
    }

    private CreateWebhookResponse create(String url) {
        return as(ann).createWebhook(CreateWebhookRequest.newBuilder()
                .setSettings(settings(url))
                .build());
    }

    private static Reason reason(Runnable call) {
        return Failures.of(catchThrowable(call::run)).reason();
    }

    @Test
    void a_webhook_is_made_read_changed_and_deleted() {
        CreateWebhookResponse created = create("https://hooks.example.com/in?tenant=7");
        Webhook webhook = created.getWebhook();
        assertThat(created.getSecret()).matches("whsec_[A-Za-z0-9+/]{43}=");
        GetWebhookRequest get =
                GetWebhookRequest.newBuilder().setWebhookId(webhook.getId()).build();
        assertThat(as(ann).getWebhook(get).getWebhook()).isEqualTo(webhook);

        Webhook updated = as(ann).updateWebhook(UpdateWebhookRequest.newBuilder()
                        .setWebhookId(webhook.getId())
                        .setSettings(settings("https://hooks.example.com/other")
                                .addTypes("job.*")
                                .addAllMilestonesPercent(List.of(75, 25, 75))
                                .setDisabled(true)
                                .setDescription("for the album"))
                        .build())
                .getWebhook();
        assertThat(updated.getSettings().getMilestonesPercentList()).containsExactly(25, 75);
        assertThat(as(ann).getWebhook(get).getWebhook()).isEqualTo(updated);

        as(ann).deleteWebhook(DeleteWebhookRequest.newBuilder()
                .setWebhookId(webhook.getId())
                .build());
        assertThat(reason(() -> as(ann).getWebhook(get))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void webhooks_come_in_pages_newest_first_and_there_are_only_so_many() {
        Webhook first = create("https://hooks.example.com/1").getWebhook();
        Webhook second = create("https://hooks.example.com/2").getWebhook();
        Webhook third = create("https://hooks.example.com/3").getWebhook();
        assertThat(reason(() -> create("https://hooks.example.com/4"))).isEqualTo(Reason.REASON_STATE_CONFLICT);

        ListWebhooksResponse page = as(ann).listWebhooks(
                        ListWebhooksRequest.newBuilder().setPageSize(2).build());
        assertThat(page.getWebhooksList()).containsExactly(third, second);
        page = as(ann).listWebhooks(ListWebhooksRequest.newBuilder()
                .setPageSize(2)
                .setPageToken(page.getNextPageToken())
                .build());
        assertThat(page.getWebhooksList()).containsExactly(first);
        assertThat(page.getNextPageToken()).isEmpty();
    }

    @Test
    void creating_again_with_the_same_id_makes_nothing_new() {
        CreateWebhookRequest request = CreateWebhookRequest.newBuilder()
                .setSettings(settings("https://hooks.example.com/in"))
                .setRequestId("once")
                .build();
        CreateWebhookResponse created = as(ann).createWebhook(request);
        assertThat(as(ann).createWebhook(request)).isEqualTo(created);
        CreateWebhookRequest other = request.toBuilder()
                .setSettings(settings("https://hooks.example.com/out"))
                .build();
        assertThat(reason(() -> as(ann).createWebhook(other))).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(as(Samples.newUser()).createWebhook(other).getWebhook().getId())
                .isNotEqualTo(created.getWebhook().getId());
    }

    @Test
    @Tag("API-04")
    void the_webhook_of_another_user_is_not_there() {
        String id = create("https://hooks.example.com/in").getWebhook().getId();
        String bob = Samples.newUser();
        List<Runnable> calls = List.of(
                () -> as(bob).getWebhook(
                                GetWebhookRequest.newBuilder().setWebhookId(id).build()),
                () -> as(bob).updateWebhook(UpdateWebhookRequest.newBuilder()
                        .setWebhookId(id)
                        .setSettings(settings("https://evil.example.com/"))
                        .build()),
                () -> as(bob).deleteWebhook(DeleteWebhookRequest.newBuilder()
                        .setWebhookId(id)
                        .build()),
                () -> as(bob).rotateWebhookSecret(RotateWebhookSecretRequest.newBuilder()
                        .setWebhookId(id)
                        .build()),
                () -> as(bob).testWebhook(
                                TestWebhookRequest.newBuilder().setWebhookId(id).build()),
                () -> as(bob).listDeliveries(ListDeliveriesRequest.newBuilder()
                        .setWebhookId(id)
                        .build()),
                () -> as(bob).redeliverDelivery(RedeliverDeliveryRequest.newBuilder()
                        .setWebhookId(id)
                        .setDeliveryId(Ids.timeOrdered().next().toString())
                        .build()));
        assertThat(calls).allSatisfy(call -> assertThat(reason(call)).isEqualTo(Reason.REASON_NOT_FOUND));
        assertThat(as(bob).listWebhooks(ListWebhooksRequest.getDefaultInstance())
                        .getWebhooksList())
                .isEmpty();
    }

    @Test
    @Tag("EV-04")
    void a_url_that_is_not_public_https_is_refused_at_once() {
        assertThat(List.of(
                        "http://hooks.example.com/",
                        "ftp://hooks.example.com/",
                        "https://user:pass@hooks.example.com/",
                        "https://hooks%2eexample.com/",
                        "https://hooks.example.com/#part",
                        "https:///in",
                        "https://hooks.example.com:0/",
                        "https://127.0.0.1/",
                        "https://10.0.0.8/",
                        "https://169.254.169.254/latest/meta-data",
                        "https://[::1]/",
                        "https://[::ffff:10.0.0.1]/",
                        "https://[fd00:ec2::254]/"))
                .allSatisfy(
                        url -> assertThat(reason(() -> create(url))).as(url).isEqualTo(Reason.REASON_INVALID_REQUEST));
    }
}
