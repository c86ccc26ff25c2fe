package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ResultsIT {

    /** Writes results whose reports are these numbers. */
    private static Claim report(TestQueue test, int from, int to) {
        Claim claim = test.start();
        for (int i = from; i < to; i++) {
            test.queue().report(claim, bytes(String.valueOf(i)));
        }
        return claim;
    }

    private static List<String> texts(List<ResultEntry> entries) {
        return entries.stream().map(entry -> entry.payload().toStringUtf8()).toList();
    }

    private static List<String> read(Results results, int max) throws InterruptedException {
        List<ResultEntry> entries = results.read(max, Duration.ZERO);
        results.ack(entries);
        return texts(entries);
    }

    @Test
    void results_come_in_order_in_batches_and_to_each_group() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            report(test, 1, 6);
            Results jobs = test.queue().results("jobs", "one");
            assertThat(read(jobs, 4)).containsExactly("", "1", "2", "3");
            assertThat(read(jobs, 4)).containsExactly("4", "5");
            assertThat(read(jobs, 4)).isEmpty();
            assertThat(read(test.queue().results("audit", "one"), 10)).containsExactly("", "1", "2", "3", "4", "5");
        }
    }

    @Test
    void of_two_steps_the_later_has_the_later_time_also_within_a_millisecond() {
        try (TestQueue test = TestQueue.open()) {
            Claim claim = test.start();
            for (int i = 0; i < 50; i++) {
                assertThat(test.queue().giveBack(claim)).isTrue();
                claim = test.claimOne();
            }
            assertThat(test.results("jobs"))
                    .extracting(ResultEntry::time)
                    .hasSize(101)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void consumers_of_a_group_share_the_results() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            report(test, 0, 200);
            List<Results> consumers = List.of(
                    test.queue().results("jobs", "one"),
                    test.openAnotherProcess().results("jobs", "two"));
            List<String> all = new ArrayList<>();
            Set<Integer> had = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                List<String> some = read(consumers.get(i % 2), 7);
                if (!some.isEmpty()) {
                    had.add(i % 2);
                }
                all.addAll(some);
            }
            assertThat(had).containsExactly(0, 1);
            assertThat(all).hasSize(201).doesNotHaveDuplicates();
        }
    }

    @Test
    void what_was_not_acknowledged_comes_again_after_a_restart_of_its_consumer() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            report(test, 1, 10);
            Results before = test.queue().results("jobs", "one");
            List<ResultEntry> first = before.read(4, Duration.ZERO);
            List<ResultEntry> second = before.read(3, Duration.ZERO);
            before.ack(second.subList(1, 2));
            before.ack(first.subList(0, 3));
            // Written with the next reading.
            assertThat(texts(before.read(1, Duration.ZERO))).containsExactly("7");

            Results after = test.openAnotherProcess().results("jobs", "one");
            List<String> again = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<ResultEntry> some = after.read(10, Duration.ZERO);
                after.ack(some);
                again.addAll(texts(some));
            }
            assertThat(again).containsExactlyInAnyOrder("3", "4", "6", "7");
            assertThat(read(after, 10)).containsExactly("8", "9");
            assertThat(read(test.openAnotherProcess().results("jobs", "one"), 10))
                    .isEmpty();
        }
    }

    @Test
    @Tag("OPS-06")
    void what_a_dead_consumer_left_goes_to_another() throws Exception {
        try (TestQueue test = TestQueue.open("results_redeliver_after", "1m")) {
            report(test, 1, 4);
            test.openAnotherProcess().results("jobs", "dies").read(3, Duration.ZERO);
            assertThat(read(test.queue().results("jobs", "lives"), 10)).containsExactly("3");
            test.advance(Duration.ofSeconds(61));
            assertThat(read(test.queue().results("jobs", "lives"), 10)).containsExactly("", "1", "2");
            test.advance(Duration.ofSeconds(61));
            assertThat(read(test.queue().results("jobs", "lives"), 10)).isEmpty();
        }
    }

    @Test
    void a_reader_that_waits_is_woken_by_a_result() throws Exception {
        try (TestQueue test = TestQueue.open("poll", "1m")) {
            Results results = test.openAnotherProcess().results("jobs", "one");
            var read = new CompletableFuture<List<ResultEntry>>();
            test.redis().sync().del(test.prefix() + "reading");
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    read.complete(results.read(10, Duration.ofSeconds(50)));
                } catch (InterruptedException | RuntimeException e) {
                    read.completeExceptionally(e);
                }
            });
            dev.rekindle.testkit.Eventually.holds(
                    () -> assertThat(test.redis().sync().exists(test.prefix() + "reading"))
                            .isEqualTo(1));
            String id = test.start().id();
            assertThat(read.get(30, TimeUnit.SECONDS))
                    .extracting(ResultEntry::id)
                    .containsExactly(id);
            reader.join();
        }
    }

    @Test
    void results_are_deleted_when_all_groups_have_acknowledged_them_and_not_before() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            Results jobs = test.queue().results("jobs", "one");
            Results audit = test.queue().results("audit", "one");
            report(test, 1, 10);
            assertThat(length(test)).isEqualTo(10);

            List<ResultEntry> all = jobs.read(10, Duration.ZERO);
            jobs.ack(all);
            test.queue().recover();
            assertThat(length(test)).isEqualTo(10);

            audit.ack(audit.read(3, Duration.ZERO));
            List<ResultEntry> owed = audit.read(3, Duration.ZERO);
            audit.ack(audit.read(2, Duration.ZERO));
            test.queue().recover();
            assertThat(length(test)).isEqualTo(7);

            audit.ack(owed);
            test.queue().recover();
            assertThat(length(test)).isEqualTo(2);
            assertThat(read(audit, 10)).containsExactly("8", "9");
            test.queue().recover();
            assertThat(length(test)).isZero();
        }
    }

    private static long length(TestQueue test) {
        return test.redis().sync().xlen(test.prefix() + "results");
    }
}
