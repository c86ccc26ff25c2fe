package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The model of a queue of several shards: a model of each, and what becomes of calls that concern several. */
final class ShardedModel {
    private final List<QueueModel> shards;
    private int turns;

    ShardedModel(int count, long now, int activeMax, int waitingMax, QueueRules rules) {
        this.shards = IntStream.range(0, count)
                .mapToObj(number ->
                        new QueueModel(now, share(activeMax, number, count), share(waitingMax, number, count), rules))
                .toList();
    }

    private static int share(int whole, int number, int count) {
        int share = whole / count;
        return number < whole - share * count ? share + 1 : share;
    }

    int count() {
        return shards.size();
    }

    int numberOf(String id) {
        return Math.floorMod(id.hashCode(), shards.size());
    }

    QueueModel of(String id) {
        return shards.get(numberOf(id));
    }

    long now() {
        return shards.getFirst().now;
    }

    void turnOn(long seconds) {
        shards.forEach(shard -> shard.now += seconds);
    }

    QueueModel.@Nullable Job find(String id) {
        return of(id).jobs.get(id);
    }

    long sum(ToLongFunction<QueueModel> number) {
        return shards.stream().mapToLong(number).sum();
    }

    /** How many were added; -1 if a lane refuses the batch in any shard. */
    int enqueue(List<Entry> entries, boolean known) {
        Map<QueueModel, List<Entry>> parts = new LinkedHashMap<>();
        entries.forEach(entry -> parts.computeIfAbsent(of(entry.id()), shard -> new ArrayList<>())
                .add(entry));
        if (!known && parts.entrySet().stream().anyMatch(part -> part.getKey().refuses(part.getValue()))) {
            return -1;
        }
        int added = 0;
        for (Map.Entry<QueueModel, List<Entry>> part : parts.entrySet()) {
            added += part.getKey().enqueue(part.getValue(), added);
        }
        return added;
    }

    /** The ids a claim must answer, in order: it begins with the next shard and goes on while there is room. */
    List<String> claim(Set<String> kinds, long memory, int max) {
        List<String> claimed = new ArrayList<>();
        long free = memory;
        int begin = turns++;
        for (int i = 0; i < shards.size() && claimed.size() < max; i++) {
            QueueModel shard = shards.get((begin + i) % shards.size());
            for (String id : shard.claim(kinds, free, max - claimed.size())) {
                claimed.add(id);
                free -= shard.job(id).entry.memoryBytes();
            }
        }
        return claimed;
    }

    void setLane(String name, LaneState.Mode mode, int activeMax) {
        for (int number = 0; number < shards.size(); number++) {
            QueueModel.Lane lane = shards.get(number).lane(name);
            lane.mode = mode;
            lane.activeMax = share(activeMax, number, shards.size());
        }
    }

    QueueRules rules() {
        return shards.getFirst().rules;
    }

    void setRules(QueueRules rules) {
        shards.forEach(shard -> shard.rules = rules);
    }

    /** Where a waiting job stands: those of its shard with one score go by their ids, those of others count as behind it. */
    Position position(QueueModel.Job job) {
        QueueModel own = of(job.entry.id());
        long before = 0;
        long all = 0;
        for (QueueModel shard : shards) {
            List<QueueModel.Job> beside = shard.waiting(job.lane).stream()
                    .filter(other -> other.entry.kind().equals(job.entry.kind()))
                    .toList();
            all += beside.size();
            before += shard == own
                    ? beside.indexOf(job)
                    : beside.stream().filter(other -> other.score < job.score).count();
        }
        return new Position(before + 1, all, null);
    }

    /** The results of one shard since they were last asked for. */
    List<String> takeResults(int number) {
        List<String> results = List.copyOf(shards.get(number).results);
        shards.get(number).results.clear();
        return results;
    }
}
