package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FOREVER;
import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.HIGH;
import static dev.rekindle.queue.TestQueue.LOW;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static dev.rekindle.queue.TestQueue.ofKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cancelling, forgetting, moving, and asking where jobs are. */
final class LookupsIT {

    @Test
    @Tag("JOB-03")
    void a_job_that_waits_or_is_delayed_is_removed_by_cancelling() {
        try (TestQueue test = TestQueue.open()) {
            String waiting = test.enqueue(PAID);
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, FREE, NORMAL), test.now().plusSeconds(5))));
            assertThat(test.queue().cancel(List.of(waiting, delayed)))
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(waiting, CancelOutcome.REMOVED, delayed, CancelOutcome.REMOVED));
            test.assertEmpty();
            assertThat(test.queue().cancel(waiting)).isEqualTo(CancelOutcome.ABSENT);
            test.advance(Duration.ofSeconds(10));
            assertThat(test.queue().recover()).isZero();
            assertThat(test.results("jobs")).isEmpty();
        }
    }

    @Test
    @Tag("JOB-03")
    void the_worker_of_a_cancelled_job_is_told_at_once_and_at_each_heartbeat() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            List<String> heard = new CopyOnWriteArrayList<>();
            List<String> others = new CopyOnWriteArrayList<>();
            Queue worker = test.openAnotherProcess();
            try (AutoCloseable mine = worker.onCancel("w1", heard::add);
                    AutoCloseable theirs = worker.onCancel("w2", others::add)) {
                assertThat(test.queue().cancel(claim.id())).isEqualTo(CancelOutcome.SIGNALLED);
                Eventually.holds(() -> assertThat(heard).containsExactly(claim.id()));
                assertThat(others).isEmpty();
                assertThat(mine).isNotSameAs(theirs);
            }
            for (int i = 0; i < 2; i++) {
                assertThat(worker.heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.CANCEL_REQUESTED);
            }
            assertThat(test.snapshot(claim.id()))
                    .isInstanceOfSatisfying(
                            Snapshot.Leased.class,
                            leased -> assertThat(leased.cancelRequested()).isTrue());
            assertThat(worker.finish(claim, Ending.CANCELLED, bytes("stopped"))).isTrue();
        }
    }

    @Test
    void what_is_forgotten_leaves_nothing_and_its_worker_stops() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            test.queue().heartbeat(List.of(new Beat(claim, 1, bytes("secret"))));
            String waiting = test.enqueue(PAID);
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, PAID, NORMAL), test.now().plusSeconds(5))));
            List<String> heard = new CopyOnWriteArrayList<>();
            try (AutoCloseable subscription = test.queue().onCancel("w1", heard::add)) {
                for (String id : List.of(claim.id(), waiting, delayed)) {
                    assertThat(test.queue().forget(id)).isTrue();
                    assertThat(test.queue().forget(id)).isFalse();
                }
                Eventually.holds(() -> assertThat(heard).containsExactly(claim.id()));
                assertThat(subscription).isNotNull();
            }
            assertThat(test.queue().heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.LOST);
            assertThat(test.complete(claim)).isFalse();
            test.assertEmpty();
            assertThat(test.results("jobs")).extracting(ResultEntry::type).containsExactly(ResultEntry.Type.STARTED);
        }
    }

    @Test
    @Tag("Q-14")
    void a_moved_job_keeps_the_time_it_has_waited() {
        try (TestQueue test = TestQueue.open()) {
            String moved = test.enqueue(FREE);
            test.advance(Duration.ofSeconds(1));
            String paid = test.enqueue(PAID);
            assertThat(test.queue().move(moved, PAID, NORMAL)).isTrue();
            assertThat(test.claim(1)).singleElement().satisfies(claim -> {
                assertThat(claim.id()).isEqualTo(moved);
                assertThat(claim.lane()).isEqualTo(PAID);
            });
            assertThat(test.claimIds(1)).containsExactly(paid);
        }
    }

    @Test
    @Tag("Q-14")
    void a_move_changes_the_priority_of_waiting_and_delayed_jobs_only() {
        try (TestQueue test = TestQueue.open()) {
            Claim leased = test.start();
            String first = test.enqueue(PAID);
            String second = test.enqueue(PAID, LOW);
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, FREE, NORMAL), test.now().plusSeconds(5))));
            assertThat(test.queue()
                            .move(List.of(
                                    new Move(second, PAID, HIGH),
                                    new Move(delayed, PAID, HIGH),
                                    new Move(leased.id(), FREE, LOW),
                                    new Move(newId(), FREE, LOW))))
                    .containsExactly(true, true, false, false);
            test.advance(Duration.ofSeconds(6));
            test.queue().recover();
            assertThat(test.claimIds(10)).containsExactly(second, delayed, first);
            assertThat(test.complete(leased)).isTrue();
        }
    }

    @Test
    void a_move_to_no_lane_is_refused() {
        try (TestQueue test = TestQueue.open()) {
            String id = test.enqueue(PAID);
            assertThatThrownBy(() -> test.queue().move(id, "golden", NORMAL))
                    .hasMessageContaining("lane: is \"golden\"");
            assertThatThrownBy(() -> test.queue().move(id, PAID, 3)).hasMessageContaining("priority: is 3");
        }
    }

    @Test
    @Tag("Q-05")
    void positions_are_ranks_in_the_lane_for_the_kind() {
        try (TestQueue test = TestQueue.open()) {
            String first = test.enqueue(PAID);
            String second = test.enqueue(PAID);
            String jumper = test.enqueue(PAID, HIGH);
            String free = test.enqueue(FREE);
            String video = newId();
            test.queue().enqueue(List.of(ofKind(entry(video, PAID, NORMAL), "video", 1)));
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, PAID, NORMAL), test.now().plusSeconds(5))));

            Map<String, Position> positions =
                    test.queue().positions(List.of(first, second, jumper, free, video, delayed, newId()));
            assertThat(positions).containsOnlyKeys(first, second, jumper, free, video);
            assertThat(positions.get(jumper)).isEqualTo(new Position(1, 3, null));
            assertThat(positions.get(first)).isEqualTo(new Position(2, 3, null));
            assertThat(positions.get(second)).isEqualTo(new Position(3, 3, null));
            assertThat(positions.get(free)).isEqualTo(new Position(1, 1, null));
            assertThat(positions.get(video)).isEqualTo(new Position(1, 1, null));
            assertThat(test.queue().positions(List.of())).isEmpty();
        }
    }

    @Test
    @Tag("Q-05")
    void the_wait_grows_with_the_rank_once_run_times_are_known() {
        try (TestQueue test = TestQueue.open("lane.paid_priority.active_max", "2")) {
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));
            for (int i = 0; i < 20; i++) {
                Claim claim = test.start();
                test.advance(Duration.ofSeconds(10));
                test.complete(claim);
            }
            List<String> ids = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add(test.enqueue(PAID));
            }
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));
            Map<String, Position> positions = test.queue().positions(ids);
            Position.Wait next = wait(positions, ids.getFirst());
            Position.Wait last = wait(positions, ids.getLast());
            assertThat(next.low()).isZero();
            // Eighteen jobs go before it, two at a time, ten seconds each.
            assertThat(last.low()).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(88));
            assertThat(last.high()).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(120));

            // No run of the lower lane is known, but of the kind; and every tenth claim at the latest is the lower
            // lane's.
            String free = test.enqueue(FREE);
            Position.Wait lower = wait(test.queue().positions(List.of(free)), free);
            assertThat(lower.low()).isZero();
            assertThat(lower.high()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(45));

            test.queue().pause(PAID, "ada", "storm");
            assertThat(test.queue().positions(ids).get(ids.getFirst())).isEqualTo(new Position(1, 20, null));
        }
    }

    @Test
    @Tag("Q-05")
    void where_nothing_has_run_yet_the_wait_is_what_such_work_is_expected_to_take() {
        try (TestQueue test =
                TestQueue.open("lane.paid_priority.active_max", "2", "lane.paid_priority.claims_per_second_max", "0")) {
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 2));
            String last = "";
            for (int i = 0; i < 200; i++) {
                last = newId();
                test.queue().enqueue(List.of(ofKind(entry(last, PAID, NORMAL), "image", 1)));
            }
            // Two hundred pictures of 0.2 to 2 seconds, two at a time; two of them begin at once.
            assertThat(wait(test.queue().positions(List.of(last)), last))
                    .isEqualTo(new Position.Wait(Duration.ofMillis(19_800), Duration.ofSeconds(199)));
        }
    }

    @Test
    @Tag("Q-05")
    void a_job_waits_for_jobs_of_other_kinds_that_go_to_the_same_workers_before_it() {
        try (TestQueue test = TestQueue.open("lane.paid_priority.active_max", "2")) {
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 2));
            for (int i = 0; i < 20; i++) {
                Claim claim = test.start();
                test.advance(Duration.ofSeconds(10));
                test.complete(claim);
            }
            String image = newId();
            test.queue().enqueue(List.of(ofKind(entry(image, PAID, NORMAL), "image", 1)));
            test.advance(Duration.ofSeconds(1));
            for (int i = 0; i < 20; i++) {
                test.enqueue(PAID);
            }
            String last = newId();
            test.queue().enqueue(List.of(ofKind(entry(last, PAID, NORMAL), "image", 1)));
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 2));
            Map<String, Position> positions = test.queue().positions(List.of(image, last));
            assertThat(wait(positions, image).low()).isZero();
            assertThat(positions.get(last)).extracting(Position::rank).isEqualTo(2L);
            // Twenty of ten seconds, two at a time.
            assertThat(wait(positions, last).low()).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(100));
            Position.Wait next = test.queue().waitOfNext(PAID, "image");
            assertThat(next).isNotNull();
            assertThat(next == null ? Duration.ZERO : next.low()).isGreaterThan(Duration.ofSeconds(65));
        }
    }

    private static Position.Wait wait(Map<String, Position> positions, String id) {
        Position position = positions.get(id);
        assertThat(position).isNotNull();
        Position.Wait wait = position == null ? null : position.waitTime();
        assertThat(wait).isNotNull();
        return wait == null ? new Position.Wait(Duration.ZERO, Duration.ZERO) : wait;
    }

    @Test
    void snapshots_tell_the_state_of_each_id() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            String waiting = newId();
            String delayed = newId();
            String unknown = newId();
            Instant due = Instant.ofEpochMilli(test.now().plusSeconds(60).toEpochMilli());
            test.queue().enqueue(List.of(TestQueue.retry(entry(waiting, FOREVER, NORMAL), 2)));
            test.queue().enqueue(List.of(delayed(TestQueue.retry(entry(delayed, PAID, NORMAL), 1), due)));
            Map<String, Snapshot> snapshots = test.queue().snapshots(List.of(claim.id(), waiting, delayed, unknown));
            assertThat(snapshots.get(waiting)).isEqualTo(new Snapshot.Waiting(2));
            assertThat(snapshots.get(delayed)).isEqualTo(new Snapshot.Delayed(1, due));
            assertThat(snapshots.get(unknown)).isEqualTo(new Snapshot.Absent());
            assertThat(snapshots.get(claim.id())).isInstanceOfSatisfying(Snapshot.Leased.class, leased -> {
                assertThat(leased.attempt()).isEqualTo(1);
                assertThat(leased.leaseId()).isEqualTo(claim.leaseId());
                assertThat(leased.workerId()).isEqualTo("w1");
                assertThat(leased.cancelRequested()).isFalse();
                assertThat(leased.progress()).isEqualTo(ByteString.EMPTY);
                assertThat(Duration.between(test.now(), leased.deadline()))
                        .isBetween(Duration.ZERO, Duration.ofSeconds(16));
            });
        }
    }
}
