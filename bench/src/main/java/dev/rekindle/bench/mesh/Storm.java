package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Faults one after the other, drawn from the seed; those that last overlap with the next. */
final class Storm {
    private static final int PAUSE_MILLIS_MIN = 300;
    private static final int PAUSE_MILLIS_MAX = 6_000;
    /** Two clocks that are wrong in opposite ways differ by less than identities allow. */
    private static final int CLOCK_OFF_MILLIS_MAX = 14_500;

    private final World world;
    private final SplittableRandom random;
    private final List<FaultKind> urn = new ArrayList<>();
    private final Consumer<String> log;
    private final List<Future<?>> ending = new ArrayList<>();
    private final Map<FaultKind, Integer> struck = new EnumMap<>(FaultKind.class);

    Storm(World world, Plan plan, Consumer<String> log) {
        this.world = world;
        this.random = new SplittableRandom(plan.seed());
        this.log = log;
        plan.faults().stream().sorted(Comparator.naturalOrder()).forEach(kind -> {
            for (int i = 0; i < kind.weight(); i++) {
                urn.add(kind);
            }
        });
    }

    /** Strikes for so long, then makes all whole. */
    void run(Duration length) throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try {
            while (System.nanoTime() < end) {
                strike(urn.get(random.nextInt(urn.size())), later);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
            }
        } finally {
            later.shutdownNow();
            if (!later.awaitTermination(30, TimeUnit.SECONDS)) {
                log.accept("An end of a fault did not end");
            }
            ending.stream()
                    .filter(one -> one.state() == Future.State.FAILED)
                    .forEach(one -> log.accept("The end of a fault failed: " + one.exceptionNow()));
            world.makeWhole();
        }
    }

    Map<FaultKind, Integer> struck() {
        return struck;
    }

    private void strike(FaultKind kind, ScheduledExecutorService later) throws IOException, InterruptedException {
        struck.merge(kind, 1, Integer::sum);
        switch (kind) {
            case KILL_WORKER -> kill(one(world.workers()));
            case KILL_SERVICE -> kill(one(world.services()));
            case END_WORKER -> end(one(world.workers()));
            case END_SERVICE -> end(one(world.services()));
            case FREEZE_WORKER -> freeze(one(world.workers()), between(3_500, 8_000), later);
            case FREEZE_SERVICE -> freeze(one(world.services()), between(1_000, 6_000), later);
            case KILL_REDIS -> {
                log.accept("kill redis");
                world.ground().crashRedis(false);
            }
            case LOSE_REDIS -> {
                log.accept("kill redis, its data lost");
                world.ground().crashRedis(true);
            }
            case FLUSH_REDIS -> {
                log.accept("flush redis");
                world.ground().flushRedis();
            }
            case KILL_POSTGRES -> {
                log.accept("kill postgres");
                world.ground().crashPostgres();
            }
            case KILL_S3 -> kill(world.ground().s3());
            case CUT_LINK -> bend("cut", Link::cut, between(200, 3_000), later);
            case SLOW_LINK -> {
                Duration by = between(20, 400);
                bend("slow by " + by.toMillis() + " ms", link -> link.slow(by), between(1_000, 6_000), later);
            }
            case DEAD_LINK -> bend("dead", Link::die, between(1_000, 6_000), later);
            case WRONG_CLOCK -> putWrong(one(world.clocked()), between(2_000, 20_000), later);
        }
    }

    private void kill(Member member) throws InterruptedException {
        log.accept("kill " + member.name());
        member.kill();
    }

    private void end(Member member) {
        log.accept("end " + member.name());
        member.end();
    }

    private void freeze(Member member, Duration length, ScheduledExecutorService later)
            throws IOException, InterruptedException {
        log.accept("freeze " + member.name() + " for " + length.toMillis() + " ms");
        member.freeze();
        ending.add(later.schedule(
                () -> {
                    member.thaw();
                    return null;
                },
                length.toMillis(),
                TimeUnit.MILLISECONDS));
    }

    private void putWrong(String process, Duration length, ScheduledExecutorService later) throws IOException {
        Duration off = between(500, CLOCK_OFF_MILLIS_MAX);
        Duration ahead = random.nextBoolean() ? off : off.negated();
        log.accept("clock of " + process + " " + ahead.toMillis() + " ms ahead for " + length.toMillis() + " ms");
        world.putClock(process, ahead);
        ending.add(later.schedule(
                () -> {
                    world.putClock(process, Duration.ZERO);
                    return null;
                },
                length.toMillis(),
                TimeUnit.MILLISECONDS));
    }

    private void bend(String how, Consumer<Link> bend, Duration length, ScheduledExecutorService later) {
        Link link = one(world.links().all());
        log.accept("link " + link.name() + " " + how + " for " + length.toMillis() + " ms");
        bend.accept(link);
        ending.add(later.schedule(link::mend, length.toMillis(), TimeUnit.MILLISECONDS));
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Duration between(int millisMin, int millisMax) {
        return Duration.ofMillis(random.nextInt(millisMin, millisMax));
    }
}
