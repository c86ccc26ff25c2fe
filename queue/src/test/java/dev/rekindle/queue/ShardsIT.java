package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.HIGH;
import static dev.rekindle.queue.TestQueue.LOW;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static dev.rekindle.queue.TestQueue.newIds;
import static dev.rekindle.queue.TestQueue.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A queue of three shards is one queue to those who use it. */
@Tag("Q-17")
final class ShardsIT {
    private static final int SHARDS = 3;

    private static TestQueue open(String... settings) {
        return TestQueue.open(Stream.concat(Stream.of("shards", "" + SHARDS), Stream.of(settings))
                .toArray(String[]::new));
    }

    /** An id whose job belongs to that shard. */
    static String idOf(int shard) {
        return Stream.generate(TestQueue::newId)
                .filter(id -> Math.floorMod(id.hashCode(), SHARDS) == shard)
                .findFirst()
                .orElseThrow();
    }

    /** Ids of all shards in turn. */
    private static List<String> ids(int eachShard) {
        return IntStream.range(0, eachShard * SHARDS)
                .mapToObj(number -> idOf(number % SHARDS))
                .toList();
    }

    private static List<Entry> entries(List<String> ids, String lane) {
        return ids.stream().map(id -> entry(id, lane, NORMAL)).toList();
    }

    private static LaneState lane(TestQueue test, String name) {
        return test.queue().lanes().stream()
                .filter(lane -> lane.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Finish> completed(List<Claim> claims) {
        return claims.stream()
                .map(claim -> new Finish(claim, Ending.COMPLETED, bytes("done")))
                .toList();
    }

    @Test
    @Tag("Q-04")
    void many_workers_do_each_job_once_and_each_jobs_results_come_in_order() throws Exception {
        try (TestQueue test = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> ids = newIds(1500);
            AtomicInteger done = new AtomicInteger();
            Map<String, Integer> told = new ConcurrentHashMap<>();
            test.queue().results("audit", "reader");
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                Queue queue = test.openAnother();
                Claimer who = worker("w" + w);
                all.add(threads.submit(() -> work(queue, who, ids.size(), done)));
            }
            for (int r = 0; r < 2; r++) {
                Results results = test.openAnother().results("jobs", "reader" + r);
                all.add(threads.submit(() -> readAll(results, 2 * ids.size(), told)));
            }
            for (int i = 0; i < ids.size(); i += 50) {
                assertThat(test.queue().enqueue(entries(ids.subList(i, i + 50), PAID)))
                        .isEqualTo(50);
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(done.get()).isEqualTo(ids.size());
            assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(told.values()).containsOnly(2);
            Map<String, List<ResultEntry.Type>> inOrder = test.results("audit").stream()
                    .collect(Collectors.groupingBy(
                            ResultEntry::id, Collectors.mapping(ResultEntry::type, Collectors.toList())));
            assertThat(inOrder).hasSize(ids.size());
            assertThat(inOrder.values()).containsOnly(List.of(ResultEntry.Type.STARTED, ResultEntry.Type.FINISHED));
            assertThat(lane(test, PAID).lastHour().completed()).isEqualTo(ids.size());
            for (int shard = 0; shard < SHARDS; shard++) {
                test.assertEmpty(shard);
            }
        }
    }

    private static Void work(Queue queue, Claimer who, int jobs, AtomicInteger done) throws InterruptedException {
        Random random = new Random(who.workerId().hashCode());
        List<Claim> claims = queue.claim(who, 5, Duration.ofMillis(200));
        while (done.get() < jobs) {
            NextClaims next =
                    queue.finishAndClaim(completed(claims), who, 1 + random.nextInt(9), Duration.ofMillis(100));
            assertThat(next.held()).hasSize(claims.size()).doesNotContain(false);
            done.addAndGet(claims.size());
            claims = next.claims();
        }
        return null;
    }

    private static Void readAll(Results results, int count, Map<String, Integer> told) throws InterruptedException {
        while (told.values().stream().mapToInt(Integer::intValue).sum() < count) {
            List<ResultEntry> entries = results.read(200, Duration.ofMillis(100));
            entries.forEach(entry -> told.merge(entry.id(), 1, Integer::sum));
            results.ack(entries);
        }
        return null;
    }

    @Test
    @Tag("Q-01")
    void the_caps_of_a_lane_are_those_of_all_shards_together() {
        try (TestQueue test = open("lane.paid_priority.active_max", "7")) {
            test.queue().enqueue(entries(ids(10), PAID));
            assertThat(test.claim(30)).hasSize(7);
            LaneState lane = lane(test, PAID);
            assertThat(lane.active()).isEqualTo(7);
            assertThat(lane.waitingTotal()).isEqualTo(23);
            assertThat(lane.limits().activeMax()).isEqualTo(7);
            assertThat(lane.limits().waitingMax()).isEqualTo(100_000);

            LaneLimits wider = new LaneLimits(11, 0, Duration.ofMinutes(1), 3, 40);
            test.queue().setLimits(PAID, wider);
            assertThat(test.queue().limits(PAID)).isEqualTo(wider);
            assertThat(test.claim(30)).hasSize(4);
            LaneLimits narrow = new LaneLimits(2, 0, Duration.ofMinutes(1), 3, 40);
            assertThatThrownBy(() -> test.queue().setLimits(PAID, narrow))
                    .hasMessageContaining("active_max: is 2; expected 0 or at least 3");
            assertThat(test.queue().limits(PAID)).isEqualTo(wider);
            assertThat(test.queue().load().active()).isEqualTo(11);
        }
    }

    @Test
    @Tag("Q-09")
    void an_order_about_a_lane_holds_in_all_shards_and_shows_while_it_does_not() {
        try (TestQueue test = open()) {
            List<String> ids = ids(2);
            test.queue().enqueue(entries(ids, PAID));
            test.queue().pause(PAID, "ada", "storm");
            assertThat(test.claim(10)).isEmpty();
            assertThat(lane(test, PAID).mode()).isEqualTo(LaneState.Mode.PAUSED);
            assertThat(lane(test, PAID).agreed()).isTrue();
            test.queue().drain(PAID, "ada", "moving");
            assertThatThrownBy(() -> test.queue().requireRoom(PAID, 1)).hasMessageContaining("takes no new jobs");
            test.queue().resume(PAID, "ada");
            assertThat(test.claimIds(10)).containsExactlyInAnyOrderElementsOf(ids);

            test.redis()
                    .sync()
                    .hset(
                            test.prefix(1) + "lane:" + PAID,
                            "mode",
                            bytes("paused").toByteArray());
            assertThat(lane(test, PAID).agreed()).isFalse();
            test.queue().resume(PAID, "ada");
            assertThat(lane(test, PAID).agreed()).isTrue();

            QueueRules rules = new QueueRules(test.queue().rules().headStarts(), new QueueConfig.Claims(2, 32));
            assertThat(test.queue().isRuledBy(rules)).isFalse();
            test.queue().setRules(rules);
            assertThat(test.queue().isRuledBy(rules)).isTrue();
            test.redis().sync().del(test.prefix(2) + "rules");
            assertThat(test.queue().rules()).isEqualTo(rules);
            assertThat(test.queue().isRuledBy(rules)).isFalse();
        }
    }

    @Test
    @Tag("Q-02")
    void a_worker_of_one_place_serves_all_shards_in_turn() throws Exception {
        try (TestQueue test = open()) {
            List<String> ids = ids(4);
            test.queue().enqueue(entries(ids, PAID));
            List<Claim> claims = test.claim(1);
            List<Integer> shards = new ArrayList<>();
            for (int i = 1; i < ids.size(); i++) {
                NextClaims next = test.queue().finishAndClaim(completed(claims), worker("w1"), 1, Duration.ZERO);
                assertThat(next.held()).containsExactly(true);
                shards.add(Math.floorMod(claims.getFirst().id().hashCode(), SHARDS));
                claims = next.claims();
            }
            assertThat(shards.subList(0, 9)).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
        }
    }

    @Test
    @Tag("Q-12")
    void a_claim_goes_on_to_other_shards_while_there_is_room_and_memory() {
        try (TestQueue test = open()) {
            test.queue()
                    .enqueue(ids(1).stream()
                            .map(id -> TestQueue.ofKind(entry(id, PAID, NORMAL), "ai", 400))
                            .toList());
            assertThat(test.claim(new Claimer("w1", java.util.Set.of("ai"), 1000), 10))
                    .hasSize(2);
            assertThat(test.claim(new Claimer("w2", java.util.Set.of("ai"), 1000), 10))
                    .hasSize(1);
        }
    }

    @Test
    void a_waiting_claim_is_woken_by_a_job_of_any_shard() throws Exception {
        try (TestQueue test = open("poll", "1m")) {
            for (int shard = 0; shard < SHARDS; shard++) {
                String id = idOf(shard);
                try (WaitingClaim waiting = WaitingClaim.start(test)) {
                    test.queue().enqueue(entries(List.of(id), PAID));
                    Claim claim = waiting.get();
                    assertThat(claim.id()).isEqualTo(id);
                    assertThat(test.complete(claim)).isTrue();
                    test.redis().sync().del(test.prefix(0) + "idle");
                }
            }
        }
    }

    @Test
    void a_batch_one_shard_has_no_room_for_leaves_nothing_in_others() {
        try (TestQueue test = open("lane.paid_priority.waiting_max", "6")) {
            List<String> known = List.of(idOf(2), idOf(2), idOf(0));
            assertThat(test.queue().enqueue(entries(known, PAID))).isEqualTo(3);
            assertThatThrownBy(() -> test.queue().enqueue(entries(ids(1), PAID)))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.reason()).isEqualTo(Reason.REASON_OVERLOADED);
                        assertThat(failure.message()).contains("is full: 2 jobs wait, of at most 2");
                    });
            assertThat(lane(test, PAID).waitingTotal()).isEqualTo(3);
            // The same call again, with what was there, is not refused.
            assertThat(test.queue().enqueue(entries(known, PAID))).isZero();
            test.queue().requireRoom(PAID, 3);
            assertThatThrownBy(() -> test.queue().requireRoom(PAID, 4))
                    .hasMessageContaining("is full: 3 jobs wait, of at most 6");
            assertThatThrownBy(() -> test.queue().enqueue(entries(ids(1), "golden")))
                    .hasMessageContaining("lane: is \"golden\"");
            assertThat(test.queue().enqueueAgain(entries(ids(2), PAID))).isEqualTo(6);
            assertThat(test.claim(20)).hasSize(9);
        }
    }

    @Test
    @Tag("Q-05")
    @Tag("Q-14")
    void single_jobs_are_found_moved_and_cancelled_in_whichever_shard_they_are() {
        try (TestQueue test = open()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                ids.add(idOf(i * 2 % SHARDS));
                test.queue().enqueue(entries(List.of(ids.getLast()), PAID));
            }
            Map<String, Position> positions = test.queue().positions(ids);
            for (int i = 0; i < ids.size(); i++) {
                assertThat(positions.get(ids.get(i))).isEqualTo(new Position(i + 1, 7, null));
            }
            assertThat(test.queue()
                            .move(List.of(
                                    new Move(ids.get(6), PAID, HIGH),
                                    new Move(newId(), PAID, HIGH),
                                    new Move(ids.get(0), PAID, LOW),
                                    new Move(ids.get(1), FREE, NORMAL))))
                    .containsExactly(true, false, true, true);
            positions = test.queue().positions(ids);
            assertThat(positions.get(ids.get(6))).isEqualTo(new Position(1, 6, null));
            assertThat(positions.get(ids.get(0))).isEqualTo(new Position(6, 6, null));
            assertThat(positions.get(ids.get(1))).isEqualTo(new Position(1, 1, null));

            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));
            assertThat(test.queue().positions(ids.subList(2, 3)).get(ids.get(2)))
                    .isNotNull()
                    .satisfies(position -> assertThat(position.waitTime()).isNotNull());
            assertThat(test.queue().waitOfNext(PAID, "ai")).isNotNull();

            assertThat(test.queue().cancel(List.of(ids.get(2), newId(), ids.get(3))))
                    .containsValues(CancelOutcome.REMOVED, CancelOutcome.ABSENT)
                    .containsEntry(ids.get(2), CancelOutcome.REMOVED)
                    .containsEntry(ids.get(3), CancelOutcome.REMOVED);
            assertThat(test.queue().forget(ids.get(4))).isTrue();
            assertThat(test.queue().snapshots(ids))
                    .containsOnlyKeys(ids)
                    .containsEntry(ids.get(4), new Snapshot.Absent())
                    .containsEntry(ids.get(5), new Snapshot.Waiting(0));
        }
    }

    @Test
    @Tag("Q-06")
    void leases_are_kept_ended_and_recovered_in_all_shards() throws Exception {
        try (TestQueue test = open()) {
            List<String> ids = ids(2);
            test.queue().enqueue(entries(ids, PAID));
            List<Claim> claims = test.claim(10);
            List<String> progressed = new CopyOnWriteArrayList<>();
            List<String> stopped = new CopyOnWriteArrayList<>();
            try (AutoCloseable progress = test.queue().onProgress(update -> progressed.add(update.id()));
                    AutoCloseable cancels = test.queue().onCancel("w1", stopped::add)) {
                assertThat(test.queue()
                                .heartbeat(claims.stream()
                                        .map(claim -> new Beat(claim, 1, bytes("half")))
                                        .toList()))
                        .hasSize(6)
                        .containsOnly(Beat.Answer.KEPT);
                ids.forEach(test.queue()::cancel);
                Eventually.holds(() -> assertThat(progressed).containsExactlyInAnyOrderElementsOf(ids));
                Eventually.holds(() -> assertThat(stopped).containsExactlyInAnyOrderElementsOf(ids));
                assertThat(progress).isNotSameAs(cancels);
            }
            assertThat(test.queue().finish(completed(claims.subList(0, 2)))).containsExactly(true, true);
            assertThat(test.queue().giveBack(claims.subList(1, 3))).containsExactly(false, true);
            assertThat(test.queue().report(claims.get(3), bytes("stage"))).isTrue();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(newId(), PAID, NORMAL), test.now().plusSeconds(5))));
            test.advance(Duration.ofSeconds(16));
            assertThat(test.queue().recover()).isEqualTo(4);

            String mark = test.queue().resultsMark();
            Results results = test.queue().results("jobs", "one");
            List<ResultEntry> read = results.read(100, Duration.ZERO);
            assertThat(read).hasSize(6 + 2 + 1 + 1 + 3);
            results.ack(read.subList(1, read.size()));
            test.queue().recover();
            assertThat(test.queue().settled(mark)).isFalse();
            results.ack(read.subList(0, 1));
            test.queue().recover();
            assertThat(test.queue().settled(mark)).isTrue();
        }
    }
}
