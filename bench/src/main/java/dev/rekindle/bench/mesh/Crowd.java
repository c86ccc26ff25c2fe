package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Role;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.platform.Closer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The users of a run, of different tiers, with and without money, and two operators who contradict each other. */
final class Crowd implements AutoCloseable {
    private static final long END_SECONDS_MAX = 240;

    /** A user and what he begins with. */
    private record Kind(String name, Tier tier, int credits) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("ann", Tier.TIER_FOREVER, 50_000),
            new Kind("ben", Tier.TIER_CHERISH, 50_000),
            new Kind("cleo", Tier.TIER_REMEMBER, 50_000),
            new Kind("dan", Tier.TIER_FREE, 50_000),
            new Kind("eve", Tier.TIER_FREE, 20));

    private final Closer closer = new Closer();
    private final Diary diary;
    private final Map<String, Caller> callers = new LinkedHashMap<>();
    private final Map<String, EventReader> readers = new LinkedHashMap<>();
    private final Caller operator;
    private final Map<String, Caller> operators = new LinkedHashMap<>();
    private final List<Operator> ordering = new ArrayList<>();
    private final Errands errands;
    private final List<Future<?>> acting = new ArrayList<>();
    private volatile boolean goingOn = true;
    private volatile boolean watching = true;

    Crowd(World world, Diary diary) {
        this.diary = diary;
        this.errands = new Errands(diary);
        for (Kind kind : KINDS) {
            callers.put(
                    kind.name(),
                    closer.add(new Caller(kind.name(), world.gatewayPort(), world.issuer(), diary, Role.ROLE_USER)));
        }
        for (String name : List.of("admin", "other-admin")) {
            operators.put(
                    name, closer.add(new Caller(name, world.gatewayPort(), world.issuer(), diary, Role.ROLE_ADMIN)));
        }
        this.operator = operators.values().iterator().next();
    }

    /** Gives everybody a tier and credits, and begins to read everybody's events. */
    void prepare() throws InterruptedException {
        for (Kind kind : KINDS) {
            Caller caller = caller(kind.name());
            EventReader reader = new EventReader(caller, diary);
            readers.put(kind.name(), reader);
            Future<?> reading = errands.begin("events of " + kind.name(), () -> reader.run(() -> watching));
            for (int look = 0; !reader.isReady() && !reading.isDone() && look < 600; look++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            caller.patiently(() -> caller.credits().getAccount(GetAccountRequest.getDefaultInstance()));
            operator.patiently(() -> operator.credits()
                    .setTier(SetTierRequest.newBuilder()
                            .setUserId(kind.name())
                            .setTier(kind.tier())
                            .build()));
            operator.patiently(() -> operator.credits()
                    .grantCredits(GrantCreditsRequest.newBuilder()
                            .setUserId(kind.name())
                            .setAmount(kind.credits())
                            .setReason("To begin with")
                            .setRequestId("begin-" + kind.name())
                            .build()));
        }
    }

    /** Lets all act until {@link #stop}. */
    void start(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Caller caller : callers.values()) {
            Customer customer = new Customer(caller, diary, random.split(), errands, () -> watching);
            acting.add(errands.begin(caller.user(), () -> customer.run(() -> goingOn)));
        }
        for (Caller caller : operators.values()) {
            Operator one = new Operator(caller, diary, random.split(), List.of("cleo", "dan"));
            ordering.add(one);
            acting.addFirst(errands.begin(caller.user(), () -> one.run(() -> goingOn)));
        }
    }

    /** No new wishes and orders; lanes are open again; waits until wishes under way are answered. */
    void stop() throws InterruptedException {
        goingOn = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
        await(acting.subList(0, ordering.size()), end);
        ordering.getFirst().openLanes();
        await(acting.subList(ordering.size(), acting.size()), end);
    }

    private static void await(List<Future<?>> acting, long end) throws InterruptedException {
        for (Future<?> one : acting) {
            try {
                one.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                throw new IllegalStateException("Somebody did not come to an end", e);
            }
        }
    }

    Map<String, Caller> callers() {
        return callers;
    }

    Caller caller(String user) {
        Caller caller = callers.get(user);
        if (caller == null) {
            throw new IllegalArgumentException(user + " is nobody");
        }
        return caller;
    }

    Map<String, EventReader> readers() {
        return readers;
    }

    Caller operator() {
        return operator;
    }

    @Override
    public void close() {
        goingOn = false;
        watching = false;
        errands.close();
        closer.close();
    }
}
