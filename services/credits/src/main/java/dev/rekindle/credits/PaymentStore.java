package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.DISPUTES;
import static dev.rekindle.credits.tables.Tables.PAYMENTS;
import static dev.rekindle.credits.tables.Tables.REFUNDS;

import dev.rekindle.credits.tables.tables.records.DisputesRecord;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.tables.tables.records.RefundsRecord;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The SQL of payments. Facts are merged so that their order does not matter. */
final class PaymentStore {
    static final String TOP_UP = "TOP_UP";
    static final String SUBSCRIPTION = "SUBSCRIPTION";
    /** Ids of disputes from when only their payment was kept. */
    private static final String OF_UNKNOWN_ID = "payment:";

    /** The payment, locked; made where nothing was heard of it yet. */
    PaymentsRecord take(DSLContext sql, String id, Instant now) {
        sql.insertInto(PAYMENTS)
                .set(PAYMENTS.ID, id)
                .set(PAYMENTS.CREDITS, 0)
                .set(PAYMENTS.CENTS, 0L)
                .set(PAYMENTS.REFUNDED_CENTS, 0L)
                .set(PAYMENTS.DISPUTED_CENTS, 0L)
                .set(PAYMENTS.DISPUTE, StripeFact.Dispute.NONE.name())
                .set(PAYMENTS.BOOKED, false)
                .set(PAYMENTS.CLAWED_CREDITS, 0)
                .set(PAYMENTS.CLAWED_STEPS, 0)
                .set(PAYMENTS.HEARD_AT, Times.utc(now))
                .onConflictDoNothing()
                .execute();
        return sql.selectFrom(PAYMENTS).where(PAYMENTS.ID.eq(id)).forUpdate().fetchSingle();
    }

    /** Whose a payment is, as far as it is known. */
    Optional<UUID> accountOf(DSLContext sql, String id) {
        return sql.select(PAYMENTS.ACCOUNT_ID)
                .from(PAYMENTS)
                .where(PAYMENTS.ID.eq(id).and(PAYMENTS.ACCOUNT_ID.isNotNull()))
                .fetchOptional(PAYMENTS.ACCOUNT_ID);
    }

    /** A payment is the account's from the first fact that names it. */
    void merge(PaymentsRecord row, @Nullable UUID accountId) {
        if (row.getAccountId() == null && accountId != null) {
            row.setAccountId(accountId);
        }
    }

    /** Paid once, at the earliest time told; a top-up once one fact says so. */
    void mergePaid(PaymentsRecord row, StripeFact.Paid paid, @Nullable Integer credits) {
        OffsetDateTime at = Times.utc(paid.at());
        if (row.getPaidAt() == null || at.isBefore(row.getPaidAt())) {
            row.setPaidAt(at);
        }
        row.setCents(Math.max(row.getCents(), paid.cents()));
        if (credits != null && !TOP_UP.equals(row.getKind())) {
            // Taken for a subscription's until now, it gave no credits yet.
            row.setBooked(false);
            row.setKind(TOP_UP);
            row.setCredits(credits);
        } else if (row.getKind() == null) {
            row.setKind(SUBSCRIPTION);
        }
    }

    /** So much was refunded in all at some moment. */
    void mergeRefunded(DSLContext sql, PaymentsRecord row, long cents) {
        row.setRefundTotalCents(Math.max(row.getRefundTotalCents(), cents));
        row.setRefundedCents(refundedCents(sql, row));
    }

    /** A refund is there from the first fact that names it, and has failed from the first that says so. */
    void mergeRefund(DSLContext sql, PaymentsRecord row, StripeFact.Refund refund, Instant now) {
        sql.insertInto(REFUNDS)
                .set(REFUNDS.ID, refund.refundId())
                .set(REFUNDS.PAYMENT_ID, row.getId())
                .set(REFUNDS.CENTS, refund.cents())
                .set(REFUNDS.FAILED, refund.failed())
                .set(REFUNDS.HEARD_AT, Times.utc(now))
                .onConflict(REFUNDS.ID)
                .doUpdate()
                .set(REFUNDS.FAILED, true)
                .where(DSL.condition(DSL.excluded(REFUNDS.FAILED)))
                .execute();
        row.setRefundedCents(refundedCents(sql, row));
    }

    /** Money of the refunds that stand: of those that were named, and of those that only a total tells of. */
    private static long refundedCents(DSLContext sql, PaymentsRecord row) {
        long named = 0;
        long standing = 0;
        for (RefundsRecord refund : sql.selectFrom(REFUNDS)
                .where(REFUNDS.PAYMENT_ID.eq(row.getId()))
                .fetch()) {
            named += refund.getCents();
            standing += refund.getFailed() ? 0 : refund.getCents();
        }
        return standing + Math.max(0, row.getRefundTotalCents() - named);
    }

    /** A dispute is there from the first fact that names it, and stands where the latest of its states says. */
    void mergeDispute(DSLContext sql, PaymentsRecord row, StripeFact.Disputed disputed, Instant now) {
        sql.deleteFrom(DISPUTES)
                .where(DISPUTES.PAYMENT_ID.eq(row.getId()).and(DISPUTES.ID.startsWith(OF_UNKNOWN_ID)))
                .execute();
        sql.insertInto(DISPUTES)
                .set(DISPUTES.ID, disputed.disputeId())
                .set(DISPUTES.PAYMENT_ID, row.getId())
                .set(DISPUTES.CENTS, disputed.cents())
                .set(DISPUTES.STATE, disputed.state().name())
                .set(DISPUTES.HEARD_AT, Times.utc(now))
                .onConflictDoNothing()
                .execute();
        long cents = 0;
        StripeFact.Dispute worst = StripeFact.Dispute.WON;
        for (DisputesRecord one : sql.selectFrom(DISPUTES)
                .where(DISPUTES.PAYMENT_ID.eq(row.getId()))
                .fetch()) {
            if (one.getId().equals(disputed.disputeId())) {
                merge(one, disputed);
            }
            StripeFact.Dispute state = StripeFact.Dispute.valueOf(one.getState());
            if (state != StripeFact.Dispute.WON) {
                cents += one.getCents();
                worst = worst == StripeFact.Dispute.LOST ? worst : state;
            }
        }
        row.setDisputedCents(cents);
        row.setDispute(worst.name());
    }

    private static void merge(DisputesRecord known, StripeFact.Disputed disputed) {
        known.setCents(Math.max(known.getCents(), disputed.cents()));
        if (disputed.state().compareTo(StripeFact.Dispute.valueOf(known.getState())) > 0) {
            known.setState(disputed.state().name());
        }
        known.update();
    }

    /** The payments of an account that may still change its books: not booked yet, or with money or credits taken back. */
    List<PaymentsRecord> unsettled(DSLContext sql, UUID accountId) {
        return sql.selectFrom(PAYMENTS)
                .where(PAYMENTS.ACCOUNT_ID.eq(accountId))
                .and(PAYMENTS.KIND.isNotNull())
                .and(PAYMENTS.BOOKED
                        .isFalse()
                        .or(PAYMENTS.REFUNDED_CENTS.gt(0L))
                        .or(PAYMENTS.CLAWED_CREDITS.gt(0))
                        .or(PAYMENTS.DISPUTED_CENTS.gt(0L)))
                .orderBy(PAYMENTS.PAID_AT, PAYMENTS.ID)
                .forUpdate()
                .fetch();
    }

    /** Payments first heard of after the erasure of their account was ordered, of which nothing went back or was tried to. */
    List<String> ofClosed(DSLContext sql, int limit) {
        return sql.select(PAYMENTS.ID)
                .from(PAYMENTS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(PAYMENTS.ACCOUNT_ID))
                .where(ACCOUNTS.CLOSED_AT.le(PAYMENTS.HEARD_AT))
                .and(PAYMENTS.PAID_AT.isNotNull().and(PAYMENTS.CENTS.gt(0L)))
                .and(PAYMENTS.REFUND_TOTAL_CENTS.eq(0L).and(PAYMENTS.DISPUTE.eq(StripeFact.Dispute.NONE.name())))
                .andNotExists(DSL.selectOne().from(REFUNDS).where(REFUNDS.PAYMENT_ID.eq(PAYMENTS.ID)))
                .orderBy(PAYMENTS.HEARD_AT, PAYMENTS.ID)
                .limit(limit)
                .fetch(PAYMENTS.ID);
    }

    List<PaymentsRecord> ofAccount(DSLContext sql, UUID accountId) {
        return between(sql, accountId, accountId);
    }

    /** All payments of a range of accounts, account by account. */
    List<PaymentsRecord> between(DSLContext sql, UUID firstAccount, UUID lastAccount) {
        return sql.selectFrom(PAYMENTS)
                .where(PAYMENTS.ACCOUNT_ID.between(firstAccount, lastAccount))
                .orderBy(PAYMENTS.ACCOUNT_ID, PAYMENTS.ID)
                .fetch();
    }
}
