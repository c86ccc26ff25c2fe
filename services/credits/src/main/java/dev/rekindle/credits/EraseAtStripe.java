package dev.rekindle.credits;

import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.util.UUID;

/**
 * Takes an account away from Stripe: what could still be paid cannot any more, its subscriptions end at once, and the customer
 * is deleted. Again, it does nothing.
 */
final class EraseAtStripe {
    private final Database database;
    private final CheckoutStore checkouts;
    private final Subscriptions subscriptions;
    private final StripeApi stripe;
    private final Clock clock;

    EraseAtStripe(
            Database database, CheckoutStore checkouts, Subscriptions subscriptions, StripeApi stripe, Clock clock) {
        this.database = database;
        this.checkouts = checkouts;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.clock = clock;
    }

    void run(UUID accountId) {
        database.query(sql -> checkouts.open(sql, accountId, Times.now(clock)))
                .forEach(checkout -> stripe.expire(checkout.getSessionId()));
        subscriptions.end(accountId);
        database.query(sql -> checkouts.customer(sql, accountId)).ifPresent(stripe::deleteCustomer);
    }
}
