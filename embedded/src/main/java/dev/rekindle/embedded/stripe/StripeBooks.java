package dev.rekindle.embedded.stripe;

import static dev.rekindle.embedded.stripe.StripeShapes.number;
import static dev.rekindle.embedded.stripe.StripeShapes.text;

import com.google.gson.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens at Stripe: payments, periods, refunds, disputes. Each leaves the events that Stripe sends for it. */
final class StripeBooks {
    private final StripeObjects store;
    private final Clock clock;
    private final Runnable changed;

    /** @param changed called after events were made */
    StripeBooks(StripeObjects store, Clock clock, Runnable changed) {
        this.store = store;
        this.clock = clock;
        this.changed = changed;
    }

    private void tell(String type, JsonObject object) {
        store.put(object);
        store.addEvent(StripeShapes.event(store.newId("evt"), type, object, null, clock.instant()));
    }

    private void done() {
        store.save();
        changed.run();
    }

    /** Somebody pays an open checkout. Paying twice is paying once. */
    synchronized JsonObject pay(String sessionId) {
        JsonObject session = store.get(sessionId);
        if (!text(session, "status").equals("open")) {
            return session;
        }
        if (text(session, "mode").equals("subscription")) {
            session.addProperty("subscription", begin(session));
        } else {
            JsonObject metadata = session.getAsJsonObject("pays_with_metadata").deepCopy();
            session.addProperty(
                    "payment_intent", take(text(session, "customer"), number(session, "amount_total"), metadata));
        }
        session.addProperty("payment_status", "paid");
        session.addProperty("status", "complete");
        tell("checkout.session.completed", session);
        done();
        return session;
    }

    /** An open checkout can be paid no more. */
    synchronized JsonObject expire(String sessionId) {
        JsonObject session = store.get(sessionId);
        if (!text(session, "status").equals("open")) {
            throw new StripeError(
                    400,
                    "invalid_request_error",
                    "",
                    "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "
                            + text(session, "status") + ".");
        }
        session.addProperty("status", "expired");
        tell("checkout.session.expired", session);
        done();
        return session;
    }

    /** Money is taken; the payment intent's id. */
    private String take(String customer, long cents, JsonObject metadata) {
        Instant now = clock.instant();
        JsonObject intent = StripeShapes.paymentIntent(store.newId("pi"), customer, cents, metadata, now);
        JsonObject charge = StripeShapes.charge(store.newId("ch"), intent, now);
        intent.addProperty("latest_charge", text(charge, "id"));
        tell("charge.succeeded", charge);
        tell("payment_intent.succeeded", intent);
        return text(intent, "id");
    }

    private String begin(JsonObject session) {
        Instant now = clock.instant();
        JsonObject price = store.get(text(session, "pays_for_price"));
        JsonObject subscription =
                StripeShapes.subscription(store.newId("sub"), store.newId("si"), text(session, "customer"), price, now);
        tell("customer.subscription.created", subscription);
        invoice(subscription, number(price, "unit_amount"), "subscription_create", true);
        subscription.addProperty("status", "active");
        tell("customer.subscription.updated", subscription);
        return text(subscription, "id");
    }

    private void invoice(JsonObject subscription, long cents, String reason, boolean paid) {
        JsonObject invoice = StripeShapes.invoice(store.newId("in"), subscription, cents, reason, clock.instant());
        subscription.addProperty("latest_invoice", text(invoice, "id"));
        if (paid) {
            settle(invoice);
        } else {
            tell("invoice.payment_failed", invoice);
        }
    }

    private void settle(JsonObject invoice) {
        take(text(invoice, "customer"), number(invoice, "amount_due"), new JsonObject());
        invoice.addProperty("amount_paid", number(invoice, "amount_due"));
        invoice.addProperty("status", "paid");
        tell("invoice.paid", invoice);
    }

    /** The next period begins: it is paid or, where the card fails, past due. One that was to end with its period ends. */
    synchronized JsonObject renew(String subscriptionId, boolean cardWorks) {
        JsonObject subscription = store.get(subscriptionId);
        if (subscription.get("cancel_at_period_end").getAsBoolean()) {
            return end(subscriptionId);
        }
        JsonObject item = StripeShapes.item(subscription);
        StripeShapes.setPeriod(item, Instant.ofEpochSecond(number(item, "current_period_end")));
        invoice(subscription, number(item.getAsJsonObject("price"), "unit_amount"), "subscription_cycle", cardWorks);
        subscription.addProperty("status", cardWorks ? "active" : "past_due");
        tell("customer.subscription.updated", subscription);
        done();
        return subscription;
    }

    /** A card that failed works again: the open invoice is paid. */
    synchronized JsonObject recover(String subscriptionId) {
        JsonObject subscription = store.get(subscriptionId);
        JsonObject invoice = store.get(text(subscription, "latest_invoice"));
        if (text(invoice, "status").equals("open")) {
            settle(invoice);
        }
        subscription.addProperty("status", "active");
        tell("customer.subscription.updated", subscription);
        done();
        return subscription;
    }

    /**
     * Another plan from now on. What it costs more for the rest of the period is taken at once; what it costs less is not given
     * back. Where the new plan has another period, one begins.
     */
    synchronized JsonObject changePlan(String subscriptionId, String priceId) {
        JsonObject subscription = store.get(subscriptionId);
        JsonObject item = StripeShapes.item(subscription);
        JsonObject price = store.get(priceId);
        long due = dueForChange(subscription, price);
        boolean restarts = !StripeShapes.interval(price).equals(StripeShapes.interval(item.getAsJsonObject("price")));
        item.add("price", price.deepCopy());
        if (restarts) {
            StripeShapes.setPeriod(item, clock.instant());
        }
        if (due > 0) {
            invoice(subscription, due, "subscription_update", true);
        }
        tell("customer.subscription.updated", subscription);
        done();
        return subscription;
    }

    /** Cents to pay now for another plan: what it costs, less what of the present one is paid and not used. */
    long dueForChange(JsonObject subscription, JsonObject price) {
        JsonObject item = StripeShapes.item(subscription);
        JsonObject own = item.getAsJsonObject("price");
        long start = number(item, "current_period_start");
        long end = number(item, "current_period_end");
        double left = (double) Math.clamp(end - clock.instant().getEpochSecond(), 0, end - start) / (end - start);
        boolean restarts = !StripeShapes.interval(price).equals(StripeShapes.interval(own));
        double cost = number(price, "unit_amount") * (restarts ? 1 : left);
        return Math.max(0, Math.round(cost - number(own, "unit_amount") * left));
    }

    synchronized JsonObject setEnding(String subscriptionId, boolean ending) {
        JsonObject subscription = store.get(subscriptionId);
        if (text(subscription, "status").equals("canceled")) {
            throw new StripeError(
                    400, "invalid_request_error", "resource_missing", "A canceled subscription can only be read.");
        }
        if (subscription.get("cancel_at_period_end").getAsBoolean() != ending) {
            subscription.addProperty("cancel_at_period_end", ending);
            tell("customer.subscription.updated", subscription);
            done();
        }
        return subscription;
    }

    synchronized JsonObject end(String subscriptionId) {
        JsonObject subscription = store.get(subscriptionId);
        if (!text(subscription, "status").equals("canceled")) {
            long now = clock.instant().getEpochSecond();
            subscription.addProperty("status", "canceled");
            subscription.addProperty("canceled_at", now);
            subscription.addProperty("ended_at", now);
            tell("customer.subscription.deleted", subscription);
            done();
        }
        return subscription;
    }

    /** Deletes a customer, which ends what subscriptions it has. Its id is kept, so that what is left stays readable. */
    synchronized JsonObject forget(String customerId) {
        JsonObject customer = store.get(customerId);
        store.all("subscription", subscription -> text(subscription, "customer").equals(customerId))
                .forEach(subscription -> end(text(subscription, "id")));
        customer.addProperty("deleted", true);
        tell("customer.deleted", customer);
        done();
        return customer;
    }

    synchronized JsonObject refund(String paymentIntentId, long cents) {
        JsonObject charge = chargeOf(paymentIntentId);
        long refunded = number(charge, "amount_refunded") + cents;
        if (cents <= 0 || refunded > number(charge, "amount")) {
            throw new StripeError(
                    400, "invalid_request_error", "charge_already_refunded", "The refund is greater than the charge.");
        }
        JsonObject refund = StripeShapes.refund(store.newId("re"), charge, cents, clock.instant());
        charge.addProperty("amount_refunded", refunded);
        charge.addProperty("refunded", refunded == number(charge, "amount"));
        tell("refund.created", refund);
        tell("charge.refunded", charge);
        done();
        return refund;
    }

    /** The bank sends a refund back, days later. One that failed already stays so. */
    synchronized JsonObject failRefund(String refundId) {
        JsonObject refund = store.get(refundId);
        if (!text(refund, "status").equals("failed")) {
            refund.addProperty("status", "failed");
            refund.addProperty("failure_balance_transaction", store.newId("txn"));
            refund.addProperty("failure_reason", "expired_or_canceled_card");
            JsonObject charge = store.get(text(refund, "charge"));
            charge.addProperty("amount_refunded", number(charge, "amount_refunded") - number(refund, "amount"));
            charge.addProperty("refunded", false);
            store.put(charge);
            tell("charge.refund.updated", refund);
            tell("refund.updated", refund);
            tell("refund.failed", refund);
            done();
        }
        return refund;
    }

    synchronized JsonObject dispute(String paymentIntentId) {
        JsonObject charge = chargeOf(paymentIntentId);
        charge.addProperty("disputed", true);
        store.put(charge);
        JsonObject dispute = StripeShapes.dispute(store.newId("du"), charge, clock.instant());
        tell("charge.dispute.created", dispute);
        tell("charge.dispute.funds_withdrawn", dispute);
        done();
        return dispute;
    }

    synchronized JsonObject closeDispute(String disputeId, boolean won) {
        JsonObject dispute = store.get(disputeId);
        dispute.addProperty("status", won ? "won" : "lost");
        if (won) {
            tell("charge.dispute.funds_reinstated", dispute);
        }
        tell("charge.dispute.closed", dispute);
        done();
        return dispute;
    }

    private JsonObject chargeOf(String paymentIntentId) {
        return store.get(text(store.get(paymentIntentId), "latest_charge"));
    }

    /** Begins every period that is due. */
    synchronized void renewDue() {
        long now = clock.instant().getEpochSecond();
        List<JsonObject> due = store.all(
                "subscription",
                subscription -> text(subscription, "status").equals("active")
                        && number(StripeShapes.item(subscription), "current_period_end") <= now);
        due.forEach(subscription -> renew(text(subscription, "id"), true));
    }

    /** A newest subscription of a customer that is not over; null where there is none. */
    synchronized @Nullable JsonObject subscriptionOf(String customer) {
        List<JsonObject> all = store.all(
                "subscription",
                subscription -> text(subscription, "customer").equals(customer)
                        && !text(subscription, "status").equals("canceled"));
        return all.isEmpty() ? null : all.getLast();
    }
}
