package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.platform.rpc.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-04")
class AdjustBalanceIT {
    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    @Test
    void an_operator_gives_and_takes_credits() {
        Entry given = room.adjust("anna", 20, "r-1");
        assertThat(given.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_ADJUSTMENT);
        assertThat(given.balanceAfter()).isEqualTo(23);
        assertThat(given.cause()).isEqualTo("operator-1");
        assertThat(room.adjust("anna", -23, "r-2").balanceAfter()).isZero();
    }

    @Test
    void the_same_request_again_answers_its_first_entry() {
        Entry first = room.adjust("anna", 20, "r-1");
        room.give("anna", 5);
        assertThat(room.adjust("anna", 20, "r-1")).isEqualTo(first);
        assertThat(room.balance("anna")).isEqualTo(28);
    }

    @Test
    void the_same_request_with_other_content_is_refused() {
        room.adjust("anna", 20, "r-1");
        assertThat(reasonOf(() -> room.adjust("anna", 21, "r-1"))).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(reasonOf(() -> room.adjust("berta", 20, "r-1"))).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        Posting.Adjustment otherReason = new Posting.Adjustment("r-1", 20, "Another reason.", "operator-1");
        assertThat(reasonOf(() -> room.adjust.run("anna", otherReason))).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
    }

    @Test
    void no_more_is_taken_than_there_is() {
        Failure failure = failureOf(() -> room.adjust("anna", -4, "r-1"));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(failure.message()).isEqualTo("This takes 4 credits and the account has 3.");
    }

    @Test
    void no_more_is_given_than_an_account_holds() {
        room.adjust("anna", AdjustBalance.BALANCE_MAX - 3, "r-1");
        Failure failure = failureOf(() -> room.adjust("anna", 1, "r-2"));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.message()).contains("1000000001", "1000000000");
    }
}
