package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.CreateWebhookRequest;
import dev.rekindle.events.v1.CreateWebhookResponse;
import dev.rekindle.events.v1.DeleteWebhookRequest;
import dev.rekindle.events.v1.DeleteWebhookResponse;
import dev.rekindle.events.v1.Delivery;
import dev.rekindle.events.v1.GetWebhookRequest;
import dev.rekindle.events.v1.GetWebhookResponse;
import dev.rekindle.events.v1.ListDeliveriesRequest;
import dev.rekindle.events.v1.ListDeliveriesResponse;
import dev.rekindle.events.v1.ListWebhooksRequest;
import dev.rekindle.events.v1.ListWebhooksResponse;
import dev.rekindle.events.v1.RedeliverDeliveryRequest;
import dev.rekindle.events.v1.RedeliverDeliveryResponse;
import dev.rekindle.events.v1.RotateWebhookSecretRequest;
import dev.rekindle.events.v1.RotateWebhookSecretResponse;
import dev.rekindle.events.v1.TestWebhookRequest;
import dev.rekindle.events.v1.TestWebhookResponse;
import dev.rekindle.events.v1.UpdateWebhookRequest;
import dev.rekindle.events.v1.UpdateWebhookResponse;
import dev.rekindle.events.v1.Webhook;
import dev.rekindle.events.v1.WebhookSettings;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** rekindle.events.v1.WebhooksService. */
final class WebhooksService {
    private final EndpointStore endpoints;
    private final DeliveryStore deliveries;
    private final UrlRules rules;
    private final Signer signer;
    private final Runnable onDue;

    WebhooksService(EndpointStore endpoints, DeliveryStore deliveries, UrlRules rules, Signer signer, Runnable onDue) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.rules = rules;
        this.signer = signer;
        this.onDue = onDue;
    }

    ServerServiceDefinition define() {
        return RpcService.of(WebhooksServiceGrpc.getServiceDescriptor())
                .unary(WebhooksServiceGrpc.getCreateWebhookMethod(), this::create)
                .unary(WebhooksServiceGrpc.getGetWebhookMethod(), this::get)
                .unary(WebhooksServiceGrpc.getListWebhooksMethod(), this::list)
                .unary(WebhooksServiceGrpc.getUpdateWebhookMethod(), this::update)
                .unary(WebhooksServiceGrpc.getDeleteWebhookMethod(), this::delete)
                .unary(WebhooksServiceGrpc.getRotateWebhookSecretMethod(), this::rotate)
                .unary(WebhooksServiceGrpc.getTestWebhookMethod(), this::test)
                .unary(WebhooksServiceGrpc.getListDeliveriesMethod(), this::listDeliveries)
                .unary(WebhooksServiceGrpc.getRedeliverDeliveryMethod(), this::redeliver)
                .build();
    }

    private CreateWebhookResponse create(CreateWebhookRequest request) {
        WebhookSettings settings = request.getSettings();
        rules.check(settings.getUrl());
        EndpointStore.Created created = endpoints.create(
                Identity.currentUser(), request.getRequestId(), digest(settings), settings, signer.newSecret());
        return CreateWebhookResponse.newBuilder()
                .setWebhook(created.webhook())
                .setSecret(created.secret())
                .build();
    }

    private static byte[] digest(WebhookSettings settings) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(settings.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }

    private GetWebhookResponse get(GetWebhookRequest request) {
        Webhook webhook = endpoints.get(Identity.currentUser(), UUID.fromString(request.getWebhookId()));
        return GetWebhookResponse.newBuilder().setWebhook(webhook).build();
    }

    private ListWebhooksResponse list(ListWebhooksRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        List<Webhook> page = endpoints.list(Identity.currentUser(), before(request.getPageToken()), size);
        return ListWebhooksResponse.newBuilder()
                .addAllWebhooks(page)
                .setNextPageToken(
                        page.size() < size
                                ? ""
                                : PageToken.after(UUID.fromString(page.getLast().getId())))
                .build();
    }

    private static @Nullable UUID before(String pageToken) {
        return pageToken.isEmpty() ? null : PageToken.read(pageToken);
    }

    private UpdateWebhookResponse update(UpdateWebhookRequest request) {
        rules.check(request.getSettings().getUrl());
        Webhook webhook = endpoints.update(
                Identity.currentUser(), UUID.fromString(request.getWebhookId()), request.getSettings());
        onDue.run();
        return UpdateWebhookResponse.newBuilder().setWebhook(webhook).build();
    }

    private DeleteWebhookResponse delete(DeleteWebhookRequest request) {
        endpoints.delete(Identity.currentUser(), UUID.fromString(request.getWebhookId()));
        return DeleteWebhookResponse.getDefaultInstance();
    }

    private RotateWebhookSecretResponse rotate(RotateWebhookSecretRequest request) {
        EndpointStore.Rotated rotated =
                endpoints.rotate(Identity.currentUser(), UUID.fromString(request.getWebhookId()), signer.newSecret());
        return RotateWebhookSecretResponse.newBuilder()
                .setSecret(rotated.secret())
                .setOldSecretExpireTime(Times.timestamp(rotated.oldExpiry()))
                .build();
    }

    private TestWebhookResponse test(TestWebhookRequest request) {
        Delivery delivery = deliveries.addTest(Identity.currentUser(), UUID.fromString(request.getWebhookId()));
        onDue.run();
        return TestWebhookResponse.newBuilder().setDelivery(delivery).build();
    }

    private ListDeliveriesResponse listDeliveries(ListDeliveriesRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        UUID webhookId = UUID.fromString(request.getWebhookId());
        endpoints.get(Identity.currentUser(), webhookId);
        List<Delivery> page = deliveries.list(
                Identity.currentUser(), webhookId, request.getState(), before(request.getPageToken()), size);
        return ListDeliveriesResponse.newBuilder()
                .addAllDeliveries(page)
                .setNextPageToken(
                        page.size() < size
                                ? ""
                                : PageToken.after(UUID.fromString(page.getLast().getId())))
                .build();
    }

    private RedeliverDeliveryResponse redeliver(RedeliverDeliveryRequest request) {
        Delivery delivery = deliveries.redeliver(
                Identity.currentUser(),
                UUID.fromString(request.getWebhookId()),
                UUID.fromString(request.getDeliveryId()));
        onDue.run();
        return RedeliverDeliveryResponse.newBuilder().setDelivery(delivery).build();
    }
}
