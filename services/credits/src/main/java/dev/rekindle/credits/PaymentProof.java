package dev.rekindle.credits;

import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The proof that money and credits agree in one account: each paid top-up gave its credits once, whatever number of events
 * told of it, nothing was given that nobody paid, and what went back was taken back or is owed.
 */
final class PaymentProof {
    private final Account account;
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Integer> bought = new HashMap<>();
    private long taken;
    private long reinstated;
    private long due;

    PaymentProof(Account account) {
        this.account = account;
    }

    /** Shows an entry of the ledger. */
    void entry(Entry entry) {
        String key = entry.businessKey();
        if (entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_PURCHASE) {
            String paymentId = key.substring(Math.min(key.length(), Posting.Purchase.KEY.length()));
            if (bought.merge(paymentId, entry.amount(), Integer::sum) != entry.amount()) {
                findings.add("The credits of payment " + paymentId + " were given more than once.");
            }
        } else if (entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK) {
            taken -= entry.amount();
        } else if (key.startsWith(Posting.Reinstatement.KEY)) {
            reinstated += entry.amount();
        }
    }

    /** Shows a payment of the account, when all entries were shown. */
    void payment(PaymentsRecord payment) {
        Integer given = bought.remove(payment.getId());
        int expected = payment.getBooked() ? payment.getCredits() : 0;
        if ((given == null ? 0 : given) != expected) {
            findings.add("Payment " + payment.getId() + " bought " + expected + " credits; the ledger has "
                    + (given == null ? "none" : given) + ".");
        }
        if (payment.getPaidAt() != null && payment.getKind() != null && !payment.getBooked()) {
            findings.add("Payment " + payment.getId() + " is paid and not in the books.");
        }
        due += payment.getClawedCredits();
    }

    /** Answers everything that does not hold, when all was shown. */
    List<String> end() {
        bought.forEach((paymentId, credits) ->
                findings.add(credits + " credits were given for payment " + paymentId + ", which nobody made."));
        long owed = due - taken + reinstated;
        if (owed != account.standing().debt()) {
            findings.add("The debt is " + account.standing().debt() + "; " + due + " credits had to come back, "
                    + (taken - reinstated) + " did.");
        }
        if (account.standing().debt() > 0 && account.balance() > 0) {
            findings.add("There are " + account.balance() + " credits to spend while "
                    + account.standing().debt() + " are owed.");
        }
        return List.copyOf(findings);
    }
}
