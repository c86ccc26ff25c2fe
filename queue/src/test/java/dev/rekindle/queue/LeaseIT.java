package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Heartbeats, reports, finishing and giving back, with a lease and without. */
final class LeaseIT {

    @Test
    @Tag("Q-06")
    void a_heartbeat_keeps_the_lease_beyond_its_time() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            for (int i = 0; i < 10; i++) {
                test.advance(Duration.ofSeconds(10));
                assertThat(test.queue().heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.KEPT);
                assertThat(test.queue().recover()).isZero();
            }
            assertThat(test.complete(claim)).isTrue();
        }
    }

    @Test
    @Tag("Q-06")
    void a_lease_without_heartbeat_is_lost_once_and_the_job_is_gone() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            test.advance(Duration.ofSeconds(14));
            assertThat(test.queue().recover()).isZero();
            test.advance(Duration.ofSeconds(2));
            Queue other = test.openAnotherProcess();
            assertThat(test.queue().recover() + other.recover() + test.queue().recover())
                    .isEqualTo(1);
            assertThat(test.results("jobs"))
                    .extracting(ResultEntry::type)
                    .containsExactly(ResultEntry.Type.STARTED, ResultEntry.Type.LOST);
            assertThat(test.snapshot(claim.id())).isEqualTo(new Snapshot.Absent());
            test.assertEmpty();
        }
    }

    @Test
    void how_often_a_job_was_lost_is_told() {
        try (TestQueue test = TestQueue.open()) {
            String id = newId();
            for (int lost = 1; lost <= 3; lost++) {
                test.queue().enqueueAgain(List.of(TestQueue.retry(entry(id, PAID, 5), lost - 1)));
                Claim claim = test.claimOne();
                test.advance(Duration.ofSeconds(16));
                assertThat(test.queue().recover()).isEqualTo(1);
                ResultEntry entry = test.results("jobs").getLast();
                assertThat(entry.type()).isEqualTo(ResultEntry.Type.LOST);
                assertThat(entry.id()).isEqualTo(id);
                assertThat(entry.attempt()).isEqualTo(lost);
                assertThat(entry.leaseId()).isEqualTo(claim.leaseId());
                assertThat(entry.workerId()).isEqualTo("w1");
                assertThat(entry.lostCount()).isEqualTo(lost);
            }
        }
    }

    @Test
    void ending_and_claiming_travel_together_and_each_works_as_by_itself() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            Claim first = test.start();
            String second = test.enqueue(PAID);
            Claimer worker = TestQueue.worker("w1");
            NextClaims next = test.queue()
                    .finishAndClaim(
                            List.of(new Finish(first, Ending.COMPLETED, bytes("done"))), worker, 1, Duration.ZERO);
            assertThat(next.held()).containsExactly(true);
            assertThat(next.claims()).extracting(Claim::id).containsExactly(second);

            // The lease was lost: nothing changes, and nothing hinders the claim.
            String third = test.enqueue(PAID);
            test.advance(Duration.ofSeconds(16));
            assertThat(test.queue().recover()).isEqualTo(1);
            Finish late = new Finish(next.claims().getFirst(), Ending.COMPLETED, bytes("late"));
            next = test.queue().finishAndClaim(List.of(late), worker, 1, Duration.ZERO);
            assertThat(next.held()).containsExactly(false);
            assertThat(next.claims()).extracting(Claim::id).containsExactly(third);
        }
    }

    @Test
    @Tag("Q-06")
    void a_worker_that_hangs_cannot_keep_a_job_beyond_its_timeout() {
        try (TestQueue test = TestQueue.open("lease_grace", "10s")) {
            Claim claim = test.start();
            for (int i = 0; i < 12; i++) {
                test.advance(Duration.ofSeconds(10));
                assertThat(test.queue().heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.KEPT);
            }
            test.advance(Duration.ofSeconds(11));
            assertThat(test.queue().heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.LOST);
            assertThat(test.queue().recover()).isEqualTo(1);
        }
    }

    @Test
    @Tag("Q-04")
    void a_worker_without_its_lease_changes_nothing() {
        try (TestQueue test = TestQueue.open()) {
            Claim stale = test.start();
            test.advance(Duration.ofSeconds(16));
            test.queue().recover();
            // The same job again, with the same attempt number: only the lease differs.
            test.queue().enqueueAgain(List.of(entry(stale.id(), PAID, 5)));
            Claim current = test.claim(TestQueue.worker("w2"), 1).getFirst();
            assertThat(current.attempt()).isEqualTo(stale.attempt());
            test.queue().heartbeat(List.of(new Beat(current, 1, bytes("current"))));
            test.results("jobs");
            Snapshot before = test.snapshot(stale.id());

            test.advance(Duration.ofSeconds(1));
            assertThat(test.queue().heartbeat(List.of(new Beat(stale, 9, bytes("stale")))))
                    .containsExactly(Beat.Answer.LOST);
            assertThat(test.queue().report(stale, bytes("stale"))).isFalse();
            assertThat(test.queue().finish(stale, Ending.COMPLETED, bytes("stale")))
                    .isFalse();
            assertThat(test.queue().giveBack(stale)).isFalse();

            assertThat(test.snapshot(stale.id())).isEqualTo(before);
            assertThat(test.results("jobs")).isEmpty();
            assertThat(test.complete(current)).isTrue();
        }
    }

    @Test
    void a_heartbeat_answers_for_each_lease_in_order() {
        try (TestQueue test = TestQueue.open("batch_max", "2")) {
            Claim kept = test.start();
            Claim cancelled = test.start();
            Claim finished = test.start();
            test.queue().cancel(cancelled.id());
            test.complete(finished);
            assertThat(test.queue().heartbeat(List.of(Beat.of(finished), Beat.of(kept), Beat.of(cancelled))))
                    .containsExactly(Beat.Answer.LOST, Beat.Answer.KEPT, Beat.Answer.CANCEL_REQUESTED);
            assertThat(test.queue().heartbeat(List.of())).isEmpty();
        }
    }

    @Test
    @Tag("PRC-06")
    void progress_is_kept_and_published_and_never_goes_back() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            List<ProgressUpdate> heard = new CopyOnWriteArrayList<>();
            Claim claim = test.start();
            try (AutoCloseable subscription = test.openAnotherProcess().onProgress(heard::add)) {
                test.queue().heartbeat(List.of(new Beat(claim, 1, bytes("ten\npercent"))));
                test.queue().heartbeat(List.of(new Beat(claim, 3, bytes("thirty"))));
                test.queue().heartbeat(List.of(new Beat(claim, 2, bytes("twenty, late"))));
                test.queue().heartbeat(List.of(new Beat(claim, 3, bytes("thirty again"))));
                test.queue().heartbeat(List.of(Beat.of(claim)));
                test.queue().heartbeat(List.of(new Beat(claim, 4, bytes("forty"))));
                Eventually.holds(() -> assertThat(heard)
                        .containsExactly(
                                new ProgressUpdate(claim.id(), 1, claim.leaseId(), 1, bytes("ten\npercent")),
                                new ProgressUpdate(claim.id(), 1, claim.leaseId(), 3, bytes("thirty")),
                                new ProgressUpdate(claim.id(), 1, claim.leaseId(), 4, bytes("forty"))));
                assertThat(subscription).isNotNull();
            }
            assertThat(test.snapshot(claim.id())).isInstanceOfSatisfying(Snapshot.Leased.class, leased -> {
                assertThat(leased.sequence()).isEqualTo(4);
                assertThat(leased.progress()).isEqualTo(bytes("forty"));
            });
        }
    }

    @Test
    void a_new_attempt_begins_without_progress() {
        try (TestQueue test = TestQueue.open()) {
            Claim first = test.start();
            test.queue().heartbeat(List.of(new Beat(first, 7, bytes("half"))));
            test.queue().giveBack(first);
            Claim second = test.claimOne();
            assertThat(test.snapshot(first.id())).isInstanceOfSatisfying(Snapshot.Leased.class, leased -> {
                assertThat(leased.leaseId()).isEqualTo(second.leaseId());
                assertThat(leased.sequence()).isZero();
                assertThat(leased.progress()).isEqualTo(ByteString.EMPTY);
            });
        }
    }

    @Test
    @Tag("Q-04")
    void a_finished_job_is_gone_and_its_report_is_told_once() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            assertThat(test.queue().report(claim, bytes("stage one"))).isTrue();
            assertThat(test.queue().finish(claim, Ending.FAILED, bytes("no luck\nat all")))
                    .isTrue();
            List<ResultEntry> results = test.results("jobs");
            assertThat(results)
                    .extracting(ResultEntry::type)
                    .containsExactly(ResultEntry.Type.STARTED, ResultEntry.Type.REPORT, ResultEntry.Type.FINISHED);
            assertThat(results).allSatisfy(entry -> {
                assertThat(entry.id()).isEqualTo(claim.id());
                assertThat(entry.attempt()).isEqualTo(1);
                assertThat(entry.leaseId()).isEqualTo(claim.leaseId());
                assertThat(entry.workerId()).isEqualTo("w1");
                assertThat(Duration.between(entry.time(), test.now()).abs()).isLessThan(Duration.ofMinutes(1));
            });
            assertThat(results.get(1).payload()).isEqualTo(bytes("stage one"));
            assertThat(results.get(2).payload()).isEqualTo(bytes("no luck\nat all"));
            assertThat(results.get(2).ending()).isEqualTo(Ending.FAILED);
            test.assertEmpty();
        }
    }

    @Test
    @Tag("Q-04")
    void finishing_again_after_a_lost_answer_is_still_a_success_and_told_once() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            Finish finish = new Finish(claim, Ending.COMPLETED, bytes("done"));
            assertThat(test.queue().finish(List.of(finish, finish))).containsExactly(true, true);
            test.advance(Duration.ofSeconds(59));
            assertThat(test.queue().finish(List.of(finish))).containsExactly(true);
            assertThat(test.results("jobs"))
                    .extracting(ResultEntry::type)
                    .containsExactly(ResultEntry.Type.STARTED, ResultEntry.Type.FINISHED);
        }
    }

    @Test
    void many_finish_in_one_call() {
        try (TestQueue test = TestQueue.open("batch_max", "7")) {
            for (int i = 0; i < 20; i++) {
                test.enqueue(PAID);
            }
            List<Claim> claims = new java.util.ArrayList<>(test.claim(7));
            claims.addAll(test.claim(7));
            test.advance(Duration.ofSeconds(16));
            test.queue().recover();
            claims.addAll(test.claim(6));
            List<Boolean> held = test.queue()
                    .finish(claims.stream()
                            .map(claim -> new Finish(claim, Ending.COMPLETED, bytes("done")))
                            .toList());
            assertThat(held.subList(0, 14)).containsOnly(false);
            assertThat(held.subList(14, 20)).containsOnly(true);
        }
    }

    @Test
    void too_large_reports_and_progress_are_refused() {
        try (TestQueue test = TestQueue.open("report_bytes_max", "10", "progress_bytes_max", "10")) {
            Claim claim = test.start();
            ByteString large = ByteString.copyFrom(new byte[11]);
            assertThatThrownBy(() -> test.queue().report(claim, large)).hasMessageContaining("11 bytes");
            assertThatThrownBy(() -> test.queue().finish(claim, Ending.COMPLETED, large))
                    .hasMessageContaining("11 bytes");
            assertThatThrownBy(() -> test.queue().heartbeat(List.of(new Beat(claim, 1, large))))
                    .hasMessageContaining("11 bytes");
            assertThat(test.complete(claim)).isTrue();
        }
    }

    @Test
    @Tag("PRC-04")
    void a_job_given_back_is_next_in_its_lane_and_its_attempt_does_not_count() {
        try (TestQueue test = TestQueue.open()) {
            Claim first = test.start();
            String urgent = test.enqueue(PAID, TestQueue.URGENT);
            test.enqueue(PAID);
            assertThat(test.queue().giveBack(first)).isTrue();
            assertThat(test.results("jobs").getLast().type()).isEqualTo(ResultEntry.Type.RETURNED);
            List<Claim> claims = test.claim(2);
            assertThat(claims).extracting(Claim::id).containsExactly(first.id(), urgent);
            assertThat(claims.getFirst().attempt()).isEqualTo(1);
            assertThat(claims.getFirst().leaseId()).isNotEqualTo(first.leaseId());
            assertThat(claims.getFirst().payload()).isEqualTo(first.payload());
        }
    }

    @Test
    void a_job_given_back_whose_cancellation_was_asked_for_ends_as_cancelled() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            test.queue().cancel(claim.id());
            assertThat(test.queue().giveBack(List.of(claim))).containsExactly(true);
            ResultEntry last = test.results("jobs").getLast();
            assertThat(last.type()).isEqualTo(ResultEntry.Type.FINISHED);
            assertThat(last.ending()).isEqualTo(Ending.CANCELLED);
            assertThat(last.payload()).isEqualTo(ByteString.EMPTY);
            test.assertEmpty();
        }
    }
}
