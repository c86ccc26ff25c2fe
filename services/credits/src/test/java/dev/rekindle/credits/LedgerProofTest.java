package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each way in which books can be wrong is found by the proof, and right books by none. */
@Tag("CR-04")
class LedgerProofTest {
    private static final UUID ACCOUNT = new UUID(1, 1);
    private static final UUID JOB = new UUID(2, 2);

    private static Account account(int balance, int lastSeq) {
        return new Account(
                ACCOUNT,
                "anna",
                Tier.TIER_FREE,
                balance,
                lastSeq,
                GrantSchedule.from(CreditsRoom.START),
                Standing.NEW,
                CreditsRoom.START);
    }

    private static Entry entry(int seq, LedgerEntryType type, int amount, int before, @Nullable Integer charge) {
        return new Entry(
                new UUID(3, seq),
                ACCOUNT,
                seq,
                type,
                amount,
                before,
                before + amount,
                "key:" + seq,
                charge == null ? null : new Entry.JobCharge(JOB, charge),
                "",
                "test",
                CreditsRoom.START);
    }

    private static Entry grant(int seq, int amount, int before) {
        return entry(seq, LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT, amount, before, null);
    }

    private static Entry deduction(int seq, int amount, int before, int charge) {
        return entry(seq, LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION, -amount, before, charge);
    }

    private static Entry refund(int seq, int amount, int before, int charge) {
        return entry(seq, LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND, amount, before, charge);
    }

    private static Charge charge(int number, int credits, Charge.State state) {
        return new Charge(JOB, number, ACCOUNT, JobType.JOB_TYPE_COMBINED, credits, state);
    }

    private static List<String> findings(Account account, List<Entry> entries, Charge... charges) {
        LedgerProof proof = new LedgerProof(account);
        entries.forEach(proof::entry);
        List.of(charges).forEach(proof::charge);
        return proof.end();
    }

    @Test
    void right_books_have_no_findings() {
        List<Entry> entries = List.of(
                grant(1, 10, 0), deduction(2, 4, 10, 1), refund(3, 4, 6, 1), deduction(4, 4, 10, 3), grant(5, 3, 6));
        assertThat(findings(
                        account(9, 5),
                        entries,
                        charge(1, 4, Charge.State.RETURNED),
                        charge(2, 0, Charge.State.VOID),
                        charge(3, 4, Charge.State.HELD)))
                .isEmpty();
        assertThat(findings(account(0, 0), List.of())).isEmpty();
    }

    @Test
    void a_balance_that_is_not_the_sum_is_found() {
        assertThat(findings(account(4, 1), List.of(grant(1, 3, 0))))
                .containsExactly("The balance is 4, the sum of the ledger is 3.");
    }

    @Test
    void a_missing_entry_is_found() {
        assertThat(findings(account(6, 3), List.of(grant(1, 3, 0), grant(3, 3, 3))))
                .containsExactly("Entry 3 (" + new UUID(3, 3) + ") follows entry 1.");
        assertThat(findings(account(3, 2), List.of(grant(1, 3, 0))))
                .containsExactly("The newest entry is 1, the account says 2.");
    }

    @Test
    void an_entry_that_does_not_follow_is_found() {
        assertThat(findings(account(6, 2), List.of(grant(1, 3, 0), grant(2, 3, 5))))
                .containsExactly(
                        "Entry 2 (" + new UUID(3, 2) + ") begins with 5, the sum before it is 3.",
                        "Entry 2 (" + new UUID(3, 2) + ") ends with 8, the sum is 6.");
    }

    @Test
    void a_balance_below_zero_and_an_empty_entry_are_found() {
        assertThat(findings(
                        account(-1, 2),
                        List.of(grant(1, 3, 0), deduction(2, 4, 3, 1)),
                        charge(1, 4, Charge.State.HELD)))
                .containsExactly("Entry 2 (" + new UUID(3, 2) + ") takes the balance to -1.");
        assertThat(findings(account(0, 1), List.of(grant(1, 0, 0))))
                .containsExactly("Entry 1 (" + new UUID(3, 1) + ") moves nothing.");
    }

    @Test
    void a_job_that_holds_two_charges_is_found() {
        assertThat(findings(
                        account(2, 3),
                        List.of(grant(1, 10, 0), deduction(2, 4, 10, 1), deduction(3, 4, 6, 2)),
                        charge(1, 4, Charge.State.HELD),
                        charge(2, 4, Charge.State.HELD)))
                .singleElement()
                .asString()
                .contains("charges job " + JOB + " (charge 2) while charge 1 was made already");
    }

    @Test
    void a_charge_made_twice_is_found() {
        assertThat(findings(
                        account(6, 4),
                        List.of(grant(1, 10, 0), deduction(2, 4, 10, 1), refund(3, 4, 6, 1), deduction(4, 4, 10, 1)),
                        charge(1, 4, Charge.State.RETURNED)))
                .hasSize(2)
                .first()
                .asString()
                .contains("while charge 1 was made already");
    }

    @Test
    void a_refund_of_nothing_or_of_another_amount_or_twice_is_found() {
        assertThat(findings(account(14, 2), List.of(grant(1, 10, 0), refund(2, 4, 10, 1))))
                .first()
                .asString()
                .contains("gives back 4 of charge 1");
        assertThat(findings(
                        account(11, 3),
                        List.of(grant(1, 10, 0), deduction(2, 4, 10, 1), refund(3, 5, 6, 1)),
                        charge(1, 4, Charge.State.RETURNED)))
                .first()
                .asString()
                .contains("gives back 5 of charge 1", "which holds 4");
        assertThat(findings(
                        account(14, 4),
                        List.of(grant(1, 10, 0), deduction(2, 4, 10, 1), refund(3, 4, 6, 1), refund(4, 4, 10, 1)),
                        charge(1, 4, Charge.State.RETURNED)))
                .first()
                .asString()
                .contains("gives back 4 of charge 1", "which holds 0");
    }

    @Test
    void charges_that_say_other_than_the_ledger_are_found() {
        List<Entry> entries = List.of(grant(1, 10, 0), deduction(2, 4, 10, 1));
        assertThat(findings(account(6, 2), entries))
                .containsExactly("Charge 1 of job " + JOB + " is in the ledger and not among the charges.");
        assertThat(findings(account(6, 2), entries, charge(1, 4, Charge.State.RETURNED)))
                .containsExactly("Charge 1 of job " + JOB
                        + " is RETURNED with 4 credits; the ledger has 4 deducted and 0 refunded.");
        assertThat(findings(account(6, 2), entries, charge(1, 0, Charge.State.VOID)))
                .singleElement()
                .asString()
                .contains("is VOID");
        assertThat(findings(account(10, 1), List.of(grant(1, 10, 0)), charge(1, 4, Charge.State.HELD)))
                .containsExactly("Charge 1 of job " + JOB + " is HELD with 4 credits; the ledger has nothing.");
    }
}
