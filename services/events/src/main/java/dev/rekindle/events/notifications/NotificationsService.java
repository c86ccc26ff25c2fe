package dev.rekindle.events.notifications;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.ConfirmEmailAddressRequest;
import dev.rekindle.events.v1.ConfirmEmailAddressResponse;
import dev.rekindle.events.v1.DeleteEmailAddressRequest;
import dev.rekindle.events.v1.DeleteEmailAddressResponse;
import dev.rekindle.events.v1.DeletePushSubscriptionRequest;
import dev.rekindle.events.v1.DeletePushSubscriptionResponse;
import dev.rekindle.events.v1.GetNotificationSettingsRequest;
import dev.rekindle.events.v1.GetNotificationSettingsResponse;
import dev.rekindle.events.v1.ListPushSubscriptionsRequest;
import dev.rekindle.events.v1.ListPushSubscriptionsResponse;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.RegisterPushSubscriptionRequest;
import dev.rekindle.events.v1.RegisterPushSubscriptionResponse;
import dev.rekindle.events.v1.SetEmailAddressRequest;
import dev.rekindle.events.v1.SetEmailAddressResponse;
import dev.rekindle.events.v1.UnsubscribeEmailRequest;
import dev.rekindle.events.v1.UnsubscribeEmailResponse;
import dev.rekindle.events.v1.UpdateNotificationPreferencesRequest;
import dev.rekindle.events.v1.UpdateNotificationPreferencesResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.UUID;

/** rekindle.events.v1.NotificationsService. */
final class NotificationsService {
    private final Notifications notifications;
    private final Runnable onDue;

    /** @param onDue has deliveries looked for */
    NotificationsService(Notifications notifications, Runnable onDue) {
        this.notifications = notifications;
        this.onDue = onDue;
    }

    ServerServiceDefinition define() {
        return RpcService.of(NotificationsServiceGrpc.getServiceDescriptor())
                .unary(NotificationsServiceGrpc.getGetNotificationSettingsMethod(), this::get)
                .unary(NotificationsServiceGrpc.getUpdateNotificationPreferencesMethod(), this::update)
                .unary(NotificationsServiceGrpc.getRegisterPushSubscriptionMethod(), this::register)
                .unary(NotificationsServiceGrpc.getListPushSubscriptionsMethod(), this::list)
                .unary(NotificationsServiceGrpc.getDeletePushSubscriptionMethod(), this::delete)
                .unary(NotificationsServiceGrpc.getSetEmailAddressMethod(), this::setEmail)
                .unary(NotificationsServiceGrpc.getDeleteEmailAddressMethod(), this::deleteEmail)
                .unary(NotificationsServiceGrpc.getConfirmEmailAddressMethod(), this::confirm)
                .unary(NotificationsServiceGrpc.getUnsubscribeEmailMethod(), this::unsubscribe)
                .build();
    }

    private GetNotificationSettingsResponse get(GetNotificationSettingsRequest request) {
        return GetNotificationSettingsResponse.newBuilder()
                .setSettings(notifications.settings(Identity.currentUser()))
                .build();
    }

    private UpdateNotificationPreferencesResponse update(UpdateNotificationPreferencesRequest request) {
        notifications.preferences().set(Identity.currentUser(), request.getPreferences());
        return UpdateNotificationPreferencesResponse.newBuilder()
                .setPreferences(notifications.preferences().get(Identity.currentUser()))
                .build();
    }

    private RegisterPushSubscriptionResponse register(RegisterPushSubscriptionRequest request) {
        if (!notifications.pushes()) {
            throw Failure.of(Reason.REASON_STATE_CONFLICT, "This Rekindle has no push: it has no VAPID keys.");
        }
        notifications.rules().check(request.getEndpoint());
        byte[] p256dh = request.getP256Dh().toByteArray();
        try {
            P256.point(p256dh);
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("p256dh", "is no point of P-256, uncompressed.");
        }
        return RegisterPushSubscriptionResponse.newBuilder()
                .setSubscription(notifications
                        .pushStore()
                        .register(
                                Identity.currentUser(),
                                request.getEndpoint(),
                                new PushStore.Keys(p256dh, request.getAuth().toByteArray()),
                                request.getLabel()))
                .build();
    }

    private ListPushSubscriptionsResponse list(ListPushSubscriptionsRequest request) {
        return ListPushSubscriptionsResponse.newBuilder()
                .addAllSubscriptions(notifications.pushStore().list(Identity.currentUser()))
                .build();
    }

    private DeletePushSubscriptionResponse delete(DeletePushSubscriptionRequest request) {
        notifications.pushStore().delete(Identity.currentUser(), UUID.fromString(request.getSubscriptionId()));
        return DeletePushSubscriptionResponse.getDefaultInstance();
    }

    private SetEmailAddressResponse setEmail(SetEmailAddressRequest request) {
        if (!notifications.mails()) {
            throw Failure.of(Reason.REASON_STATE_CONFLICT, "This Rekindle sends no e-mail: it has no mail server.");
        }
        try {
            new InternetAddress(request.getAddress(), true).validate();
        } catch (AddressException e) {
            throw Failure.invalid("address", "\"" + request.getAddress() + "\" is no e-mail address.");
        }
        var email = notifications.emailStore().set(Identity.currentUser(), request.getAddress());
        onDue.run();
        return SetEmailAddressResponse.newBuilder().setEmail(email).build();
    }

    private DeleteEmailAddressResponse deleteEmail(DeleteEmailAddressRequest request) {
        notifications.emailStore().delete(Identity.currentUser());
        return DeleteEmailAddressResponse.getDefaultInstance();
    }

    private ConfirmEmailAddressResponse confirm(ConfirmEmailAddressRequest request) {
        notifications.emailStore().confirm(request.getToken());
        return ConfirmEmailAddressResponse.getDefaultInstance();
    }

    private UnsubscribeEmailResponse unsubscribe(UnsubscribeEmailRequest request) {
        notifications.emailStore().unsubscribe(request.getToken());
        return UnsubscribeEmailResponse.getDefaultInstance();
    }
}
