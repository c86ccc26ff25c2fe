package dev.rekindle.credits;

import dev.rekindle.credits.tables.tables.records.CheckoutsRecord;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.tables.tables.records.SubscriptionsRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Adds a fact to what is known, and settles the account it is about. */
final class ApplyStripeFact {
    /** How far Stripe's clock and ours may be apart. */
    private static final Duration CLOCKS_DIFFER_MAX = Duration.ofMinutes(1);

    private final PaymentStore payments;
    private final SubscriptionStore subscriptions;
    private final CheckoutStore checkouts;
    private final AccountStore accounts;
    private final SettleAccount settle;
    private final Duration refreshInterval;

    /** @param refreshInterval time between two readings of a subscription that runs */
    ApplyStripeFact(
            PaymentStore payments,
            SubscriptionStore subscriptions,
            CheckoutStore checkouts,
            AccountStore accounts,
            SettleAccount settle,
            Duration refreshInterval) {
        this.payments = payments;
        this.subscriptions = subscriptions;
        this.checkouts = checkouts;
        this.accounts = accounts;
        this.settle = settle;
        this.refreshInterval = refreshInterval;
    }

    /** What came of a fact, and whose it was; a plan's subscription that must be read is named. */
    record Applied(
            String outcome,
            @Nullable UUID accountId,
            @Nullable String subscriptionToRead) {}

    /**
     * In the caller's transaction.
     *
     * @param asOf the moment at Stripe that the fact shows
     * @param readAt when it was read from Stripe, by our clock; null where an event told it
     */
    Applied run(DSLContext sql, StripeFact fact, Instant asOf, @Nullable Instant readAt, Instant now) {
        return switch (fact) {
            case StripeFact.Paid paid -> paid(sql, paid, now);
            case StripeFact.Refunded refunded -> refunded(sql, refunded, now);
            case StripeFact.Refund refund -> refund(sql, refund, now);
            case StripeFact.Disputed disputed -> disputed(sql, disputed, now);
            case StripeFact.Subscribed subscribed -> subscribed(sql, subscribed, asOf, readAt, now);
            case StripeFact.Begun begun -> begun(sql, begun);
            case StripeFact.Nothing nothing -> new Applied(nothing.why(), null, null);
        };
    }

    private Applied paid(DSLContext sql, StripeFact.Paid paid, Instant now) {
        Optional<CheckoutsRecord> checkout = checkout(sql, paid.checkoutId());
        UUID accountId = checkout.map(CheckoutsRecord::getAccountId)
                .or(() -> checkouts.accountOf(sql, paid.customerId()))
                .orElse(null);
        if (accountId == null) {
            return nobody(paid.customerId());
        }
        PaymentsRecord row = take(sql, paid.paymentId(), accountId, now);
        payments.mergePaid(row, paid, checkout.map(CheckoutsRecord::getCredits).orElse(null));
        return settled(sql, row, "Paid: " + paid.cents() + " cents", now);
    }

    private Optional<CheckoutsRecord> checkout(DSLContext sql, String id) {
        try {
            return id.isEmpty() ? Optional.empty() : checkouts.find(sql, UUID.fromString(id));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private Applied refunded(DSLContext sql, StripeFact.Refunded refunded, Instant now) {
        UUID accountId = checkouts.accountOf(sql, refunded.customerId()).orElse(null);
        PaymentsRecord row = take(sql, refunded.paymentId(), accountId, now);
        payments.mergeRefunded(sql, row, refunded.cents());
        return settled(sql, row, "Refunded: " + refunded.cents() + " cents in all", now);
    }

    private Applied refund(DSLContext sql, StripeFact.Refund refund, Instant now) {
        UUID accountId = payments.accountOf(sql, refund.paymentId()).orElse(null);
        PaymentsRecord row = take(sql, refund.paymentId(), accountId, now);
        payments.mergeRefund(sql, row, refund, now);
        String what = refund.failed() ? "failed" : "stands";
        return settled(sql, row, "Refund " + refund.refundId() + " of " + refund.cents() + " cents " + what, now);
    }

    private Applied disputed(DSLContext sql, StripeFact.Disputed disputed, Instant now) {
        // A dispute does not say whose it is; the payment does, once it is known.
        UUID accountId = payments.accountOf(sql, disputed.paymentId()).orElse(null);
        PaymentsRecord row = take(sql, disputed.paymentId(), accountId, now);
        payments.mergeDispute(sql, row, disputed, now);
        return settled(sql, row, "Dispute " + disputed.state() + ": " + disputed.cents() + " cents", now);
    }

    /** The account's lock comes before those of its payments, for everybody, so that no two wait for each other. */
    private PaymentsRecord take(DSLContext sql, String paymentId, @Nullable UUID accountId, Instant now) {
        if (accountId != null) {
            accounts.lock(sql, accountId);
        }
        PaymentsRecord row = payments.take(sql, paymentId, now);
        payments.merge(row, accountId);
        return row;
    }

    /** A payment nobody is known for yet waits for the fact that says who paid. */
    private Applied settled(DSLContext sql, PaymentsRecord row, String outcome, Instant now) {
        row.store();
        UUID accountId = row.getAccountId();
        if (accountId != null) {
            settle.run(sql, accountId, now);
        }
        return new Applied(outcome, accountId, null);
    }

    private Applied subscribed(
            DSLContext sql, StripeFact.Subscribed subscribed, Instant asOf, @Nullable Instant readAt, Instant now) {
        Optional<UUID> accountId = checkouts.accountOf(sql, subscribed.customerId());
        if (accountId.isEmpty()) {
            return nobody(subscribed.customerId());
        }
        accounts.lock(sql, accountId.get());
        Optional<SubscriptionsRecord> row = subscriptions.lock(sql, subscribed.id());
        String outcome;
        if (row.isEmpty()) {
            subscriptions.insert(sql, accountId.get(), subscribed, asOf, readAt, now.plus(refreshInterval));
            outcome = "First heard of: " + subscribed.status();
        } else {
            outcome = merge(row.get(), subscribed, asOf, readAt, now);
            row.get().store();
        }
        settle.run(sql, accountId.get(), now);
        return new Applied(outcome, accountId.get(), null);
    }

    /** The newer wins, an end wins over everything, and where it cannot be told Stripe is asked. */
    private String merge(
            SubscriptionsRecord row,
            StripeFact.Subscribed subscribed,
            Instant asOf,
            @Nullable Instant readAt,
            Instant now) {
        StripeFact.Subscribed before = SubscriptionStore.fact(row);
        if (readAt != null) {
            row.setReadAt(Times.utc(readAt));
            row.setRefreshAt(Times.utc(now.plus(refreshInterval)));
        }
        if (before.isOver()) {
            return "It had ended already";
        }
        if (subscribed.isOver() || readAt != null) {
            SubscriptionStore.show(row, subscribed, asOf);
            return "Now " + subscribed.status();
        }
        boolean same = before.equals(withoutCustomer(subscribed));
        Instant lastRead = Times.instant(row.getReadAt());
        boolean mayBeOlderThanRead = lastRead != null && !asOf.isAfter(lastRead.plus(CLOCKS_DIFFER_MAX));
        int later = asOf.compareTo(row.getAsOf().toInstant());
        if (same) {
            return "Nothing new";
        }
        if (mayBeOlderThanRead || later == 0) {
            row.setRefreshAt(Times.utc(now));
            if (later == 0 && !mayBeOlderThanRead && isFurther(subscribed, before)) {
                SubscriptionStore.show(row, subscribed, asOf);
            }
            return "It may be older than what is known; Stripe is asked";
        }
        if (later < 0) {
            return "Older than what is known";
        }
        SubscriptionStore.show(row, subscribed, asOf);
        return "Now " + subscribed.status();
    }

    private static StripeFact.Subscribed withoutCustomer(StripeFact.Subscribed one) {
        return new StripeFact.Subscribed(
                one.id(),
                "",
                one.tier(),
                one.term(),
                one.cents(),
                one.status(),
                one.ending(),
                one.periodEnd(),
                one.startedAt(),
                one.endedAt());
    }

    /** Of two in one second, the one further along a subscription's life. */
    private static boolean isFurther(StripeFact.Subscribed one, StripeFact.Subscribed other) {
        return !other.givesTier() && one.givesTier();
    }

    private Applied begun(DSLContext sql, StripeFact.Begun begun) {
        UUID accountId = checkouts.accountOf(sql, begun.customerId()).orElse(null);
        if (accountId == null) {
            return nobody(begun.customerId());
        }
        boolean known = subscriptions.lock(sql, begun.subscriptionId()).isPresent();
        return new Applied("Begun: " + begun.subscriptionId(), accountId, known ? null : begun.subscriptionId());
    }

    private static Applied nobody(String customerId) {
        return new Applied("The customer \"" + customerId + "\" is none of ours", null, null);
    }
}
