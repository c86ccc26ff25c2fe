package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.List;

/** Puts jobs into the shards they belong to. */
final class Arrivals {
    private final Shards shards;

    Arrivals(Shards shards) {
        this.shards = shards;
    }

    int enqueueNew(List<Entry> entries) {
        check(entries);
        int added = 0;
        for (List<Entry> batch : shards.first().waitingJobs().batches(entries)) {
            added += enqueueWhole(shards.parts(batch, Entry::id));
        }
        return added;
    }

    /**
     * The parts of a batch, all or none: the others are asked before the first is taken, and take theirs whatever has
     * come between.
     */
    private static int enqueueWhole(List<Shards.Part<Entry>> parts) {
        List<Shards.Part<Entry>> others = parts.subList(1, parts.size());
        others.forEach(part -> part.shard().waitingJobs().ask(part.items()));
        Shards.Part<Entry> first = parts.getFirst();
        int added = first.shard().waitingJobs().enqueueNew(first.items());
        for (Shards.Part<Entry> part : others) {
            added += part.shard().waitingJobs().enqueueAgreed(part.items());
        }
        return added;
    }

    int enqueueKnown(List<Entry> entries) {
        check(entries);
        return shards.parts(entries, Entry::id).stream()
                .mapToInt(part -> part.shard().waitingJobs().enqueueKnown(part.items()))
                .sum();
    }

    private void check(List<Entry> entries) {
        entries.forEach(shards.first().waitingJobs()::check);
    }

    /** @throws Failure OVERLOADED if the lane is draining, or has less room in all shards together */
    void requireRoom(String lane, int jobs) {
        shards.all().stream()
                .map(shard -> shard.waitingJobs().room(lane))
                .reduce(WaitingJobs.Room::plus)
                .orElseThrow()
                .require(jobs);
    }

    List<Boolean> move(List<Move> moves) {
        return shards.spread(
                moves, Move::id, (shard, part) -> shard.waitingJobs().move(part));
    }
}
