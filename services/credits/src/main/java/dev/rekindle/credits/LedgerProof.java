package dev.rekindle.credits;

import dev.rekindle.credits.v1.LedgerEntryType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The proof of one account's books: entries are shown to it in their order, then the charges; what does not hold it says
 * with the numbers. It trusts no column it can compute, and none of the rules of the schema.
 */
final class LedgerProof {
    /** What one charge of a job did in the ledger. */
    private record Paid(int deducted, int refunded) {
        static final Paid NOTHING = new Paid(0, 0);

        int net() {
            return deducted - refunded;
        }
    }

    private final Account account;
    private final List<String> findings = new ArrayList<>();
    private final Map<Entry.JobCharge, Paid> paid = new HashMap<>();
    private final Map<UUID, Integer> held = new HashMap<>();
    private int seq;
    private long balance;

    LedgerProof(Account account) {
        this.account = account;
    }

    /** Shows the next entry. */
    void entry(Entry entry) {
        String name = "Entry " + entry.seq() + " (" + entry.id() + ")";
        if (entry.seq() != seq + 1) {
            findings.add(name + " follows entry " + seq + ".");
        }
        if (entry.balanceBefore() != balance) {
            findings.add(name + " begins with " + entry.balanceBefore() + ", the sum before it is " + balance + ".");
        }
        seq = entry.seq();
        balance += entry.amount();
        if (entry.balanceAfter() != balance) {
            findings.add(name + " ends with " + entry.balanceAfter() + ", the sum is " + balance + ".");
        }
        if (balance < 0) {
            findings.add(name + " takes the balance to " + balance + ".");
        }
        if (entry.amount() == 0) {
            findings.add(name + " moves nothing.");
        }
        if (entry.job() != null) {
            job(entry, entry.job(), name);
        }
    }

    private void job(Entry entry, Entry.JobCharge job, String name) {
        Paid before = paid.getOrDefault(job, Paid.NOTHING);
        boolean deduction = entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION;
        Paid after = deduction
                ? new Paid(before.deducted() - entry.amount(), before.refunded())
                : new Paid(before.deducted(), before.refunded() + entry.amount());
        if (deduction && (before.deducted() > 0 || held.containsKey(job.jobId()))) {
            findings.add(name + " charges job " + job.jobId() + " (charge " + job.charge() + ") while charge "
                    + held.getOrDefault(job.jobId(), job.charge()) + " was made already.");
        }
        if (!deduction && (after.net() != 0 || before.deducted() == 0)) {
            findings.add(name + " gives back " + entry.amount() + " of charge " + job.charge() + " of job "
                    + job.jobId() + ", which holds " + before.net() + ".");
        }
        if (deduction) {
            held.put(job.jobId(), job.charge());
        } else {
            held.remove(job.jobId(), job.charge());
        }
        paid.put(job, after);
    }

    /** Shows a charge of the account, when all entries were shown. */
    void charge(Charge charge) {
        Paid booked = paid.remove(new Entry.JobCharge(charge.jobId(), charge.charge()));
        if (!expected(charge).equals(booked == null ? Paid.NOTHING : booked)) {
            findings.add("Charge " + charge.charge() + " of job " + charge.jobId() + " is " + charge.state() + " with "
                    + charge.credits() + " credits; the ledger has "
                    + (booked == null
                            ? "nothing"
                            : booked.deducted() + " deducted and " + booked.refunded() + " refunded")
                    + ".");
        }
    }

    /** Answers everything that does not hold, when all was shown. */
    List<String> end() {
        if (account.balance() != balance) {
            findings.add("The balance is " + account.balance() + ", the sum of the ledger is " + balance + ".");
        }
        if (account.lastSeq() != seq) {
            findings.add("The newest entry is " + seq + ", the account says " + account.lastSeq() + ".");
        }
        paid.keySet()
                .forEach(job -> findings.add("Charge " + job.charge() + " of job " + job.jobId()
                        + " is in the ledger and not among the charges."));
        return List.copyOf(findings);
    }

    private static Paid expected(Charge charge) {
        return switch (charge.state()) {
            case HELD -> new Paid(charge.credits(), 0);
            case RETURNED -> new Paid(charge.credits(), charge.credits());
            case VOID -> Paid.NOTHING;
        };
    }
}
