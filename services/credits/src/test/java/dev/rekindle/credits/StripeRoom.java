package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.embedded.stripe.StripeServer;
import dev.rekindle.platform.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A room with a stand-in for Stripe, whose events the test carries to us itself, in whatever order. */
final class StripeRoom implements AutoCloseable {
    static final String WEBHOOK_SECRET = "whsec_of_the_test";
    static final String API_KEY = "sk_test_of_the_test";

    final CreditsRoom room;
    final StripeServer stripe;
    final Billing billing;
    private int delivered;

    StripeRoom() {
        this(new CreditsRoom());
    }

    StripeRoom(CreditsRoom room) {
        this.room = room;
        try {
            stripe = StripeServer.start(new StripeServer.Config(0, API_KEY, WEBHOOK_SECRET, null, null), room.clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StripeConfig config = StripeConfig.from(Settings.of(Map.of(
                "stripe.api_key",
                API_KEY,
                "stripe.webhook_secret",
                WEBHOOK_SECRET,
                "stripe.api_base",
                stripe.endpoint().toString(),
                "public_url",
                "http://rekindle.test/")));
        billing = new Billing(config, room.catalogue, room.books(), room.ids, room.clock);
    }

    /** Opens a checkout of a top-up and pays it; nothing is delivered. The payment's id. */
    String payTopUp(String userId, String topUpId) {
        stripe.pay(openTopUp(userId, topUpId, "").url());
        return stripe.ids("payment_intent").getLast();
    }

    OpenCheckout.Opened openTopUp(String userId, String topUpId, String requestId) {
        Catalogue.TopUp topUp = room.catalogue.topUps().stream()
                .filter(one -> one.id().equals(topUpId))
                .findFirst()
                .orElseThrow();
        return billing.checkout.run(room.open.run(userId), new OpenCheckout.Item.TopUp(topUp), "/credits", requestId);
    }

    /** Opens a checkout of a monthly plan and pays it; nothing is delivered. The subscription's id. */
    String paySubscription(String userId, Tier tier) {
        return paySubscription(userId, tier, BillingInterval.BILLING_INTERVAL_MONTH);
    }

    /** The same for an account that may not be open any more. */
    String paySubscription(Account account, Tier tier) {
        return paySubscription(account, tier, BillingInterval.BILLING_INTERVAL_MONTH);
    }

    String paySubscription(String userId, Tier tier, BillingInterval term) {
        return paySubscription(room.open.run(userId), tier, term);
    }

    private String paySubscription(Account account, Tier tier, BillingInterval term) {
        stripe.pay(billing.checkout
                .run(
                        account,
                        new OpenCheckout.Item.Plan(room.catalogue.plan(tier), term),
                        "/credits",
                        UUID.randomUUID().toString())
                .url());
        return stripe.ids("subscription").getLast();
    }

    /** The price of a monthly plan at Stripe, made where it is not there. */
    String price(Tier tier) {
        return new StripeApi(StripeConfig.from(Settings.of(Map.of(
                        "stripe.api_key", API_KEY,
                        "stripe.webhook_secret", WEBHOOK_SECRET,
                        "stripe.api_base", stripe.endpoint().toString()))))
                .price(room.catalogue.plan(tier), BillingInterval.BILLING_INTERVAL_MONTH);
    }

    void deliver(String event) {
        billing.events.receive(
                event.getBytes(StandardCharsets.UTF_8), stripe.signature(event), billing.subscriptions::read);
    }

    /** Delivers what was not delivered yet, as Stripe would, and lets what follows from it happen. */
    void deliver() {
        List<String> all = stripe.events();
        all.subList(delivered, all.size()).forEach(this::deliver);
        delivered = all.size();
        billing.reconcile.catchUp();
    }

    int balance(String userId) {
        return room.balance(userId);
    }

    Account account(String userId) {
        return room.open.run(userId);
    }

    @Override
    public void close() {
        stripe.close();
        room.close();
    }
}
