package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All processes have one number of shards, and it changes only while nothing is in the queue. */
@Tag("Q-17")
final class ShardCountIT {

    /** The same queue as another process sees it whose settings say so. */
    private static TestQueue open(TestQueue test, int shards) {
        return TestQueue.open(
                "namespace",
                test.config().namespace(),
                "shards",
                String.valueOf(shards),
                "lane.paid_priority.active_max",
                "12");
    }

    private static void assertRefused(TestQueue test, int shards, String there) {
        assertThatThrownBy(() -> open(test, shards)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
            assertThat(failure.message()).isEqualTo("Setting queue.shards is " + shards + "; expected " + there);
        });
    }

    @Test
    void another_number_is_refused_until_the_queue_is_empty_and_caps_are_shared_anew() {
        try (TestQueue one = TestQueue.open("lane.paid_priority.active_max", "12")) {
            assertThat(one.keys()).doesNotContain("shards");
            Claim claim = one.start();
            one.enqueue(PAID);
            assertRefused(one, 3, "1 until the queue is empty (jobs: 2, results: 1).");
            one.complete(claim);
            one.complete(one.claimOne());
            assertRefused(one, 3, "1 until the queue is empty (jobs: 0, results: 4).");
            assertThat(one.results("jobs")).hasSize(4);

            // All is read, and nobody has deleted it yet.
            try (TestQueue three = open(one, 3)) {
                assertThat(three.queue().limits(PAID).activeMax()).isEqualTo(12);
                List<Entry> entries = List.of(entry(ShardsIT.idOf(2), PAID, NORMAL));
                assertThat(three.queue().enqueue(entries)).isEqualTo(1);
                open(three, 3).close();
                assertRefused(three, 1, "3 until the queue is empty (jobs: 1, results: 0).");
                assertRefused(three, 2, "3 until the queue is empty (jobs: 1, results: 0).");
                assertRefused(three, 4, "3 until the queue is empty (jobs: 1, results: 0).");
                assertThat(three.queue().cancel(entries.getFirst().id())).isEqualTo(CancelOutcome.REMOVED);
            }
            try (TestQueue again = open(one, 1)) {
                assertThat(again.queue().limits(PAID).activeMax()).isEqualTo(12);
                assertThat(again.redis().sync().keys(again.prefix(1).replace("{", "\\{") + "lane*"))
                        .isEmpty();
                again.start();
            }
        }
    }

    @Test
    void shards_of_which_the_first_was_emptied_still_tell_how_many_they_are() {
        try (TestQueue three = TestQueue.open("shards", "3")) {
            three.queue().enqueue(List.of(entry(ShardsIT.idOf(1), PAID, NORMAL)));
            three.keys().forEach(key -> three.redis().sync().del(three.prefix(0) + key));
            assertThat(three.keys()).isEmpty();
            assertRefused(three, 1, "3 until the queue is empty (jobs: 1, results: 0).");
            try (TestQueue same = open(three, 3)) {
                assertThat(same.claim(1)).hasSize(1);
            }
        }
    }
}
