package dev.rekindle.credits;

import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.v1.BillingInterval;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jooq.DSLContext;

/**
 * One payment in the books: its credits given once, and taken back in proportion to the money that went back. What was
 * spent by then becomes a debt. Credits that were lost since, with the end of a plan, are not taken a second time.
 */
final class SettlePayment {
    /** Grants are booked when we hear of a payment; Stripe's clock and ours may differ. */
    private static final Duration CLOCKS_DIFFER_MAX = Duration.ofMinutes(5);

    private final BookEntry book;
    private final LedgerStore ledger;
    private final Catalogue catalogue;

    SettlePayment(BookEntry book, LedgerStore ledger, Catalogue catalogue) {
        this.book = book;
        this.ledger = ledger;
        this.catalogue = catalogue;
    }

    /** In the caller's transaction, of a locked account. Writes the payment; the caller writes the account. */
    Account run(
            DSLContext sql,
            Account account,
            PaymentsRecord payment,
            List<StripeFact.Subscribed> subscriptions,
            Instant now) {
        if (payment.getPaidAt() == null) {
            return account;
        }
        Account next = payment.getBooked() ? account : give(sql, account, payment);
        int due = due(sql, next, payment, subscriptions, now);
        int before = payment.getClawedCredits();
        if (due != before) {
            payment.setClawedCredits(due);
            payment.setClawedSteps(payment.getClawedSteps() + 1);
            int step = payment.getClawedSteps();
            next = due > before
                    ? book.takeBack(sql, next, due - before, "clawback:" + payment.getId() + ":" + step)
                    : book(sql, next, new Posting.Reinstatement(payment.getId(), step, before - due));
        }
        payment.update();
        return next;
    }

    private Account give(DSLContext sql, Account account, PaymentsRecord payment) {
        payment.setBooked(true);
        if (payment.getCredits() == 0) {
            return account;
        }
        return book(sql, account, new Posting.Purchase(payment.getId(), payment.getCredits()));
    }

    private Account book(DSLContext sql, Account account, Posting posting) {
        return book.runLocked(sql, account, posting).account();
    }

    /** Credits that must have come back by now, of those the payment gave. */
    private int due(
            DSLContext sql,
            Account account,
            PaymentsRecord payment,
            List<StripeFact.Subscribed> subscriptions,
            Instant now) {
        long lost = lostCents(payment);
        if (lost == 0) {
            return 0;
        }
        Instant paidAt = payment.getPaidAt().toInstant();
        int given = payment.getKind().equals(PaymentStore.TOP_UP)
                ? payment.getCredits()
                : granted(sql, account, paidAt, subscriptions, now);
        long share = payment.getCents() == 0 ? given : given * lost / payment.getCents();
        int forfeited = ledger.forfeitedSince(sql, account.id(), paidAt);
        long due = Math.min(share, Math.max(payment.getClawedCredits(), given - forfeited));
        return Math.toIntExact(Math.max(0, due));
    }

    /** Money that is not ours any more, at most what was paid. */
    static long lostCents(PaymentsRecord payment) {
        boolean gone = switch (StripeFact.Dispute.valueOf(payment.getDispute())) {
            case OPEN, LOST -> true;
            case NONE, WON -> false;
        };
        long lost = payment.getRefundedCents() + (gone ? payment.getDisputedCents() : 0);
        return Math.min(payment.getCents(), lost);
    }

    /** Credits that came with the months this payment of a subscription paid for. */
    private int granted(
            DSLContext sql, Account account, Instant paidAt, List<StripeFact.Subscribed> subscriptions, Instant now) {
        for (StripeFact.Subscribed one : subscriptions) {
            boolean runs = !paidAt.isBefore(one.startedAt().minus(CLOCKS_DIFFER_MAX))
                    && (one.endedAt() == null || paidAt.isBefore(one.endedAt().plus(CLOCKS_DIFFER_MAX)));
            if (runs) {
                int months = one.term() == BillingInterval.BILLING_INTERVAL_YEAR ? 12 : 1;
                Instant end = paidAt.atZone(ZoneOffset.UTC).plusMonths(months).toInstant();
                int most = months * catalogue.plan(one.tier()).monthlyCredits();
                Instant from = paidAt.minus(CLOCKS_DIFFER_MAX);
                return Math.min(most, ledger.grantedBetween(sql, account.id(), from, end.isBefore(now) ? end : null));
            }
        }
        return 0;
    }
}
