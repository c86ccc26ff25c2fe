package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random calls to a queue and to a plain model of it, which must agree on every answer, every state and every result. The
 * seed is printed; {@code -Dseed=} runs it again.
 *
 * <p>Each step is 100 s later than the one before, and all times are chosen so that none falls within 10 s of another: the
 * time a step really takes changes nothing.
 */
final class QueueFuzzTest {
    private static final int RUNS = 5;
    private static final int STEPS = 1000;
    private static final int IDS = 40;
    private static final List<String> KINDS = List.of("ai", "image", "video");
    private static final List<Ending> ENDINGS = List.of(Ending.values());
    private static final List<LaneState.Mode> MODES = List.of(LaneState.Mode.values());
    private static final int[] PRIORITIES = {1, 5, 10, 20};

    @Test
    @Tag("Q-01")
    @Tag("Q-02")
    @Tag("Q-04")
    @Tag("Q-12")
    void the_queue_does_what_its_model_does() throws Exception {
        compare(RUNS, 1);
    }

    @Test
    @Tag("Q-17")
    void a_queue_of_three_shards_does_what_its_model_does() throws Exception {
        compare(1, 3);
    }

    private static void compare(int runs, int shards) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("QueueFuzzTest: -Dseed=" + seed + " with " + shards + " shards");
        for (int run = 0; run < runs; run++) {
            try (TestQueue test = TestQueue.open(
                    "shards",
                    String.valueOf(shards),
                    "lane.forever_tier.active_max",
                    "4",
                    "lane.forever_tier.waiting_max",
                    "9",
                    "lane.paid_priority.active_max",
                    "4",
                    "lane.paid_priority.waiting_max",
                    "9",
                    "lane.free_tier.active_max",
                    "4",
                    "lane.free_tier.waiting_max",
                    "9",
                    "head_start.normal",
                    "620s",
                    "head_start.high",
                    "1540s",
                    "head_start.urgent",
                    "2960s",
                    "head_start.retry",
                    "4380s",
                    "lease",
                    QueueModel.LEASE + "s",
                    "lease_grace",
                    QueueModel.GRACE + "s",
                    "look_ahead_max",
                    "3",
                    "lower_lane_every",
                    "3")) {
                new Run(test, new Random(seed + run)).go();
            }
        }
    }

    private static final class Run {
        private final TestQueue test;
        private final Queue queue;
        private final Random random;
        private final ShardedModel model;
        private final Results results;
        private final List<String> ids = TestQueue.newIds(IDS);
        private final List<Claim> claims = new ArrayList<>();
        private final List<Claim> finished = new ArrayList<>();

        Run(TestQueue test, Random random) {
            this.test = test;
            this.queue = test.queue();
            this.random = random;
            this.model = new ShardedModel(
                    test.config().shards(), System.currentTimeMillis() / 100_000 * 100 + 100, 4, 9, queue.rules());
            this.results = queue.results("jobs", "fuzz");
        }

        void go() throws InterruptedException {
            for (int step = 0; step < STEPS; step++) {
                model.turnOn(random.nextInt(20) == 0 ? 100L * (1 + random.nextInt(30)) : 100);
                test.turnTo(Instant.ofEpochSecond(model.now()));
                String what = "step " + step + ": ";
                try {
                    what += step();
                    compare();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(what, e);
                }
            }
        }

        private String step() throws InterruptedException {
            int dice = random.nextInt(100);
            if (dice < 25) {
                return enqueue();
            } else if (dice < 50) {
                return claim();
            } else if (dice < 60) {
                return heartbeat();
            } else if (dice < 72) {
                return finish();
            } else if (dice < 76) {
                Claim claim = anyClaim();
                assertThat(queue.report(claim, bytes("r")))
                        .isEqualTo(model.of(claim.id()).report(claim));
                return "report";
            } else if (dice < 81) {
                giveBack(anyClaim());
                return "give back";
            } else if (dice < 85) {
                String id = anyId();
                assertThat(queue.cancel(id)).isEqualTo(model.of(id).cancel(id));
                return "cancel";
            } else if (dice < 87) {
                String id = anyId();
                assertThat(queue.forget(id)).isEqualTo(model.of(id).forget(id));
                return "forget";
            } else if (dice < 91) {
                Move move = new Move(anyId(), anyLane(), anyPriority());
                assertThat(queue.move(List.of(move)))
                        .containsExactly(model.of(move.id()).move(move));
                return "move";
            } else if (dice < 97) {
                assertThat((long) queue.recover()).isEqualTo(model.sum(QueueModel::recover));
                return "recover";
            }
            return random.nextBoolean() ? changeLane() : changeRules();
        }

        private String enqueue() {
            List<Entry> entries = new ArrayList<>();
            int count = 1 + random.nextInt(5);
            boolean known = random.nextInt(3) == 0;
            for (int i = 0; i < count; i++) {
                String id = anyId();
                int attempts = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 0;
                entries.add(new Entry(
                        id,
                        anyLane(),
                        KINDS.get(random.nextInt(3)),
                        anyPriority(),
                        100L * (1 + random.nextInt(5)),
                        // Fewer than it had come to when it ended would be a call that comes late.
                        known ? Math.max(attempts, model.of(id).over.getOrDefault(id, 0)) : attempts,
                        Duration.ofSeconds(QueueModel.TIMEOUT),
                        bytes("payload"),
                        random.nextInt(4) == 0
                                ? Instant.ofEpochSecond(model.now() + 250 + 100L * (random.nextInt(8) - 4))
                                : null));
            }
            int added = model.enqueue(entries, known);
            if (added < 0) {
                assertThatThrownBy(() -> queue.enqueue(entries))
                        .isInstanceOfSatisfying(
                                Failure.class,
                                failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_OVERLOADED));
            } else {
                assertThat(known ? queue.enqueueAgain(entries) : queue.enqueue(entries))
                        .isEqualTo(added);
            }
            return "enqueue";
        }

        /** Who asks for work, and what it gets by the model. */
        private record Wish(Claimer who, int max, List<String> expected) {}

        private Wish wish() {
            Set<String> kinds = new HashSet<>(KINDS);
            while (kinds.size() > 1 && random.nextInt(3) == 0) {
                kinds.remove(KINDS.get(random.nextInt(3)));
            }
            Claimer who = new Claimer("w" + random.nextInt(3), kinds, 100L * (1 + random.nextInt(15)));
            int max = 1 + random.nextInt(6);
            return new Wish(who, max, model.claim(kinds, who.memoryBytesFree(), max));
        }

        private String claim() throws InterruptedException {
            Wish wish = wish();
            take(wish, queue.claim(wish.who, wish.max, Duration.ZERO));
            return "claim";
        }

        private void take(Wish wish, List<Claim> got) {
            assertThat(got).extracting(Claim::id).isEqualTo(wish.expected);
            for (Claim claim : got) {
                assertThat(claim.attempt())
                        .isEqualTo(model.of(claim.id()).job(claim.id()).entry.attemptsSoFar() + 1);
                assertThat(claim.lane()).isEqualTo(model.of(claim.id()).job(claim.id()).lane);
                model.of(claim.id()).lease(claim, wish.who.workerId());
                claims.add(claim);
            }
        }

        private String heartbeat() {
            List<Beat> beats = new ArrayList<>();
            for (Claim claim : claims.reversed().stream().limit(8).toList()) {
                if (random.nextInt(4) > 0
                        && beats.stream().noneMatch(beat -> beat.claim().id().equals(claim.id()))) {
                    int sequence = random.nextInt(20);
                    beats.add(new Beat(claim, sequence, bytes(sequence % 3 == 0 ? "" : "at " + sequence)));
                }
            }
            assertThat(queue.heartbeat(beats))
                    .isEqualTo(beats.stream()
                            .map(beat -> model.of(beat.claim().id()).heartbeat(beat))
                            .toList());
            return "heartbeat";
        }

        private String finish() throws InterruptedException {
            List<Finish> finishes = new ArrayList<>();
            List<Boolean> expected = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                Claim claim = anyClaim();
                Ending ending = ENDINGS.get(random.nextInt(3));
                boolean twice =
                        finishes.stream().anyMatch(other -> other.claim().equals(claim));
                boolean held = model.of(claim.id()).finish(claim, ending);
                finishes.add(new Finish(claim, ending, bytes("done")));
                expected.add(held || (twice && finished.contains(claim)));
                if (held) {
                    finished.add(claim);
                }
            }
            if (random.nextBoolean()) {
                assertThat(queue.finish(finishes)).isEqualTo(expected);
                claims.removeAll(finished);
                return "finish";
            }
            Wish wish = wish();
            NextClaims next = queue.finishAndClaim(finishes, wish.who, wish.max, Duration.ZERO);
            assertThat(next.held()).isEqualTo(expected);
            claims.removeAll(finished);
            take(wish, next.claims());
            return "finish and claim";
        }

        private void giveBack(Claim claim) {
            QueueModel shard = model.of(claim.id());
            boolean held = shard.giveBack(claim);
            assertThat(queue.giveBack(claim)).isEqualTo(held);
            if (held && !shard.jobs.containsKey(claim.id())) {
                // It was cancelled. Finished again within a minute, the queue still knows that, and the model does not.
                claims.removeAll(List.of(claim));
            }
        }

        private String changeLane() {
            String lane = anyLane();
            LaneState.Mode mode = MODES.get(random.nextInt(3));
            switch (mode) {
                case RUNNING -> queue.resume(lane, "fuzz");
                case PAUSED -> queue.pause(lane, "fuzz", "chance");
                case DRAINING -> queue.drain(lane, "fuzz", "chance");
            }
            int drawn = random.nextInt(6);
            int activeMax = drawn == 0 ? 0 : Math.max(drawn, model.count());
            model.setLane(lane, mode, activeMax);
            queue.setLimits(lane, new LaneLimits(activeMax, 0, Duration.ofSeconds(60), 3, 9));
            return "change lane";
        }

        /** Orders head starts under which no two jobs that came otherwise have one score, and another way to choose. */
        private String changeRules() {
            int more = random.nextBoolean() ? 5 : 0;
            model.setRules(new QueueRules(
                    new QueueConfig.HeadStarts(
                            Duration.ofSeconds(620 + more),
                            Duration.ofSeconds(1540 + more),
                            Duration.ofSeconds(2960 + more),
                            Duration.ofSeconds(4380 + more)),
                    new QueueConfig.Claims(random.nextInt(5), 1 + random.nextInt(4))));
            queue.setRules(model.rules());
            assertThat(queue.rules()).isEqualTo(model.rules());
            return "change rules";
        }

        /** A lease of this run, likely a young one; often one that is lost. */
        private Claim anyClaim() {
            if (claims.isEmpty()) {
                return new Claim(anyId(), "ai", TestQueue.PAID, 1, "none", bytes(""), Duration.ZERO, Instant.EPOCH);
            }
            int back = Math.min(claims.size(), 1 + random.nextInt(12));
            return claims.get(claims.size() - back);
        }

        private String anyId() {
            return ids.get(random.nextInt(IDS));
        }

        private String anyLane() {
            return QueueModel.LANES.get(random.nextInt(3));
        }

        private int anyPriority() {
            return PRIORITIES[random.nextInt(PRIORITIES.length)];
        }

        private void compare() throws InterruptedException {
            for (LaneState lane : queue.lanes()) {
                assertThat(lane.waitingTotal())
                        .isEqualTo(model.sum(shard -> shard.waiting(lane.name()).size()));
                assertThat(lane.active()).isEqualTo(model.sum(shard -> shard.active(lane.name())));
                assertThat(lane.delayed()).isEqualTo(model.sum(shard -> shard.delayed(lane.name())));
            }
            Map<String, Snapshot> snapshots = queue.snapshots(ids);
            Map<String, Position> positions = queue.positions(ids);
            for (String id : ids) {
                QueueModel.Job job = model.find(id);
                assertThat(matches(snapshots.get(id), job))
                        .as("%s is %s", id, snapshots.get(id))
                        .isTrue();
                assertThat(positions.containsKey(id)).isEqualTo(job != null && job.waits());
                if (job != null && job.waits()) {
                    assertThat(positions.get(id)).isEqualTo(model.position(job));
                }
            }
            List<ResultEntry> read = results.read(1000, Duration.ZERO);
            results.ack(read);
            for (int shard = 0; shard < model.count(); shard++) {
                int number = shard;
                assertThat(read.stream()
                                .filter(entry -> model.numberOf(entry.id()) == number)
                                .map(Run::text)
                                .toList())
                        .isEqualTo(model.takeResults(shard));
            }
        }

        private static boolean matches(
                @org.jspecify.annotations.Nullable Snapshot snapshot,
                QueueModel.@org.jspecify.annotations.Nullable Job job) {
            return switch (snapshot) {
                case null -> false;
                case Snapshot.Absent absent -> job == null;
                case Snapshot.Waiting waiting ->
                    job != null && job.waits() && waiting.attemptsSoFar() == job.entry.attemptsSoFar();
                case Snapshot.Delayed delayed ->
                    job != null && job.due != 0 && delayed.due().getEpochSecond() == job.due;
                case Snapshot.Leased leased -> {
                    QueueModel.Lease lease = job == null ? null : job.lease;
                    yield lease != null
                            && leased.leaseId().equals(lease.claim.leaseId())
                            && leased.workerId().equals(lease.worker)
                            && leased.cancelRequested() == lease.cancelled
                            && leased.sequence() == lease.sequence
                            && Math.abs(leased.deadline().getEpochSecond() - lease.deadline) < 10;
                }
            };
        }

        private static String text(ResultEntry entry) {
            String text = entry.type() + " " + entry.id() + " " + entry.attempt() + " " + entry.leaseId();
            return switch (entry.type()) {
                case FINISHED -> text + " " + entry.ending();
                case LOST -> text + " " + entry.lostCount();
                case STARTED, REPORT, RETURNED -> text;
            };
        }
    }
}
