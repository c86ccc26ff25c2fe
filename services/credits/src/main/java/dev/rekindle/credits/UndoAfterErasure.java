package dev.rekindle.credits;

import com.stripe.model.Refund;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what was still paid on a page that was open when an erasure was ordered: nothing can be had for it any more, so
 * subscriptions end at once and the money goes back. What to undo is read from the books, so that a crash loses none of it.
 */
final class UndoAfterErasure {
    private static final Logger log = LoggerFactory.getLogger(UndoAfterErasure.class);
    private static final int BATCH_MAX = 50;

    private final Database database;
    private final PaymentStore payments;
    private final SubscriptionStore store;
    private final Subscriptions subscriptions;
    private final ApplyStripeFact apply;
    private final StripeApi stripe;
    private final Clock clock;

    /** What is known of Stripe, and how it becomes so. */
    record Facts(PaymentStore payments, SubscriptionStore store, Subscriptions subscriptions, ApplyStripeFact apply) {}

    UndoAfterErasure(Database database, Facts facts, StripeApi stripe, Clock clock) {
        this.database = database;
        this.payments = facts.payments();
        this.store = facts.store();
        this.subscriptions = facts.subscriptions();
        this.apply = facts.apply();
        this.stripe = stripe;
        this.clock = clock;
    }

    /** Undoes what there is, at most a batch; one that fails keeps none of the others waiting. */
    void run() {
        for (UUID accountId : database.query(sql -> store.ofClosed(sql, BATCH_MAX))) {
            attempt("Subscriptions of the erased account " + accountId, () -> subscriptions.end(accountId));
        }
        List<String> paid = database.query(sql -> payments.ofClosed(sql, BATCH_MAX));
        for (String paymentId : paid) {
            attempt("The payment " + paymentId + " of an erased account", () -> giveBack(paymentId));
        }
    }

    private void giveBack(String paymentId) {
        Instant readAt = Times.now(clock);
        Refund refund = stripe.refund(paymentId);
        database.transact(sql -> apply.run(sql, ReadStripeEvent.refund(refund), readAt, readAt, Times.now(clock)));
        log.info("The payment {} came after its account's erasure was ordered; it went back", paymentId);
    }

    private static void attempt(String what, Runnable undo) {
        try {
            undo.run();
        } catch (Failure failure) {
            log.warn("{} could not be undone yet: {} {}", what, failure.message(), failure.detail());
        }
    }
}
