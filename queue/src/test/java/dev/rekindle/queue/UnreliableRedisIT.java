package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.bytes;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that forgets, fills up, restarts, is a cluster, or is set up to lose data. */
final class UnreliableRedisIT {
    @TempDir
    private Path folder;

    @Test
    @Tag("Q-16")
    void an_emptied_redis_goes_on_with_what_is_enqueued_again() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder);
                TestQueue test = TestQueue.open(redis.config())) {
            Results results = test.queue().results("jobs", "one");
            Claim stale = test.start();
            String waiting = test.enqueue(PAID);
            String delayed = newId();
            test.queue()
                    .enqueue(List.of(
                            delayed(entry(delayed, FREE, NORMAL), test.now().plusSeconds(30))));
            results.ack(results.read(10, Duration.ZERO));
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));

            test.redis().sync().flushall();
            List<Entry> all = List.of(
                    entry(stale.id(), PAID, NORMAL), entry(waiting, PAID, NORMAL), entry(delayed, FREE, NORMAL));
            assertThat(test.queue().enqueueAgain(all)).isEqualTo(3);

            assertThat(test.queue().heartbeat(List.of(Beat.of(stale)))).containsExactly(Beat.Answer.LOST);
            assertThat(test.complete(stale)).isFalse();
            List<Claim> claims = test.claim(10);
            assertThat(claims).extracting(Claim::id).containsExactly(stale.id(), waiting, delayed);
            // The same job and the same attempt again: the old lease is refused all the same.
            assertThat(claims.getFirst().attempt()).isEqualTo(stale.attempt());
            assertThat(test.complete(stale)).isFalse();
            claims.forEach(claim -> assertThat(test.complete(claim)).isTrue());
            List<ResultEntry> entries = results.read(100, Duration.ZERO);
            assertThat(entries).hasSize(6);
            results.ack(entries);
            test.queue().recover();
            assertThat(test.redis().sync().xlen(test.prefix() + "results")).isZero();
            assertThat(test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3)))
                    .isEqualTo(new WorkerRegistry.Orders(false, 0));
        }
    }

    @Test
    @Tag("Q-16")
    void every_question_is_answered_by_an_emptied_redis() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder);
                TestQueue test = TestQueue.open(redis.config())) {
            Claim stale = test.start();
            Results results = test.queue().results("jobs", "one");
            List<Runnable> questions = List.of(
                    () -> assertThat(test.claim(1)).isEmpty(),
                    () -> assertThat(test.queue().recover()).isZero(),
                    () -> assertThat(test.queue().lanes()).hasSize(3),
                    () -> assertThat(test.queue().positions(List.of(stale.id())))
                            .isEmpty(),
                    () -> assertThat(test.snapshot(stale.id())).isEqualTo(new Snapshot.Absent()),
                    () -> assertThat(test.queue().cancel(stale.id())).isEqualTo(CancelOutcome.ABSENT),
                    () -> assertThat(test.queue().forget(stale.id())).isFalse(),
                    () -> assertThat(test.queue().move(stale.id(), PAID, NORMAL))
                            .isFalse(),
                    () -> assertThat(test.queue().giveBack(stale)).isFalse(),
                    () -> assertThat(test.queue().report(stale, bytes("x"))).isFalse(),
                    () -> test.queue().requireRoom(PAID, 1),
                    () -> test.queue().pause(PAID, "ada", "storm"),
                    () -> test.queue().setLimits(PAID, new LaneLimits(1, 0, Duration.ofSeconds(9), 1, 10)),
                    () -> assertThat(test.queue().workers().list()).isEmpty(),
                    () -> assertThat(readQuietly(results)).isEmpty(),
                    () -> assertThat(test.enqueue(FREE)).isNotEmpty());
            for (Runnable question : questions) {
                test.redis().sync().flushall();
                question.run();
            }
        }
    }

    private static List<ResultEntry> readQuietly(Results results) {
        try {
            return results.read(10, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("Q-16")
    void jobs_leases_and_results_survive_a_restart() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder);
                TestQueue test = TestQueue.open(redis.config())) {
            Claim claim = test.start();
            String waiting = test.enqueue(PAID);
            redis.restart();
            Eventually.holds(() -> assertThat(test.complete(claim)).isTrue());
            assertThat(test.claimIds(10)).containsExactly(waiting);
            assertThat(test.results("jobs")).hasSize(3);
        }
    }

    @Test
    void a_redis_that_is_away_is_told_as_unavailable() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder);
                TestQueue test = TestQueue.open(redis.config())) {
            redis.stop();
            assertThatThrownBy(() -> test.enqueue(PAID))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE));
        }
    }

    @Test
    @Tag("Q-18")
    void a_full_redis_refuses_new_jobs_while_work_under_way_goes_on_and_makes_room() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder, "--maxmemory", "8mb");
                TestQueue test = TestQueue.open(redis.config())) {
            Claim leased = test.start();
            Claim given = test.start();
            List<String> waiting = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            Entry large = large(newId());
                            test.queue().enqueue(List.of(large));
                            waiting.add(large.id());
                        }
                    })
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.reason()).isEqualTo(Reason.REASON_OVERLOADED);
                        assertThat(failure.detail()).contains("maxmemory");
                    });

            assertThat(test.queue().heartbeat(List.of(new Beat(leased, 1, bytes("half")))))
                    .containsExactly(Beat.Answer.KEPT);
            test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));
            assertThat(test.queue().report(leased, bytes("stage"))).isTrue();
            assertThat(test.queue().giveBack(given)).isTrue();
            assertThat(test.claimOne().id()).isEqualTo(given.id());
            assertThat(test.queue().cancel(given.id())).isEqualTo(CancelOutcome.SIGNALLED);
            assertThat(test.queue().cancel(waiting.getFirst())).isEqualTo(CancelOutcome.REMOVED);
            assertThat(test.complete(leased)).isTrue();
            test.advance(Duration.ofSeconds(16));
            assertThat(test.queue().recover()).isEqualTo(1);
            for (int i = 0; i < 50; i++) {
                assertThat(test.complete(test.claimOne())).isTrue();
            }
            assertThat(test.results("jobs")).hasSizeGreaterThan(100);
            assertThat(test.queue().enqueue(List.of(large(newId())))).isEqualTo(1);
        }
    }

    private static Entry large(String id) {
        return new Entry(
                id, PAID, "ai", NORMAL, 0, 0, Duration.ofSeconds(60), ByteString.copyFrom(new byte[10_000]), null);
    }

    @Test
    @Tag("Q-17")
    void all_of_it_works_on_a_redis_cluster_of_three() throws Exception {
        try (RedisCluster redis = RedisCluster.start(folder)) {
            try (TestQueue test = TestQueue.open(redis.config(), "poll", "1m")) {
                checkAll(test);
            }
            try (TestQueue test = TestQueue.open(redis.config(), "poll", "1m", "shards", "3")) {
                assertThat(Stream.of("q0", "q1", "q2").map(RedisCluster::nodeOf))
                        .containsExactly(0, 1, 2);
                checkAll(test);
                List<Entry> entries = Stream.of(0, 1, 2)
                        .map(shard -> entry(ShardsIT.idOf(shard), PAID, NORMAL))
                        .toList();
                assertThat(test.queue().enqueue(entries)).isEqualTo(3);
                assertThat(test.claim(10)).hasSize(3);
                for (int shard = 0; shard < 3; shard++) {
                    assertThat(test.redis().sync().hlen(test.prefix(shard) + "jobs"))
                            .isEqualTo(1);
                }
            }
        }
    }

    private static void checkAll(TestQueue test) throws Exception {
        Claim claim = test.start();
        assertThat(test.queue().heartbeat(List.of(new Beat(claim, 1, bytes("half")))))
                .containsExactly(Beat.Answer.KEPT);
        String moved = test.enqueue(FREE);
        assertThat(test.queue().move(moved, PAID, NORMAL)).isTrue();
        assertThat(test.queue().positions(List.of(moved))).containsOnlyKeys(moved);
        assertThat(test.queue().giveBack(claim)).isTrue();
        List<Claim> claims = test.claim(10);
        assertThat(claims).extracting(Claim::id).containsExactlyInAnyOrder(claim.id(), moved);
        assertThat(test.queue().cancel(moved)).isEqualTo(CancelOutcome.SIGNALLED);
        assertThat(claims.stream().filter(one -> one.id().equals(claim.id())).map(test::complete))
                .containsExactly(true);
        test.advance(Duration.ofSeconds(16));
        assertThat(test.queue().recover()).isEqualTo(1);
        assertThat(test.queue().lanes()).hasSize(3);
        try (WaitingClaim waiting = WaitingClaim.start(test)) {
            String id = test.enqueue(PAID);
            assertThat(waiting.get().id()).isEqualTo(id);
            assertThat(test.queue().forget(id)).isTrue();
        }
        assertThat(test.results("jobs")).hasSize(7);
        test.queue().workers().heartbeat(WorkerRegistryIT.worker("w1", 3));
        assertThat(test.queue().workers().list()).hasSize(1);
    }

    @Test
    void a_redis_that_may_lose_data_is_refused_or_warned_of() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(folder, "--maxmemory-policy", "allkeys-lru", "--appendonly", "no")) {
            assertThatThrownBy(() -> TestQueue.open(redis.config())).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
                assertThat(failure.message())
                        .contains("maxmemory-policy is allkeys-lru; expected noeviction.")
                        .contains("appendonly is no; expected yes.");
            });
            try (TestQueue test = TestQueue.open(redis.config(), "unsafe_redis", "warn")) {
                test.start();
            }
        }
    }

    @Test
    void a_redis_that_hides_how_it_keeps_data_is_taken_as_it_is() throws Exception {
        try (PrivateRedis redis = new PrivateRedis(
                folder,
                "--maxmemory-policy",
                "allkeys-lru",
                "--user",
                "default",
                "on",
                "nopass",
                "~*",
                "&*",
                "+@all",
                "-info")) {
            try (TestQueue test = TestQueue.open(redis.config())) {
                test.start();
            }
        }
    }
}
