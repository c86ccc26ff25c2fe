package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-04")
class JobPaymentsIT {
    private static final UUID JOB = UUID.fromString("0199a1b2-0000-7000-8000-0000000000aa");

    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    @Test
    @Tag("CR-01")
    void a_deduction_is_one_entry_with_the_balance_before_and_after() {
        room.give("anna", 7);
        Entry entry = room.deduct("anna", JOB, 1, JobType.JOB_TYPE_COMBINED).entry();
        assertThat(entry).isNotNull();
        assertThat(entry.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION);
        assertThat(entry.amount()).isEqualTo(-4);
        assertThat(entry.balanceBefore()).isEqualTo(10);
        assertThat(entry.balanceAfter()).isEqualTo(6);
        assertThat(entry.businessKey()).isEqualTo("job:" + JOB + ":charge:1");
        assertThat(entry.job()).isEqualTo(new Entry.JobCharge(JOB, 1));
        assertThat(entry.reason()).isEqualTo("Combined");
        assertThat(entry.cause()).isEqualTo("jobs");
        assertThat(entry.createdAt()).isEqualTo(CreditsRoom.START);
        assertThat(room.entries("anna").getLast()).isEqualTo(entry);
        assertThat(room.balance("anna")).isEqualTo(6);
    }

    @Test
    void the_first_charge_of_a_new_user_is_paid_from_the_first_grant() {
        assertThat(room.deduct("new", JOB, 1, JobType.JOB_TYPE_RESTORATION).entry())
                .extracting(Entry::balanceAfter)
                .isEqualTo(1);
    }

    @Test
    void the_same_charge_again_answers_its_first_entry() {
        Entry first = room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION).entry();
        room.clock.advance(Duration.ofMinutes(1));
        assertThat(room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION).entry())
                .isEqualTo(first);
        assertThat(room.balance("anna")).isEqualTo(1);
    }

    @Test
    void the_same_charge_with_other_content_is_refused() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        assertThat(reasonOf(() -> room.deduct("anna", JOB, 1, JobType.JOB_TYPE_COLOURIZATION)))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(reasonOf(() -> room.deduct("berta", JOB, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(reasonOf(() -> room.refund("berta", JOB, 1))).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(room.balance("berta")).isEqualTo(3);
    }

    @Test
    void too_little_is_refused_with_cost_and_balance() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        Failure failure = failureOf(() -> room.deduct("anna", new UUID(1, 1), 1, JobType.JOB_TYPE_COMBINED));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(failure.message()).isEqualTo("This costs 4 credits and you have 1.");
        assertThat(room.deduct("anna", new UUID(1, 2), 1, JobType.JOB_TYPE_IMAGE)
                        .account()
                        .balance())
                .isZero();
        assertThat(failureOf(() -> room.deduct("anna", new UUID(1, 3), 1, JobType.JOB_TYPE_IMAGE))
                        .message())
                .isEqualTo("This costs 1 credit and you have 0.");
    }

    @Test
    void no_more_is_paid_than_the_caller_allows() {
        JobPayments.Payment dear = new JobPayments.Payment("anna", JOB, 1, JobType.JOB_TYPE_COLOURIZATION, 2, "jobs");
        Failure failure = failureOf(() -> room.payments.deduct(dear));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(failure.message()).isEqualTo("This costs 3 credits and at most 2 may be spent.");
        assertThat(room.balance("anna")).isEqualTo(3);
        room.payments.deduct(new JobPayments.Payment("anna", JOB, 1, JobType.JOB_TYPE_COLOURIZATION, 3, "jobs"));
        assertThat(room.balance("anna")).isZero();
    }

    @Test
    void what_costs_nothing_is_never_charged() {
        JobPayments.Booked booked = room.deduct("anna", JOB, 1, JobType.JOB_TYPE_PREPARATION);
        assertThat(booked.entry()).isNull();
        assertThat(room.refund("anna", JOB, 1).entry()).isNull();
        assertThat(room.entries("anna")).hasSize(1);
    }

    @Test
    void a_refund_gives_back_what_was_paid_once() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_COLOURIZATION);
        Entry refund = room.refund("anna", JOB, 1).entry();
        assertThat(refund).isNotNull();
        assertThat(refund.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND);
        assertThat(refund.amount()).isEqualTo(3);
        assertThat(refund.balanceAfter()).isEqualTo(3);
        assertThat(refund.reason()).isEqualTo("It failed.");
        room.clock.advance(Duration.ofMinutes(1));
        JobPayments.Return other = new JobPayments.Return("anna", JOB, 1, "Other words.", "reconciler");
        assertThat(room.payments.refund(other).entry()).isEqualTo(refund);
        assertThat(room.balance("anna")).isEqualTo(3);
    }

    @Test
    void a_refund_is_of_what_was_paid_whatever_the_price_is_now() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        CreditsRoom dearer = room.with(Map.of("prices.restoration", "9"));
        assertThat(dearer.refund("anna", JOB, 1).entry())
                .extracting(Entry::amount)
                .isEqualTo(2);
    }

    @Test
    void a_charge_given_back_before_it_was_made_cannot_be_made() {
        assertThat(room.refund("anna", JOB, 1).entry()).isNull();
        assertThat(room.refund("anna", JOB, 1).entry()).isNull();
        assertThat(reasonOf(() -> room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(room.balance("anna")).isEqualTo(3);
        room.deduct("anna", JOB, 2, JobType.JOB_TYPE_RESTORATION);
        assertThat(room.balance("anna")).isEqualTo(1);
    }

    @Test
    void a_charge_given_back_cannot_be_made_again_but_the_next_can() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        room.refund("anna", JOB, 1);
        assertThat(reasonOf(() -> room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        room.deduct("anna", JOB, 2, JobType.JOB_TYPE_RESTORATION);
        assertThat(room.balance("anna")).isEqualTo(1);
    }

    @Test
    void a_job_holds_one_charge_at_a_time() {
        room.give("anna", 10);
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        Failure failure = failureOf(() -> room.deduct("anna", JOB, 2, JobType.JOB_TYPE_RESTORATION));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CONCURRENT_CHANGE);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure.retryDelay()).isEqualTo(Duration.ofSeconds(1));
        room.refund("anna", JOB, 1);
        assertThat(room.deduct("anna", JOB, 2, JobType.JOB_TYPE_RESTORATION).entry())
                .isNotNull();
    }

    @Test
    void a_charge_that_comes_after_a_later_one_is_refused() {
        room.deduct("anna", JOB, 2, JobType.JOB_TYPE_RESTORATION);
        assertThat(reasonOf(() -> room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        room.refund("anna", JOB, 2);
        assertThat(reasonOf(() -> room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    @Tag("EV-02")
    void each_entry_owes_its_event_in_order_and_repeats_owe_none() {
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION);
        room.refund("anna", JOB, 1);
        room.refund("anna", JOB, 1);
        assertThat(room.events("anna"))
                .extracting(Event::getType)
                .containsExactly("credits.granted", "credits.deducted", "credits.refunded");
        assertThat(room.events("anna"))
                .extracting(Event::getId)
                .containsExactlyElementsOf(room.entries("anna").stream()
                        .map(entry -> entry.id().toString())
                        .toList());
        assertThat(room.events("anna"))
                .extracting(event -> event.getCredits().getBalance())
                .containsExactly(3, 1, 3);
    }

    @Test
    void a_database_that_is_away_is_a_passing_failure() {
        CreditsRoom closed = new CreditsRoom();
        closed.close();
        Failure failure = failureOf(() -> closed.deduct("anna", JOB, 1, JobType.JOB_TYPE_RESTORATION));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
    }
}
