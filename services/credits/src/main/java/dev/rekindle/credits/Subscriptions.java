package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscriptions as their users see and end them, and as they are read from Stripe. */
final class Subscriptions {
    private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);
    private static final int BATCH_MAX = 50;
    private static final Duration MISSING_DELAY = Duration.ofDays(1);

    private final Database database;
    private final SubscriptionStore subscriptions;
    private final ApplyStripeFact apply;
    private final StripeApi stripe;
    private final Clock clock;

    Subscriptions(
            Database database, SubscriptionStore subscriptions, ApplyStripeFact apply, StripeApi stripe, Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.apply = apply;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** The one that gives the account its tier; else the last one there was. */
    Optional<StripeFact.Subscribed> find(Account account) {
        List<StripeFact.Subscribed> all = database.query(sql -> subscriptions.ofAccount(sql, account.id()));
        return SettleAccount.running(all).or(() -> all.stream().findFirst());
    }

    /** The one that gives the account its tier. */
    Optional<StripeFact.Subscribed> running(Account account) {
        return SettleAccount.running(database.query(sql -> subscriptions.ofAccount(sql, account.id())));
    }

    /**
     * Lets what runs end with its period: the subscription that gives the tier, and any other there should be beside it, since
     * nobody means to keep paying for that. What ends already stays as it is.
     *
     * @throws Failure STATE_CONFLICT if none runs
     */
    StripeFact.Subscribed cancel(Account account) {
        StripeFact.Subscribed running = requireRunning(account);
        for (StripeFact.Subscribed one : database.query(sql -> subscriptions.ofAccount(sql, account.id()))) {
            if (one.givesTier() && !one.ending()) {
                Instant readAt = Times.now(clock);
                see(ReadStripeEvent.subscribed(stripe.cancelAtPeriodEnd(one.id())), readAt);
            }
        }
        return running(account).orElse(running);
    }

    /** Ends at once what subscriptions an account has. */
    void end(UUID accountId) {
        for (StripeFact.Subscribed one : database.query(sql -> subscriptions.ofAccount(sql, accountId))) {
            if (!one.isOver()) {
                Instant readAt = Times.now(clock);
                stripe.cancelNow(one.id()).ifPresent(ended -> see(ReadStripeEvent.subscribed(ended), readAt));
            }
        }
    }

    /** @throws Failure STATE_CONFLICT if none runs */
    StripeFact.Subscribed requireRunning(Account account) {
        return running(account)
                .orElseThrow(() -> Failure.of(Reason.REASON_STATE_CONFLICT, "You have no subscription that runs."));
    }

    /** Reads a subscription from Stripe and applies what it is now. */
    void read(String id) {
        Instant readAt = Times.now(clock);
        var found = stripe.subscription(id);
        if (found.isPresent()) {
            see(ReadStripeEvent.subscribed(found.get()), readAt);
        } else {
            log.warn("Stripe has no subscription {}; what is known of it stays", id);
            database.query(sql -> {
                subscriptions.refreshAt(sql, id, readAt.plus(MISSING_DELAY));
                return true;
            });
        }
    }

    private void see(StripeFact fact, Instant readAt) {
        database.transact(sql -> apply.run(sql, fact, readAt, readAt, Times.now(clock)));
    }

    /** Reads those that are due. True: there may be more. One that fails keeps none of the others waiting. */
    boolean readDue() {
        List<String> due = database.query(sql -> subscriptions.due(sql, Times.now(clock), BATCH_MAX));
        int failed = 0;
        for (String id : due) {
            try {
                read(id);
            } catch (Failure failure) {
                failed++;
                log.warn("Subscription {} was not read: {} {}", id, failure.message(), failure.detail());
            }
        }
        return due.size() == BATCH_MAX && failed == 0;
    }
}
