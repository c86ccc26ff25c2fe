package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.util.UUID;

/** A movement of credits before it is booked: what it is for, how much, why and by whom. */
sealed interface Posting {

    /** Who causes what comes of the tiers and the calendar. */
    String OURSELVES = "credits";

    /** Who causes what comes of payments. */
    String STRIPE = "stripe";

    LedgerEntryType type();

    /** Positive into the account, negative out of it; never 0. */
    int amount();

    /** What the movement is for. The same key is never booked twice. */
    String key();

    String reason();

    String cause();

    /** What a paid job is, and the tier it is paid on. */
    record JobTerms(JobType type, Tier tier) {}

    /** A job is paid. */
    record Deduction(UUID jobId, int charge, JobTerms terms, int credits, String cause) implements Posting {
        static String key(UUID jobId, int charge) {
            return "job:" + jobId + ":charge:" + charge;
        }

        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION;
        }

        @Override
        public int amount() {
            return -credits;
        }

        @Override
        public String key() {
            return key(jobId, charge);
        }

        @Override
        public String reason() {
            return EnumNames.title(EnumNames.of(terms.type()));
        }
    }

    /** What a job paid is given back. */
    record Refund(Charge charge, String reason, String cause) implements Posting {
        static String key(UUID jobId, int charge) {
            return "job:" + jobId + ":refund:" + charge;
        }

        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND;
        }

        @Override
        public int amount() {
            return charge.credits();
        }

        @Override
        public String key() {
            return key(charge.jobId(), charge.charge());
        }
    }

    /**
     * Credits of a tier for the month that runs. A dearer tier may add to a month; the total, which only grows, tells the
     * grants of one month apart.
     */
    record Grant(UUID accountId, Tier tier, GrantSchedule schedule, int credits, String cause) implements Posting {
        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT;
        }

        @Override
        public int amount() {
            return credits;
        }

        @Override
        public String key() {
            int total = schedule.monthGranted() + credits;
            return "grant:" + accountId + ":" + schedule.period() + ":" + total;
        }

        @Override
        public String reason() {
            return EnumNames.title(EnumNames.of(tier)) + ", month from " + schedule.monthStart();
        }
    }

    /** Credits given or taken by an operator. */
    record Adjustment(String requestId, int amount, String reason, String cause) implements Posting {
        static String key(String requestId) {
            return "adjust:" + requestId;
        }

        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_ADJUSTMENT;
        }

        @Override
        public String key() {
            return key(requestId);
        }
    }

    /** Credits lost with the end of a paid tier. */
    record Forfeit(UUID accountId, Tier tier, GrantSchedule schedule, int credits, String cause) implements Posting {
        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_FORFEIT;
        }

        @Override
        public int amount() {
            return -credits;
        }

        @Override
        public String key() {
            return "forfeit:" + accountId + ":" + schedule.period();
        }

        @Override
        public String reason() {
            return "End of " + EnumNames.title(EnumNames.of(tier));
        }
    }

    /** Credits bought, once for each payment. */
    record Purchase(String paymentId, int credits) implements Posting {
        static final String KEY = "purchase:";

        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_PURCHASE;
        }

        @Override
        public int amount() {
            return credits;
        }

        @Override
        public String key() {
            return KEY + paymentId;
        }

        @Override
        public String reason() {
            return credits + " credits bought";
        }

        @Override
        public String cause() {
            return STRIPE;
        }
    }

    /**
     * Credits taken back because their money was: at most what is there.
     *
     * @param key which step of which payment
     */
    record Clawback(String key, int credits) implements Posting {
        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK;
        }

        @Override
        public int amount() {
            return -credits;
        }

        @Override
        public String reason() {
            return "Money of this payment went back";
        }

        @Override
        public String cause() {
            return STRIPE;
        }
    }

    /**
     * What is owed, paid from credits that came.
     *
     * @param seq place of this entry in the account's chain
     */
    record DebtPaid(UUID accountId, int seq, int credits) implements Posting {
        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK;
        }

        @Override
        public int amount() {
            return -credits;
        }

        @Override
        public String key() {
            return "debt:" + accountId + ":" + seq;
        }

        @Override
        public String reason() {
            return "Owed since money was taken back";
        }

        @Override
        public String cause() {
            return STRIPE;
        }
    }

    /** Credits given again because their money came again: a dispute that was won, a refund that failed. */
    record Reinstatement(String paymentId, int step, int credits) implements Posting {
        static final String KEY = "reinstate:";

        @Override
        public LedgerEntryType type() {
            return LedgerEntryType.LEDGER_ENTRY_TYPE_ADJUSTMENT;
        }

        @Override
        public int amount() {
            return credits;
        }

        @Override
        public String key() {
            return KEY + paymentId + ":" + step;
        }

        @Override
        public String reason() {
            return "The payment stands again";
        }

        @Override
        public String cause() {
            return STRIPE;
        }
    }
}
