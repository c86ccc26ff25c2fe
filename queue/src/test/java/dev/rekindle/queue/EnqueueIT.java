package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static dev.rekindle.queue.TestQueue.newIds;
import static dev.rekindle.queue.TestQueue.ofKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class EnqueueIT {

    @Test
    @Tag("Q-16")
    void an_id_that_waits_is_delayed_or_leased_is_left_alone() {
        try (TestQueue test = TestQueue.open()) {
            String leased = test.start().id();
            String waiting = test.enqueue(PAID);
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, PAID, NORMAL), test.now().plusSeconds(60))));

            List<Entry> again =
                    List.of(entry(leased, FREE, NORMAL), entry(waiting, FREE, NORMAL), entry(delayed, FREE, NORMAL));
            assertThat(test.queue().enqueue(again)).isZero();
            assertThat(test.queue().enqueueAgain(again)).isZero();
            assertThat(test.claim(10)).extracting(Claim::id).containsExactly(waiting);
            assertThat(test.snapshot(delayed)).isInstanceOf(Snapshot.Delayed.class);
        }
    }

    @Test
    @Tag("Q-16")
    void a_call_that_comes_late_or_twice_does_not_bring_back_what_has_ended() {
        try (TestQueue test = TestQueue.open()) {
            Entry done = entry(newId(), PAID, NORMAL);
            Entry cancelled = entry(newId(), PAID, NORMAL);
            assertThat(test.queue().enqueueAgain(List.of(done, cancelled))).isEqualTo(2);
            assertThat(test.queue().cancel(cancelled.id())).isEqualTo(CancelOutcome.REMOVED);
            Claim claim = test.claimOne();
            assertThat(test.queue().finish(claim, Ending.FAILED, ByteString.EMPTY))
                    .isTrue();

            assertThat(test.queue().enqueueAgain(List.of(done, cancelled))).isZero();
            assertThat(test.claim(10)).isEmpty();
            // Said once more after a broken connection, the end still counts; and the next attempt waits as it should.
            assertThat(test.queue().finish(claim, Ending.FAILED, ByteString.EMPTY))
                    .isTrue();
            assertThat(test.queue().enqueueAgain(List.of(TestQueue.retry(done, 1))))
                    .isEqualTo(1);
            assertThat(test.claimIds(10)).containsExactly(done.id());
        }
    }

    @Test
    void an_id_twice_in_one_list_is_one_job() {
        try (TestQueue test = TestQueue.open()) {
            String id = newId();
            assertThat(test.queue().enqueue(List.of(entry(id, PAID, NORMAL), entry(id, FREE, NORMAL))))
                    .isEqualTo(1);
            assertThat(test.claimIds(10)).containsExactly(id);
        }
    }

    @Test
    @Tag("Q-07")
    void a_delayed_job_waits_from_when_it_is_due() {
        try (TestQueue test = TestQueue.open()) {
            String id = newId();
            test.queue()
                    .enqueue(List.of(delayed(entry(id, PAID, NORMAL), test.now().plusSeconds(30))));
            test.advance(Duration.ofSeconds(25));
            assertThat(test.queue().recover()).isZero();
            assertThat(test.claim(1)).isEmpty();
            test.advance(Duration.ofSeconds(10));
            String later = test.enqueue(PAID);
            assertThat(test.queue().recover()).isEqualTo(1);
            assertThat(test.claimIds(10)).containsExactly(id, later);
        }
    }

    @Test
    void a_job_that_became_due_long_ago_waits_at_once() {
        try (TestQueue test = TestQueue.open()) {
            String id = newId();
            test.queue()
                    .enqueue(List.of(delayed(entry(id, PAID, NORMAL), test.now().minusSeconds(3600))));
            assertThat(test.claimIds(1)).containsExactly(id);
        }
    }

    @Test
    @Tag("Q-18")
    void a_full_lane_refuses_new_jobs_as_a_whole_batch_and_takes_known_ones() {
        try (TestQueue test = TestQueue.open("lane.free_tier.waiting_max", "3")) {
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(newId(), FREE, NORMAL), test.now().plusSeconds(60))));
            test.enqueue(FREE);
            test.queue().enqueue(List.of(ofKind(entry(newId(), FREE, NORMAL), "video", 1)));
            List<Entry> paidAndFree = List.of(entry(newId(), PAID, NORMAL), entry(newId(), FREE, NORMAL));

            assertOverloaded(() -> test.queue().enqueue(paidAndFree), "free_tier is full: 3 jobs wait, of at most 3");
            assertOverloaded(() -> test.queue().requireRoom(FREE, 1), "free_tier is full");
            test.queue().requireRoom(PAID, 1);
            assertThat(test.snapshot(paidAndFree.getFirst().id())).isEqualTo(new Snapshot.Absent());
            assertThat(test.queue().enqueueAgain(paidAndFree)).isEqualTo(2);
        }
    }

    @Test
    void a_full_lane_has_room_again_when_a_job_begins() {
        try (TestQueue test = TestQueue.open("lane.paid_priority.waiting_max", "1")) {
            test.enqueue(PAID);
            assertOverloaded(() -> test.enqueue(PAID), "full");
            test.claimOne();
            test.enqueue(PAID);
        }
    }

    @Test
    @Tag("Q-09")
    void a_draining_lane_refuses_new_jobs_takes_known_ones_and_runs_those_that_wait() {
        try (TestQueue test = TestQueue.open()) {
            String before = test.enqueue(PAID);
            test.queue().drain(PAID, "ada", "moving house");
            assertOverloaded(() -> test.enqueue(PAID), "takes no new jobs");
            assertOverloaded(() -> test.queue().requireRoom(PAID, 1), "takes no new jobs");
            String known = newId();
            test.queue().enqueueAgain(List.of(entry(known, PAID, NORMAL)));
            assertThat(test.claimIds(10)).containsExactly(before, known);
        }
    }

    @Test
    void a_list_longer_than_a_batch_is_enqueued_in_order() {
        try (TestQueue test = TestQueue.open("batch_max", "10")) {
            List<String> ids = newIds(95);
            assertThat(test.queue()
                            .enqueue(ids.stream()
                                    .map(id -> entry(id, PAID, NORMAL))
                                    .toList()))
                    .isEqualTo(95);
            List<String> claimed = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                claimed.addAll(test.claimIds(10));
            }
            assertThat(claimed).isEqualTo(ids);
        }
    }

    @Test
    void nothing_enqueued_is_nothing() {
        try (TestQueue test = TestQueue.open()) {
            assertThat(test.queue().enqueue(List.of())).isZero();
        }
    }

    @Test
    void what_cannot_be_right_is_refused_by_name() {
        try (TestQueue test = TestQueue.open("payload_bytes_max", "100")) {
            Entry good = entry(newId(), PAID, NORMAL);
            assertInvalid(() -> test.enqueue("golden"), "lane: is \"golden\"; expected one of forever_tier");
            assertInvalid(() -> test.queue().requireRoom("golden", 1), "lane: is \"golden\"");
            assertInvalid(() -> test.enqueue(PAID, 7), "priority: is 7");
            assertInvalid(() -> test.queue().enqueue(List.of(ofKind(good, "sound", 1))), "kind: is \"sound\"");
            assertInvalid(() -> test.queue().enqueue(List.of(ofKind(good, "ai", -1))), "memory_bytes");
            assertInvalid(() -> test.queue().enqueue(List.of(entry("x y", PAID, NORMAL))), "id: is \"x y\"");
            Entry large = new Entry(
                    newId(), PAID, "ai", 5, 0, 0, Duration.ofSeconds(1), ByteString.copyFrom(new byte[101]), null);
            assertThatThrownBy(() -> test.queue().enqueue(List.of(large)))
                    .hasMessage("The payload has 101 bytes; expected at most 100.");
            Entry endless = new Entry(newId(), PAID, "ai", 5, 0, 0, Duration.ofDays(2), ByteString.EMPTY, null);
            assertInvalid(() -> test.queue().enqueue(List.of(endless)), "attempt_timeout");
            assertThat(test.claim(10)).isEmpty();
        }
    }

    private static void assertInvalid(ThrowingCallable call, String message) {
        assertFails(call, Reason.REASON_INVALID_REQUEST, message);
    }

    private static void assertOverloaded(ThrowingCallable call, String message) {
        assertFails(call, Reason.REASON_OVERLOADED, message);
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.retryDelay()).isEqualTo(Duration.ofSeconds(30)));
    }

    private static void assertFails(ThrowingCallable call, Reason reason, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure.message()).contains(message);
        });
    }

    @Test
    @Tag("Q-16")
    void callers_at_once_are_each_told_of_their_own_jobs() throws Exception {
        try (TestQueue test = TestQueue.open("lane.free_tier.waiting_max", "25");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String lane = i % 2 == 0 ? PAID : FREE;
                callers.add(threads.submit(() ->
                        test.queue().enqueue(List.of(entry(newId(), lane, NORMAL), entry(newId(), lane, NORMAL)))));
            }
            int refused = 0;
            for (int i = 0; i < callers.size(); i++) {
                try {
                    assertThat(callers.get(i).get()).isEqualTo(2);
                } catch (ExecutionException e) {
                    assertThat(i % 2).as("a lane with room").isEqualTo(1);
                    assertThat(e.getCause()).isInstanceOf(Failure.class);
                    refused++;
                }
            }
            // The full lane took what fits, pairs whole.
            assertThat(refused).isEqualTo(20 - 12);
            assertThat(test.claim(100)).hasSize(40 + 24);
        }
    }
}
