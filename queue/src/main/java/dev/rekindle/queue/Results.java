package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's view of what happened to jobs, in order for each job. The consumers of a group share the results among
 * them. Each comes at least once: those not acknowledged come again, to the same consumer after a restart and to any after
 * some seconds. For one thread.
 */
public final class Results {
    private static final Logger log = LoggerFactory.getLogger(Results.class);
    private static final int READ_MAX = 1000;

    private final Shards shards;
    private final Wakes wakes;
    private final QueueConfig config;
    private final Map<Shard, ShardResults> byShard;
    private int turn;
    private boolean moreAtOnce;
    private long readAt = System.nanoTime();

    Results(Shards shards, Wakes wakes, String group, String consumer) {
        this.shards = shards;
        this.wakes = wakes;
        this.config = shards.first().scripts().config();
        this.byShard = shards.all().stream()
                .collect(Collectors.toMap(shard -> shard, shard -> new ShardResults(shard.scripts(), group, consumer)));
    }

    /**
     * The next results, oldest first within a shard; waits for the first of them, no longer than given, and then answers an
     * empty list.
     *
     * @param max from 1; above 1000 counts as 1000. Results that come again may be more.
     */
    public List<ResultEntry> read(int max, Duration wait) throws InterruptedException {
        byShard.values().forEach(ShardResults::writePartly);
        long deadline = System.nanoTime() + wait.toNanos();
        if (wait.isPositive()) {
            wakes.listen();
        }
        if (!moreAtOnce && wait.isPositive()) {
            gather();
        }
        while (true) {
            long seen = wakes.results().count();
            List<ResultEntry> entries = look(Math.min(max, READ_MAX));
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!entries.isEmpty() || !left.isPositive()) {
                return entries;
            }
            // Those who append look for a mark this leaves; what was appended before it is found by looking again.
            announce();
            entries = look(Math.min(max, READ_MAX));
            if (!entries.isEmpty()) {
                return entries;
            }
            Duration pause = Stream.of(left, config.poll())
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            wakes.results().await(seen, pause);
            gather();
        }
    }

    /** Lets results gather that come fast: at most one reading in a few milliseconds, none delayed that comes alone. */
    private void gather() throws InterruptedException {
        Duration rest = config.results().gather().minusNanos(System.nanoTime() - readAt);
        if (rest.isPositive()) {
            new Wake().await(0, rest);
        }
    }

    /** Looks into the shards, each time with another first. What was taken is kept if a later one fails. */
    private List<ResultEntry> look(int max) {
        List<ResultEntry> entries = new ArrayList<>();
        for (Shard shard : shards.from(turn++)) {
            if (entries.size() >= max) {
                break;
            }
            try {
                entries.addAll(of(shard).look(max - entries.size()));
            } catch (Failure failure) {
                if (entries.isEmpty()) {
                    throw failure;
                }
                log.warn("Results are read without a shard: {}", failure.getMessage());
                break;
            }
        }
        if (!entries.isEmpty()) {
            moreAtOnce = entries.size() >= max;
            readAt = System.nanoTime();
        }
        return entries;
    }

    /**
     * Acknowledges results, after their effects are stored: the group does not see them again. If this process ends at once,
     * it may see some again all the same.
     */
    public void ack(List<ResultEntry> entries) {
        entries.forEach(entry -> of(shards.of(entry.id())).ack(entry));
    }

    /** Makes the group known and says that it waits. */
    void announce() {
        byShard.values().forEach(ShardResults::announce);
    }

    private ShardResults of(Shard shard) {
        return java.util.Objects.requireNonNull(byShard.get(shard));
    }
}
