package dev.rekindle.credits;

import com.stripe.exception.EventDataObjectDeserializationException;
import com.stripe.model.Charge;
import com.stripe.model.Dispute;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Price;
import com.stripe.model.Refund;
import com.stripe.model.StripeObject;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.model.checkout.Session;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what Stripe's objects say, as events and answers bring them. Knows Stripe's words and nothing of our books. */
final class ReadStripeEvent {
    /** Metadata of what we make at Stripe. */
    static final String ACCOUNT = "rekindle_account";

    static final String CHECKOUT = "rekindle_checkout";
    static final String TIER = "rekindle_tier";
    static final String TERM = "rekindle_term";

    /** A hundred million dollars. */
    private static final long CENTS_MAX = 10_000_000_000L;

    private ReadStripeEvent() {}

    /** What an event says. One with an amount no price of anything has is kept, and moves nothing. */
    static StripeFact fact(Event event) {
        try {
            return read(event);
        } catch (OddAmount odd) {
            return new StripeFact.Nothing("An amount is " + odd.cents + " cents; expected 0 to " + CENTS_MAX + ".");
        }
    }

    private static StripeFact read(Event event) {
        Instant at = Instant.ofEpochSecond(event.getCreated());
        return switch (event.getType()) {
            case "checkout.session.completed", "checkout.session.async_payment_succeeded" ->
                object(event) instanceof Session session ? session(session, at) : strange(event);
            case "payment_intent.succeeded" ->
                object(event) instanceof PaymentIntent intent ? paid(intent) : strange(event);
            case "charge.refunded" -> object(event) instanceof Charge charge ? refunded(charge) : strange(event);
            case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated" ->
                object(event) instanceof Refund refund ? refund(refund) : strange(event);
            case "charge.dispute.created",
                    "charge.dispute.updated",
                    "charge.dispute.closed",
                    "charge.dispute.funds_withdrawn",
                    "charge.dispute.funds_reinstated" ->
                object(event) instanceof Dispute dispute ? disputed(dispute) : strange(event);
            case "customer.subscription.created",
                    "customer.subscription.updated",
                    "customer.subscription.deleted",
                    "customer.subscription.paused",
                    "customer.subscription.resumed" ->
                object(event) instanceof Subscription subscription ? subscribed(subscription) : strange(event);
            case String other -> new StripeFact.Nothing("Events of type " + other + " move no credits.");
        };
    }

    /** Whatever version the event was made with: what is read of it has had the same shape for years. */
    private static @Nullable StripeObject object(Event event) {
        try {
            return event.getDataObjectDeserializer().deserializeUnsafe();
        } catch (EventDataObjectDeserializationException e) {
            return null;
        }
    }

    private static StripeFact strange(Event event) {
        return new StripeFact.Nothing("An event of type " + event.getType() + " about something else.");
    }

    private static StripeFact session(Session session, Instant at) {
        boolean paid = !"unpaid".equals(session.getPaymentStatus());
        if (!paid || !"complete".equals(session.getStatus())) {
            return new StripeFact.Nothing("The checkout is not paid yet.");
        }
        String customer = text(session.getCustomer());
        if (session.getSubscription() != null) {
            return new StripeFact.Begun(session.getSubscription(), customer);
        }
        String payment = session.getPaymentIntent() == null ? session.getId() : session.getPaymentIntent();
        return new StripeFact.Paid(
                payment, customer, metadata(session.getMetadata(), CHECKOUT), amount(session.getAmountTotal()), at);
    }

    private static StripeFact paid(PaymentIntent intent) {
        return new StripeFact.Paid(
                intent.getId(),
                text(intent.getCustomer()),
                metadata(intent.getMetadata(), CHECKOUT),
                amount(intent.getAmountReceived()),
                Instant.ofEpochSecond(intent.getCreated()));
    }

    private static StripeFact refunded(Charge charge) {
        return charge.getPaymentIntent() == null
                ? new StripeFact.Nothing("The charge is of no payment intent.")
                : new StripeFact.Refunded(
                        charge.getPaymentIntent(), text(charge.getCustomer()), amount(charge.getAmountRefunded()));
    }

    /** A refund as it is now. */
    static StripeFact refund(Refund refund) {
        if (refund.getPaymentIntent() == null) {
            return new StripeFact.Nothing("The refund is of no payment intent.");
        }
        boolean failed = switch (text(refund.getStatus())) {
            case "failed", "canceled" -> true;
            // Succeeded, or on its way.
            case String other -> false;
        };
        return new StripeFact.Refund(refund.getId(), refund.getPaymentIntent(), amount(refund.getAmount()), failed);
    }

    private static StripeFact disputed(Dispute dispute) {
        if (dispute.getPaymentIntent() == null) {
            return new StripeFact.Nothing("The dispute is of no payment intent.");
        }
        return switch (text(dispute.getStatus())) {
            case "won" -> disputed(dispute, StripeFact.Dispute.WON);
            case "lost" -> disputed(dispute, StripeFact.Dispute.LOST);
            case "needs_response", "under_review" -> disputed(dispute, StripeFact.Dispute.OPEN);
            // Warnings and what may come yet: the bank has not taken the money.
            case String other -> new StripeFact.Nothing("The dispute is " + other + "; no money was taken.");
        };
    }

    private static StripeFact disputed(Dispute dispute, StripeFact.Dispute state) {
        return new StripeFact.Disputed(dispute.getId(), dispute.getPaymentIntent(), amount(dispute.getAmount()), state);
    }

    /** A subscription; Nothing where its price is none of ours. */
    static StripeFact subscribed(Subscription subscription) {
        if (subscription.getItems() == null || subscription.getItems().getData().isEmpty()) {
            return new StripeFact.Nothing("The subscription has no item.");
        }
        SubscriptionItem item = subscription.getItems().getData().getFirst();
        Price price = item.getPrice();
        Tier tier = tier(metadata(price.getMetadata(), TIER));
        BillingInterval term = term(price);
        if (tier == null || term == null) {
            return new StripeFact.Nothing("The price " + price.getId() + " is of no plan of ours.");
        }
        boolean ending = Boolean.TRUE.equals(subscription.getCancelAtPeriodEnd()) || subscription.getCancelAt() != null;
        return new StripeFact.Subscribed(
                subscription.getId(),
                text(subscription.getCustomer()),
                tier,
                term,
                amount(price.getUnitAmount()),
                text(subscription.getStatus()),
                ending,
                time(item.getCurrentPeriodEnd()),
                time(subscription.getStartDate() == null ? subscription.getCreated() : subscription.getStartDate()),
                subscription.getEndedAt() == null ? null : time(subscription.getEndedAt()));
    }

    private static @Nullable Tier tier(String name) {
        return Catalogue.tiers().stream()
                .filter(tier -> tier != Tier.TIER_FREE && EnumNames.of(tier).equals(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable BillingInterval term(Price price) {
        return switch (price.getRecurring() == null
                ? ""
                : text(price.getRecurring().getInterval())) {
            case "month" -> BillingInterval.BILLING_INTERVAL_MONTH;
            case "year" -> BillingInterval.BILLING_INTERVAL_YEAR;
            case String other -> null;
        };
    }

    private static Instant time(@Nullable Long seconds) {
        return Instant.ofEpochSecond(seconds == null ? 0 : seconds);
    }

    private static long amount(@Nullable Long cents) {
        if (cents != null && (cents < 0 || cents > CENTS_MAX)) {
            throw new OddAmount(cents);
        }
        return cents == null ? 0 : cents;
    }

    private static final class OddAmount extends RuntimeException {
        private final long cents;

        private OddAmount(long cents) {
            super("" + cents);
            this.cents = cents;
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static String metadata(@Nullable Map<String, String> values, String key) {
        return values == null ? "" : text(values.get(key));
    }
}
