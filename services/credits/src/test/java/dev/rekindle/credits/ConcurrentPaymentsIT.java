package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many at once: nothing is lost, nothing is taken twice, nobody waits for ever. */
@Tag("CR-04")
class ConcurrentPaymentsIT {

    /** How a call ended. */
    private record Outcome(@Nullable Entry entry, @Nullable Reason reason) {}

    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance_and_nothing_deadlocked() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        Integer deadlocks = room.database.query(sql -> sql.select(DSL.field("deadlocks", Integer.class))
                .from("pg_stat_database")
                .where("datname = current_database()")
                .fetchSingle()
                .value1());
        assertThat(deadlocks).isZero();
        room.close();
    }

    /** Starts all calls at the same moment and waits for all of them. */
    private static List<Outcome> atOnce(List<Callable<@Nullable Entry>> calls) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Outcome>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Callable<@Nullable Entry> call : calls) {
                running.add(threads.submit(() -> {
                    start.await();
                    try {
                        return new Outcome(call.call(), null);
                    } catch (Failure failure) {
                        return new Outcome(null, failure.reason());
                    }
                }));
            }
            start.countDown();
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> outcome : running) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        }
    }

    private static long count(List<Outcome> outcomes, @Nullable Reason reason) {
        return outcomes.stream().filter(outcome -> outcome.reason() == reason).count();
    }

    private Callable<@Nullable Entry> deduct(String userId, UUID jobId, int charge) {
        return () ->
                room.deduct(userId, jobId, charge, JobType.JOB_TYPE_RESTORATION).entry();
    }

    private Callable<@Nullable Entry> refund(String userId, UUID jobId, int charge) {
        return () -> room.refund(userId, jobId, charge).entry();
    }

    @Test
    void fifty_deductions_of_one_account_take_what_there_is_and_no_more() throws Exception {
        room.give("anna", 37);
        List<Outcome> outcomes = atOnce(IntStream.range(0, 50)
                .mapToObj(i -> deduct("anna", new UUID(1, i), 1))
                .toList());
        assertThat(count(outcomes, null)).isEqualTo(20);
        assertThat(count(outcomes, Reason.REASON_INSUFFICIENT_CREDITS)).isEqualTo(30);
        assertThat(room.balance("anna")).isZero();
    }

    @Test
    void a_new_user_asked_for_fifty_times_has_one_account_and_one_grant() throws Exception {
        List<Outcome> outcomes = atOnce(IntStream.range(0, 50)
                .mapToObj(i -> deduct("new", new UUID(1, i), 1))
                .toList());
        assertThat(count(outcomes, null)).isEqualTo(1);
        assertThat(room.entries("new")).hasSize(2);
        assertThat(room.balance("new")).isEqualTo(1);
    }

    @Test
    void one_charge_asked_for_fifty_times_is_paid_once() throws Exception {
        List<Outcome> outcomes = atOnce(Collections.nCopies(50, deduct("anna", new UUID(1, 1), 1)));
        assertThat(outcomes).containsOnly(outcomes.getFirst());
        assertThat(outcomes.getFirst().entry()).isNotNull();
        assertThat(room.balance("anna")).isEqualTo(1);
    }

    @Test
    void one_charge_of_two_users_is_paid_by_one_of_them() throws Exception {
        room.open.run("anna");
        room.open.run("berta");
        for (int i = 0; i < 20; i++) {
            UUID job = new UUID(1, i);
            room.give("anna", 2);
            room.give("berta", 2);
            List<Outcome> outcomes = atOnce(List.of(deduct("anna", job, 1), deduct("berta", job, 1)));
            assertThat(count(outcomes, null)).isEqualTo(1);
            assertThat(count(outcomes, Reason.REASON_IDEMPOTENCY_CONFLICT)).isEqualTo(1);
        }
        assertThat(room.balance("anna") + room.balance("berta")).isEqualTo(3 + 3 + 80 - 40);
    }

    @Test
    void charge_and_refund_that_race_leave_nothing_held() throws Exception {
        room.give("anna", 97);
        List<Callable<@Nullable Entry>> calls = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            UUID job = new UUID(1, i);
            calls.addAll(List.of(deduct("anna", job, 1), refund("anna", job, 1), refund("anna", job, 1)));
        }
        List<Outcome> outcomes = atOnce(calls);
        assertThat(count(outcomes, null) + count(outcomes, Reason.REASON_STATE_CONFLICT))
                .isEqualTo(calls.size());
        assertThat(room.balance("anna")).isEqualTo(100);
    }

    @Test
    void two_charges_of_one_job_are_never_held_together() throws Exception {
        room.give("anna", 97);
        for (int i = 0; i < 20; i++) {
            UUID job = new UUID(1, i);
            List<Outcome> outcomes = atOnce(List.of(deduct("anna", job, 1), deduct("anna", job, 2)));
            assertThat(count(outcomes, null)).isEqualTo(1);
        }
        assertThat(room.balance("anna")).isEqualTo(60);
    }

    @Test
    void one_request_of_two_operators_is_booked_once() throws Exception {
        room.open.run("anna");
        room.open.run("berta");
        for (int i = 0; i < 20; i++) {
            String requestId = "r-" + i;
            List<Outcome> outcomes =
                    atOnce(List.of(() -> room.adjust("anna", 1, requestId), () -> room.adjust("berta", 1, requestId)));
            assertThat(count(outcomes, null)).isEqualTo(1);
            assertThat(count(outcomes, Reason.REASON_IDEMPOTENCY_CONFLICT)).isEqualTo(1);
        }
        assertThat(room.balance("anna") + room.balance("berta")).isEqualTo(26);
    }

    @Test
    void many_accounts_at_once_lose_no_update() throws Exception {
        int users = 20;
        int rounds = 10;
        List<Callable<@Nullable Entry>> calls = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            String userId = "user-" + user;
            room.give(userId, 1000);
            for (int round = 0; round < rounds; round++) {
                UUID job = new UUID(user, round);
                calls.addAll(List.of(deduct(userId, job, 1), () -> room.give(userId, 5), deduct(userId, job, 1)));
            }
        }
        Collections.shuffle(calls, new Random(7));
        List<Outcome> outcomes = atOnce(calls);
        assertThat(count(outcomes, null)).isEqualTo(calls.size());
        for (int user = 0; user < users; user++) {
            assertThat(room.balance("user-" + user)).isEqualTo(1003 - 2 * rounds + 5 * rounds);
        }
    }
}
