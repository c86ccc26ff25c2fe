package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims jobs of all shards. Each claim begins with another shard, so that none starves, and goes on to the next while the
 * worker has room; it waits for a job of any of them.
 */
final class Claiming {
    private static final Logger log = LoggerFactory.getLogger(Claiming.class);

    private final Shards shards;
    private final Wakes wakes;
    private final QueueConfig config;
    private final AtomicInteger turns = new AtomicInteger();

    Claiming(Shards shards, Wakes wakes, QueueConfig config) {
        this.shards = shards;
        this.wakes = wakes;
        this.config = config;
    }

    List<Claim> claim(Claimer who, int max, Duration wait) throws InterruptedException {
        check(who, max);
        return claim(who, max, System.nanoTime() + wait.toNanos(), nextOrder());
    }

    private void check(Claimer who, int max) {
        if (max < 1 || max > config.sizes().batchMax()) {
            throw Failure.invalid(
                    "max", "is " + max + "; expected 1 to " + config.sizes().batchMax());
        }
        if (who.kinds().isEmpty()) {
            throw Failure.invalid(
                    "kinds",
                    "is empty; expected at least one of "
                            + String.join(", ", config.kinds().keySet()));
        }
    }

    private List<Shard> nextOrder() {
        return shards.from(turns.getAndIncrement());
    }

    private List<Claim> claim(Claimer who, int max, long deadline, List<Shard> firstOrder) throws InterruptedException {
        List<Shard> order = firstOrder;
        if (deadline - System.nanoTime() > 0) {
            wakes.listen();
        }
        while (true) {
            long seen = wakes.claims().count();
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            Found found = new Found(who, max, config.poll());
            found.lookInto(order, left.isPositive());
            if (!found.claims.isEmpty() || !left.isPositive()) {
                return found.claims;
            }
            wakes.claims().await(seen, left.compareTo(found.retryAfter) < 0 ? left : found.retryAfter);
            order = nextOrder();
        }
    }

    NextClaims finishAndClaim(List<Finish> finishes, Claimer who, int max, Duration wait) throws InterruptedException {
        check(who, max);
        long deadline = System.nanoTime() + wait.toNanos();
        List<Shard> order = nextOrder();
        Shard first = order.getFirst();
        Found found = new Found(who, max, config.poll());
        // The shard that is claimed from comes last: what fails before it has claimed nothing.
        List<Boolean> held = shards.spread(finishes, finish -> finish.claim().id(), first, (shard, part) -> {
            if (!shard.equals(first)) {
                return shard.leases().finish(part);
            }
            Leases.FinishAndLook done = shard.leases().finishAndLook(part, who, max);
            found.add(done.look());
            return done.held();
        });
        if (found.claims.isEmpty()) {
            // Other shards, and claims to wait for, are the business of a claim by itself.
            return new NextClaims(held, claim(who, max, deadline, order));
        }
        found.lookInto(order.subList(1, order.size()), false);
        return new NextClaims(held, found.claims);
    }

    /** What was found so far, and how long to wait if that is nothing. */
    private static final class Found {
        private final Claimer who;
        private final int max;
        private final List<Claim> claims = new ArrayList<>();
        private long memoryBytesFree;
        private Duration retryAfter;

        Found(Claimer who, int max, Duration retryAfter) {
            this.who = who;
            this.max = max;
            this.memoryBytesFree = who.memoryBytesFree();
            this.retryAfter = retryAfter;
        }

        void add(Leases.Look look) {
            claims.addAll(look.claims());
            memoryBytesFree -= look.memoryBytes();
            if (look.retryAfter().compareTo(retryAfter) < 0) {
                retryAfter = look.retryAfter();
            }
        }

        /** Looks into shards one after the other while there is room. What was claimed is kept if a later one fails. */
        void lookInto(List<Shard> order, boolean waits) {
            for (Shard shard : order) {
                if (claims.size() == max) {
                    return;
                }
                try {
                    boolean none = claims.isEmpty();
                    Claimer asks = none ? who : new Claimer(who.workerId(), who.kinds(), memoryBytesFree);
                    add(shard.leases().look(asks, max - claims.size(), waits && none));
                } catch (Failure failure) {
                    if (claims.isEmpty()) {
                        throw failure;
                    }
                    log.warn("A claim goes on without a shard: {}", failure.getMessage());
                    return;
                }
            }
        }
    }
}
