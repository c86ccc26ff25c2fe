package dev.rekindle.queue;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds all processes to one number of shards, because a job's shard follows from it. Each shard keeps the number it is
 * one of; it changes only while nothing is in the queue. Asked once, when the queue is opened.
 */
final class ShardCount {
    private static final Logger log = LoggerFactory.getLogger(ShardCount.class);

    private final IntFunction<Scripts> shards;
    private final int wanted;

    /** @param shards the shard of a number, whether it is one of those wanted or not */
    ShardCount(IntFunction<Scripts> shards, int wanted) {
        this.shards = shards;
        this.wanted = wanted;
    }

    /**
     * What a shard knows.
     *
     * @param of so many shards; 0 if it has never been used or was emptied
     * @param results that are not yet deleted; those that all have acknowledged are soon
     */
    private record Known(int of, long jobs, long results) {
        boolean isEmpty() {
            return jobs == 0 && results == 0;
        }
    }

    /**
     * Looks at the shards there are or were.
     *
     * @throws Failure STATE_CONFLICT if their number differs and something is in the queue
     */
    void check() {
        Known first = known(0);
        // Shards of a cluster may be emptied one by one: only the others tell then how many there were.
        int highest = first.of == 0 ? QueueConfig.SHARDS_MAX : Math.max(first.of, wanted);
        List<Known> all = new ArrayList<>(List.of(first));
        for (int number = 1; number < highest; number++) {
            all.add(known(number));
        }
        int other = all.stream()
                .mapToInt(Known::of)
                .filter(of -> of != 0 && of != wanted)
                .max()
                .orElse(wanted);
        if (other == wanted) {
            return;
        }
        if (!all.stream().allMatch(Known::isEmpty)) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "Setting queue.shards is " + wanted + "; expected " + other + " until the queue is empty (jobs: "
                            + all.stream().mapToLong(Known::jobs).sum() + ", results: "
                            + all.stream().mapToLong(Known::results).sum() + ").");
        }
        log.warn("The queue has {} shards from now on, not {}", wanted, other);
        for (int number = 0; number < highest; number++) {
            shards.apply(number).runOk("forget_lanes", List.of(wanted));
        }
    }

    private Known known(int number) {
        Scripts scripts = shards.apply(number);
        Known known = inspect(scripts);
        if (known.of == wanted || known.isEmpty()) {
            return known;
        }
        // Perhaps all has been read, and nobody was there to delete it.
        scripts.runOk("trim_results", List.of());
        return inspect(scripts);
    }

    private static Known inspect(Scripts scripts) {
        Reply reply = scripts.runOk("inspect_shard", List.of());
        return new Known(reply.count(), reply.number(), reply.number());
    }
}
