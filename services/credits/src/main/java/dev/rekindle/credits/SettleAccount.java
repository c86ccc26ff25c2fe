package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Makes an account's books say what the facts say: its tier that of its subscriptions, each top-up's credits given once,
 * and taken back as far as their money was. It compares and moves the difference, so it may run after every fact, in any
 * order and again.
 */
final class SettleAccount {
    private final AccountStore accounts;
    private final PaymentStore payments;
    private final SubscriptionStore subscriptions;
    private final GrantMonths months;
    private final SetTier setTier;
    private final SettlePayment settlePayment;

    SettleAccount(
            AccountStore accounts,
            PaymentStore payments,
            SubscriptionStore subscriptions,
            GrantMonths months,
            SetTier setTier,
            SettlePayment settlePayment) {
        this.accounts = accounts;
        this.payments = payments;
        this.subscriptions = subscriptions;
        this.months = months;
        this.setTier = setTier;
        this.settlePayment = settlePayment;
    }

    /** In the caller's transaction. Answers the account as it is then. */
    Account run(DSLContext sql, UUID accountId, Instant now) {
        Account account = months.catchUp(sql, accounts.lock(sql, accountId));
        List<StripeFact.Subscribed> all = subscriptions.ofAccount(sql, accountId);
        account = subscribe(sql, account, running(all));
        for (PaymentsRecord payment : payments.unsettled(sql, accountId)) {
            account = settlePayment.run(sql, account, payment, all, now);
        }
        accounts.update(sql, account);
        return account;
    }

    /** The subscription that gives the tier: of the running ones the dearest, and of equals one that is paid. */
    static Optional<StripeFact.Subscribed> running(List<StripeFact.Subscribed> all) {
        Optional<StripeFact.Subscribed> best = Optional.empty();
        for (StripeFact.Subscribed one : all) {
            if (one.givesTier() && (best.isEmpty() || isBetter(one, best.get()))) {
                best = Optional.of(one);
            }
        }
        return best;
    }

    private static boolean isBetter(StripeFact.Subscribed one, StripeFact.Subscribed other) {
        int dearer = one.tier().compareTo(other.tier());
        return dearer > 0 || (dearer == 0 && other.isPastDue() && !one.isPastDue());
    }

    private Account subscribe(DSLContext sql, Account account, Optional<StripeFact.Subscribed> running) {
        Tier tier = running.map(StripeFact.Subscribed::tier).orElse(Tier.TIER_FREE);
        boolean held = running.map(StripeFact.Subscribed::isPastDue).orElse(false);
        // What an operator set stays until the subscription itself says something new.
        boolean news = tier != account.standing().subscribed();
        boolean unheld = account.standing().held() && !held;
        Account next = account.withStanding(account.standing().withSubscription(tier, held));
        if (unheld) {
            next = months.catchUp(sql, next);
        }
        return news && tier != next.tier() ? setTier.move(sql, next, tier, Posting.STRIPE) : next;
    }
}
