package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that pay together, all of them or none, and are given back together, each by itself. */
@Tag("CR-04")
@Tag("JOB-07")
class BatchPaymentsIT {
    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    private static List<JobPayments.Payment> restorations(int jobs) {
        List<JobPayments.Payment> payments = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            payments.add(payment(i, JobType.JOB_TYPE_RESTORATION));
        }
        return payments;
    }

    private static JobPayments.Payment payment(int job, JobType type) {
        return new JobPayments.Payment("anna", new UUID(9, job), 1, type, 0, "jobs");
    }

    private int entries() {
        return room.entries("anna").size();
    }

    @Test
    void all_are_paid_or_none() {
        room.give("anna", 6);
        Failure poor = failureOf(() -> room.payments.deductAll(restorations(5)));
        assertThat(poor.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(poor.message()).contains("costs 10 credits").contains("you have 9");
        assertThat(room.balance("anna")).isEqualTo(9);
        JobPayments.Paid paid = room.payments.deductAll(restorations(4));
        assertThat(paid.credits()).isEqualTo(8);
        assertThat(paid.account().balance()).isEqualTo(1);
        assertThat(paid.booked()).hasSize(4);
    }

    @Test
    void asked_again_it_is_the_same_and_what_is_missing_is_paid() {
        room.give("anna", 97);
        room.payments.deduct(payment(2, JobType.JOB_TYPE_RESTORATION));
        assertThat(room.payments.deductAll(restorations(5)).credits()).isEqualTo(10);
        assertThat(room.balance("anna")).isEqualTo(90);
        int before = entries();
        assertThat(room.payments.deductAll(restorations(5)).credits()).isEqualTo(10);
        assertThat(room.payments.deductAll(restorations(3)).credits()).isEqualTo(6);
        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void one_that_must_not_pay_refuses_all() {
        room.give("anna", 97);
        room.refund("anna", new UUID(9, 3), 1);
        assertThat(reasonOf(() -> room.payments.deductAll(restorations(5)))).isEqualTo(Reason.REASON_STATE_CONFLICT);
        List<JobPayments.Payment> dear = new ArrayList<>(restorations(2));
        dear.add(new JobPayments.Payment("anna", new UUID(9, 7), 1, JobType.JOB_TYPE_COMBINED, 3, "jobs"));
        assertThat(reasonOf(() -> room.payments.deductAll(dear))).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        room.deduct("berta", new UUID(9, 1), 1, JobType.JOB_TYPE_RESTORATION);
        assertThat(reasonOf(() -> room.payments.deductAll(restorations(2))))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(room.balance("anna")).isEqualTo(100);
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void at_once_from_many_sides_each_job_is_paid_once() throws Exception {
        room.give("anna", 97);
        List<Callable<JobPayments.Paid>> calls =
                new ArrayList<>(Collections.nCopies(8, () -> room.payments.deductAll(restorations(20))));
        calls.addAll(Collections.nCopies(4, () -> room.payments.deductAll(restorations(30))));
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            for (Future<JobPayments.Paid> call : threads.invokeAll(calls)) {
                assertThat(call.get().credits()).isIn(40, 60);
            }
        }
        assertThat(room.balance("anna")).isEqualTo(40);
        assertThat(entries()).isEqualTo(32);
    }

    @Test
    void a_thousand_are_one_statement_with_their_events_in_order() {
        room.give("anna", 2000);
        long begun = System.nanoTime();
        JobPayments.Paid paid = room.payments.deductAll(restorations(1000));
        System.out.println("1000 jobs paid in " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertThat(paid.account().balance()).isEqualTo(3);
        assertThat(room.events("anna"))
                .extracting(Event::getId)
                .containsExactlyElementsOf(room.entries("anna").stream()
                        .map(entry -> entry.id().toString())
                        .toList());
    }

    private static JobPayments.Return giveBack(int job, int charge) {
        return new JobPayments.Return("anna", new UUID(9, job), charge, "Job " + job + " failed.", "jobs");
    }

    private static List<JobPayments.Return> returns(int jobs) {
        return IntStream.range(0, jobs).mapToObj(job -> giveBack(job, 1)).toList();
    }

    private static List<Integer> credits(JobPayments.Returned returned) {
        return returned.outcomes().stream().map(JobPayments.Outcome::credits).toList();
    }

    @Test
    void charges_are_given_back_together_each_once_and_each_for_its_reason() {
        room.give("anna", 97);
        room.payments.deductAll(restorations(3));
        room.refund("anna", new UUID(9, 1), 1);
        int before = entries();
        JobPayments.Returned returned = room.payments.refundAll(returns(3));
        assertThat(credits(returned)).containsExactly(2, 2, 2);
        assertThat(returned.account().balance()).isEqualTo(100);
        assertThat(room.entries("anna").subList(before, before + 2))
                .extracting(Entry::reason)
                .containsExactly("Job 0 failed.", "Job 2 failed.");
        assertThat(credits(room.payments.refundAll(returns(3)))).containsExactly(2, 2, 2);
        assertThat(entries()).isEqualTo(before + 2);
        assertThat(room.events("anna"))
                .extracting(Event::getId)
                .containsExactlyElementsOf(room.entries("anna").stream()
                        .map(entry -> entry.id().toString())
                        .toList());
    }

    @Test
    void one_that_is_refused_does_not_hold_the_others_up() {
        room.give("anna", 97);
        room.payments.deductAll(restorations(1));
        room.deduct("berta", new UUID(9, 1), 1, JobType.JOB_TYPE_RESTORATION);
        JobPayments.Returned returned = room.payments.refundAll(returns(2));
        assertThat(credits(returned)).containsExactly(2, 0);
        assertThat(returned.outcomes().getFirst().refusal()).isNull();
        assertThat(returned.outcomes().getLast().refusal())
                .extracting(Failure::reason)
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(room.balance("anna")).isEqualTo(100);
        assertThat(room.balance("berta")).isEqualTo(1);
    }

    @Test
    void what_was_never_paid_is_void_and_cannot_be_paid_later() {
        room.give("anna", 97);
        room.payments.deductAll(restorations(1));
        List<JobPayments.Return> refunds =
                List.of(giveBack(0, 1), giveBack(0, 2), giveBack(0, 1), giveBack(7, 1), giveBack(7, 1));
        assertThat(credits(room.payments.refundAll(refunds))).containsExactly(2, 0, 2, 0, 0);
        assertThat(credits(room.payments.refundAll(refunds))).containsExactly(2, 0, 2, 0, 0);
        assertThat(reasonOf(() -> room.deduct("anna", new UUID(9, 0), 2, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(reasonOf(() -> room.payments.deduct(payment(7, JobType.JOB_TYPE_RESTORATION))))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        room.deduct("anna", new UUID(9, 0), 3, JobType.JOB_TYPE_RESTORATION);
        assertThat(room.balance("anna")).isEqualTo(98);
    }

    @Test
    void charges_of_one_job_are_given_back_in_one_call() {
        room.give("anna", 97);
        room.deduct("anna", new UUID(9, 0), 1, JobType.JOB_TYPE_RESTORATION);
        room.refund("anna", new UUID(9, 0), 1);
        room.deduct("anna", new UUID(9, 0), 2, JobType.JOB_TYPE_RESTORATION);
        assertThat(credits(room.payments.refundAll(List.of(giveBack(0, 2), giveBack(0, 1)))))
                .containsExactly(2, 2);
        assertThat(room.balance("anna")).isEqualTo(100);
    }

    @Test
    void charges_and_their_refunds_that_race_leave_nothing_held() throws Exception {
        room.give("anna", 97);
        List<Callable<Object>> calls = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            calls.add(() -> room.payments.refundAll(returns(10)));
            calls.add(() -> room.payments.refundAll(returns(20).reversed()));
        }
        for (int job = 0; job < 20; job++) {
            int number = job;
            calls.add(() -> {
                try {
                    return room.payments.deduct(payment(number, JobType.JOB_TYPE_RESTORATION));
                } catch (Failure refused) {
                    assertThat(refused.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
                    return refused;
                }
            });
            calls.add(() -> room.refund("anna", new UUID(9, number), 1));
        }
        Collections.shuffle(calls, new Random(3));
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<Object> call : threads.invokeAll(calls)) {
                call.get();
            }
        }
        assertThat(room.balance("anna")).isEqualTo(100);
    }

    @Test
    void a_thousand_are_given_back_in_one_statement() {
        room.give("anna", 2000);
        room.payments.deductAll(restorations(1000));
        long begun = System.nanoTime();
        JobPayments.Returned returned = room.payments.refundAll(returns(1000));
        System.out.println("1000 jobs given back in " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertThat(returned.account().balance()).isEqualTo(2003);
    }
}
