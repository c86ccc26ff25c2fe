package dev.rekindle.credits;

import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.CancelSubscriptionRequest;
import dev.rekindle.credits.v1.CancelSubscriptionResponse;
import dev.rekindle.credits.v1.CreateCheckoutRequest;
import dev.rekindle.credits.v1.CreateCheckoutResponse;
import dev.rekindle.credits.v1.CreatePortalRequest;
import dev.rekindle.credits.v1.CreatePortalResponse;
import dev.rekindle.credits.v1.GetSubscriptionRequest;
import dev.rekindle.credits.v1.GetSubscriptionResponse;
import dev.rekindle.credits.v1.PlanChoice;
import dev.rekindle.credits.v1.ReceiveStripeEventRequest;
import dev.rekindle.credits.v1.ReceiveStripeEventResponse;
import dev.rekindle.credits.v1.Subscription;
import dev.rekindle.credits.v1.SubscriptionState;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.util.Optional;

/** What takes money: checkouts, subscriptions, and what Stripe tells. */
final class BillingService {
    private final OpenAccount open;
    private final Catalogue catalogue;
    private final OpenCheckout checkout;
    private final Subscriptions subscriptions;
    private final StripeEvents events;

    BillingService(
            OpenAccount open,
            Catalogue catalogue,
            OpenCheckout checkout,
            Subscriptions subscriptions,
            StripeEvents events) {
        this.open = open;
        this.catalogue = catalogue;
        this.checkout = checkout;
        this.subscriptions = subscriptions;
        this.events = events;
    }

    void bindTo(RpcService.Builder service) {
        service.unary(BillingServiceGrpc.getCreateCheckoutMethod(), this::createCheckout)
                .unary(BillingServiceGrpc.getCreatePortalMethod(), this::createPortal)
                .unary(BillingServiceGrpc.getGetSubscriptionMethod(), this::getSubscription)
                .unary(BillingServiceGrpc.getCancelSubscriptionMethod(), this::cancelSubscription)
                .unary(BillingServiceGrpc.getReceiveStripeEventMethod(), this::receiveStripeEvent);
    }

    private CreateCheckoutResponse createCheckout(CreateCheckoutRequest request) {
        Account account = open.requireOpen(Identity.currentUser());
        OpenCheckout.Opened opened = switch (request.getItemCase()) {
            case PLAN -> plan(account, request);
            case TOP_UP_ID -> checkout.run(account, topUp(request), request.getReturnPath(), request.getRequestId());
            case ITEM_NOT_SET -> throw Failure.invalid("item", "is not given; expected plan or top_up_id.");
        };
        CreateCheckoutResponse.Builder response =
                CreateCheckoutResponse.newBuilder().setUrl(opened.url());
        if (opened.expiresAt() != null) {
            response.setExpireTime(Times.message(opened.expiresAt()));
        }
        return response.build();
    }

    private OpenCheckout.Opened plan(Account account, CreateCheckoutRequest request) {
        PlanChoice choice = request.getPlan();
        OpenCheckout.Item.Plan item =
                new OpenCheckout.Item.Plan(catalogue.plan(choice.getTier()), choice.getInterval());
        Optional<StripeFact.Subscribed> running = subscriptions.running(account);
        return running.isPresent()
                ? checkout.changePlan(account, running.get(), item, request.getReturnPath())
                : checkout.run(account, item, request.getReturnPath(), request.getRequestId());
    }

    private OpenCheckout.Item topUp(CreateCheckoutRequest request) {
        return catalogue.topUps().stream()
                .filter(topUp -> topUp.id().equals(request.getTopUpId()))
                .findFirst()
                .map(OpenCheckout.Item.TopUp::new)
                .orElseThrow(() ->
                        Failure.of(Reason.REASON_NOT_FOUND, "There is no top-up \"" + request.getTopUpId() + "\"."));
    }

    private CreatePortalResponse createPortal(CreatePortalRequest request) {
        Account account = open.requireOpen(Identity.currentUser());
        return CreatePortalResponse.newBuilder()
                .setUrl(checkout.portal(account, request.getReturnPath()))
                .build();
    }

    private GetSubscriptionResponse getSubscription(GetSubscriptionRequest request) {
        Account account = open.run(Identity.currentUser());
        return GetSubscriptionResponse.newBuilder()
                .setSubscription(subscriptions
                        .find(account)
                        .map(BillingService::message)
                        .orElseGet(() -> Subscription.newBuilder()
                                .setState(SubscriptionState.SUBSCRIPTION_STATE_NONE)
                                .build()))
                .build();
    }

    private CancelSubscriptionResponse cancelSubscription(CancelSubscriptionRequest request) {
        Account account = open.run(Identity.currentUser());
        StripeFact.Subscribed subscribed =
                request.getPreview() ? subscriptions.requireRunning(account) : subscriptions.cancel(account);
        return CancelSubscriptionResponse.newBuilder()
                .setSubscription(message(subscribed))
                .setCreditsLost(account.balance())
                .build();
    }

    private ReceiveStripeEventResponse receiveStripeEvent(ReceiveStripeEventRequest request) {
        events.receive(request.getPayload().toByteArray(), request.getSignature(), subscriptions::read);
        return ReceiveStripeEventResponse.getDefaultInstance();
    }

    private static Subscription message(StripeFact.Subscribed subscribed) {
        Timestamp end = Times.message(subscribed.periodEnd());
        return Subscription.newBuilder()
                .setState(state(subscribed))
                .setTier(subscribed.tier())
                .setInterval(subscribed.term())
                .setPeriodEndTime(subscribed.endedAt() == null ? end : Times.message(subscribed.endedAt()))
                .build();
    }

    private static SubscriptionState state(StripeFact.Subscribed subscribed) {
        if (!subscribed.givesTier()) {
            return SubscriptionState.SUBSCRIPTION_STATE_ENDED;
        }
        if (subscribed.isPastDue()) {
            return SubscriptionState.SUBSCRIPTION_STATE_PAST_DUE;
        }
        return subscribed.ending()
                ? SubscriptionState.SUBSCRIPTION_STATE_ENDING
                : SubscriptionState.SUBSCRIPTION_STATE_ACTIVE;
    }
}
