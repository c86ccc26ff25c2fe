package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one Stripe event, or one look at Stripe, says. Facts only grow, so they may be told in any order and again. */
sealed interface StripeFact {

    /** Statuses in which Stripe never touches a subscription again. */
    Set<String> OVER = Set.of("canceled", "incomplete_expired");

    /** Statuses in which a subscription gives its tier. */
    Set<String> GIVING = Set.of("active", "trialing", "past_due");

    /**
     * Money came.
     *
     * @param paymentId the payment intent
     * @param checkoutId the checkout it was for, where that was a top-up; empty for a subscription's
     */
    record Paid(String paymentId, String customerId, String checkoutId, long cents, Instant at) implements StripeFact {}

    /**
     * One refund of a payment. It does not say whose the payment is.
     *
     * @param failed whether it failed or was cancelled, which is for good: its money never left, or came back
     */
    record Refund(String refundId, String paymentId, long cents, boolean failed) implements StripeFact {}

    /** Money of a payment was given back, so much in all as far as no refund has failed by then. */
    record Refunded(String paymentId, String customerId, long cents) implements StripeFact {}

    /** Money of a payment is disputed. */
    record Disputed(String disputeId, String paymentId, long cents, Dispute state) implements StripeFact {}

    /** Where a dispute stands; a later one wins over an earlier one. */
    enum Dispute {
        NONE,
        OPEN,
        LOST,
        WON
    }

    /**
     * A subscription as it was at a moment.
     *
     * @param ending whether it ends with its period
     */
    record Subscribed(
            String id,
            String customerId,
            Tier tier,
            BillingInterval term,
            long cents,
            String status,
            boolean ending,
            Instant periodEnd,
            Instant startedAt,
            @Nullable Instant endedAt)
            implements StripeFact {

        boolean isOver() {
            return OVER.contains(status);
        }

        boolean givesTier() {
            return GIVING.contains(status);
        }

        boolean isPastDue() {
            return status.equals("past_due");
        }
    }

    /** A checkout of a plan was paid: this is its subscription, about which more is to be read. */
    record Begun(String subscriptionId, String customerId) implements StripeFact {}

    /** Nothing that moves credits. */
    record Nothing(String why) implements StripeFact {}
}
