package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FOREVER;
import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newIds;
import static dev.rekindle.queue.TestQueue.worker;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many workers, readers and callers at once, each with a connection of its own. */
final class ManyWorkersIT {

    @Test
    @Tag("Q-04")
    @Tag("Q-15")
    void ten_thousand_jobs_are_each_claimed_and_told_exactly_once() throws Exception {
        try (TestQueue test = TestQueue.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> ids = newIds(10_000);
            AtomicInteger finished = new AtomicInteger();
            Set<String> claimed = ConcurrentHashMap.newKeySet();
            Map<String, Integer> ends = new ConcurrentHashMap<>();
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                Queue queue = test.openAnotherProcess();
                Claimer who = worker("w" + w);
                all.add(threads.submit(() -> work(queue, who, ids.size(), claimed, finished)));
                Results results = queue.results("jobs", "reader" + w);
                all.add(threads.submit(() -> readEnds(results, ids.size(), ends)));
            }
            for (int i = 0; i < ids.size(); i += 100) {
                List<String> some = ids.subList(i, i + 100);
                assertThat(test.queue()
                                .enqueue(some.stream()
                                        .map(id -> entry(id, PAID, NORMAL))
                                        .toList()))
                        .isEqualTo(100);
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(claimed).isEqualTo(new HashSet<>(ids));
            assertThat(ends.keySet()).isEqualTo(new HashSet<>(ids));
            assertThat(ends.values()).containsOnly(1);
            assertThat(finished.get()).isEqualTo(10_000);
            test.assertEmpty();
        }
    }

    private static Void work(Queue queue, Claimer who, int jobs, Set<String> claimed, AtomicInteger finished)
            throws InterruptedException {
        Random random = new Random(who.workerId().hashCode());
        while (finished.get() < jobs) {
            List<Claim> claims = queue.claim(who, 1 + random.nextInt(20), Duration.ofMillis(200));
            claims.forEach(claim -> assertThat(claimed.add(claim.id())).isTrue());
            List<Boolean> held = queue.finish(claims.stream()
                    .map(claim -> new Finish(claim, Ending.COMPLETED, bytes("done")))
                    .toList());
            assertThat(held).allMatch(yes -> yes);
            finished.addAndGet(claims.size());
        }
        return null;
    }

    private static Void readEnds(Results results, int jobs, Map<String, Integer> ends) throws InterruptedException {
        while (ends.size() < jobs) {
            List<ResultEntry> entries = results.read(200, Duration.ofMillis(200));
            for (ResultEntry entry : entries) {
                if (entry.type() == ResultEntry.Type.FINISHED) {
                    ends.merge(entry.id(), 1, Integer::sum);
                }
            }
            results.ack(entries);
        }
        return null;
    }

    @Test
    @Tag("JOB-03")
    void a_job_cancelled_while_it_is_claimed_is_either_removed_or_signalled() throws Exception {
        try (TestQueue test = TestQueue.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> ids = newIds(1000);
            test.queue().enqueue(ids.stream().map(id -> entry(id, PAID, NORMAL)).toList());
            Queue other = test.openAnotherProcess();
            Callable<List<Claim>> claiming = () -> {
                List<Claim> claims = new ArrayList<>();
                List<Claim> some;
                do {
                    some = other.claim(worker("w"), 3, Duration.ZERO);
                    claims.addAll(some);
                } while (!some.isEmpty());
                return claims;
            };
            Callable<Map<String, CancelOutcome>> cancelling = () -> {
                List<String> shuffled = new ArrayList<>(ids);
                Collections.shuffle(shuffled, new Random(7));
                return shuffled.stream()
                        .collect(Collectors.toMap(id -> id, id -> test.queue().cancel(id)));
            };
            Future<List<Claim>> claimed = threads.submit(claiming);
            Future<Map<String, CancelOutcome>> cancelled = threads.submit(cancelling);

            Map<String, CancelOutcome> outcomes = cancelled.get();
            Map<String, Claim> claims = claimed.get().stream().collect(Collectors.toMap(Claim::id, claim -> claim));
            for (String id : ids) {
                CancelOutcome expected = claims.containsKey(id) ? CancelOutcome.SIGNALLED : CancelOutcome.REMOVED;
                assertThat(outcomes.get(id)).isEqualTo(expected);
            }
            claims.values()
                    .forEach(claim -> assertThat(test.queue().heartbeat(List.of(Beat.of(claim))))
                            .containsExactly(Beat.Answer.CANCEL_REQUESTED));
        }
    }

    @Test
    @Tag("Q-03")
    void paid_work_does_not_wait_for_free_work_under_load() throws Exception {
        try (TestQueue test = TestQueue.open(
                "lane.forever_tier.active_max",
                "4",
                "lane.paid_priority.active_max",
                "8",
                "lane.free_tier.active_max",
                "2",
                "lower_lane_every",
                "10")) {
            List<String> free = newIds(300);
            test.queue()
                    .enqueue(free.stream().map(id -> entry(id, FREE, NORMAL)).toList());
            AtomicLong paidDone = new AtomicLong();
            AtomicLong freeDone = new AtomicLong();
            AtomicBoolean stop = new AtomicBoolean();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> workers = new ArrayList<>();
                for (int w = 0; w < 3; w++) {
                    Claimer who = worker("w" + w);
                    Queue queue = test.openAnotherProcess();
                    workers.add(threads.submit(() -> {
                        while (!stop.get()) {
                            for (Claim claim : queue.claim(who, 1, Duration.ofMillis(100))) {
                                (claim.lane().equals(FREE) ? freeDone : paidDone).incrementAndGet();
                                queue.finish(claim, Ending.COMPLETED, bytes(""));
                            }
                        }
                        return null;
                    }));
                }
                // Paid work keeps coming, more than the workers can do, while free work waits in masses.
                List<String> paid = newIds(1000);
                test.queue()
                        .enqueue(paid.stream()
                                .map(id -> entry(id, id.hashCode() % 2 == 0 ? PAID : FOREVER, NORMAL))
                                .toList());
                long freeBefore = freeDone.get();
                dev.rekindle.testkit.Eventually.holds(
                        () -> assertThat(paidDone.get()).isEqualTo(1000));
                long freeMeanwhile = freeDone.get() - freeBefore;
                stop.set(true);
                for (Future<?> one : workers) {
                    one.get();
                }
                // Its share is every tenth claim; a little more where a paid lane was empty for a moment.
                assertThat(freeMeanwhile).isBetween(60L, 160L);
            }
        }
    }
}
