package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.testkit.Eventually;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls that travel together: each gets its own answer, none is lost, and many at once cost few journeys. */
final class CombinerTest {
    private static final int CALLERS = 20;
    private static final int CALLS = 200;

    @Test
    void every_call_gets_its_own_answer_whoever_leads() throws Exception {
        AtomicInteger journeys = new AtomicInteger();
        Combiner<Integer, Integer> doubles = new Combiner<>(_ -> 0.1, numbers -> {
            journeys.incrementAndGet();
            assertThat(numbers).hasSizeLessThanOrEqualTo(10);
            return numbers.stream().map(number -> 2 * number).toList();
        });
        Set<Integer> answers = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller * CALLS;
                callers.add(threads.submit(() -> {
                    List<Integer> mine = new ArrayList<>();
                    for (int i = first; i < first + CALLS; i++) {
                        int answer = doubles.call(i);
                        assertThat(answer).isEqualTo(2 * i);
                        mine.add(answer);
                    }
                    return mine;
                }));
            }
            for (Future<List<Integer>> caller : callers) {
                answers.addAll(caller.get());
            }
        }
        assertThat(answers).hasSize(CALLERS * CALLS);
        assertThat(journeys.get()).isLessThanOrEqualTo(CALLERS * CALLS);
    }

    @Test
    void calls_that_come_while_others_are_on_their_way_travel_together() throws Exception {
        CountDownLatch away = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        Combiner<String, String> echo = new Combiner<>(_ -> 0.1, words -> {
            sizes.add(words.size());
            await(away);
            return words;
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> first = threads.submit(() -> echo.call("first"));
            Future<String> second = threads.submit(() -> echo.call("second"));
            Eventually.holds(() -> assertThat(sizes).hasSize(2));
            List<Future<String>> rest = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                rest.add(threads.submit(() -> echo.call("rest")));
            }
            Eventually.holds(() -> assertThat(echo.waiting()).isEqualTo(8));
            away.countDown();
            assertThat(first.get()).isEqualTo("first");
            assertThat(second.get()).isEqualTo("second");
            for (Future<String> one : rest) {
                assertThat(one.get()).isEqualTo("rest");
            }
        }
        // Two lead at a time, so that two may each have been called to lead before one of them took the rest along.
        assertThat(sizes).startsWith(1, 1).hasSizeBetween(3, 4);
        assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(10);
    }

    @Test
    void a_failure_is_told_to_all_that_travelled_with_it_and_the_next_call_goes_on() {
        AtomicInteger journeys = new AtomicInteger();
        Combiner<String, String> broken = new Combiner<>(_ -> 1, words -> {
            if (journeys.getAndIncrement() == 0) {
                throw new IllegalStateException("the bridge is out");
            }
            return words;
        });
        assertThatThrownBy(() -> broken.call("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the bridge is out");
        assertThat(broken.call("b")).isEqualTo("b");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
