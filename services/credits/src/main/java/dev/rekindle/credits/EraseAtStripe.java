package dev.rekindle.credits;

import dev.rekindle.platform.db.Database;
import java.util.UUID;

/** Takes an account away from Stripe: its subscriptions end at once, and the customer is deleted. Again, it does nothing. */
final class EraseAtStripe {
    private final Database database;
    private final CheckoutStore checkouts;
    private final Subscriptions subscriptions;
    private final StripeApi stripe;

    EraseAtStripe(Database database, CheckoutStore checkouts, Subscriptions subscriptions, StripeApi stripe) {
        this.database = database;
        this.checkouts = checkouts;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
    }

    void run(UUID accountId) {
        subscriptions.end(accountId);
        database.query(sql -> checkouts.customer(sql, accountId)).ifPresent(stripe::deleteCustomer);
    }
}
