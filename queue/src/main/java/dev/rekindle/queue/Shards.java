package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** All shards of the queue. Which of them a job belongs to follows from its id, and is the same in every process. */
record Shards(List<Shard> all) {

    /** Those items of a list that are of one shard, and their places in the list. */
    record Part<T>(Shard shard, List<T> items, List<Integer> places) {}

    Shard first() {
        return all.getFirst();
    }

    Shard of(String id) {
        return all.get(Math.floorMod(id.hashCode(), all.size()));
    }

    /** All shards in turn, the one of that number (and of that number more all of them) first. */
    List<Shard> from(int number) {
        int begin = Math.floorMod(number, all.size());
        return Stream.concat(all.stream().skip(begin), all.stream().limit(begin))
                .toList();
    }

    /** Each shard's channel of a name. */
    List<String> channels(String name) {
        return all.stream().map(shard -> shard.scripts().channel(name)).toList();
    }

    /** The sum of what each shard answers. */
    int sum(ToIntFunction<Shard> call) {
        return all.stream().mapToInt(call).sum();
    }

    /** A list by shards. */
    <T> List<Part<T>> parts(List<T> items, Function<T, String> id) {
        Map<Shard, Part<T>> parts = new LinkedHashMap<>();
        for (int place = 0; place < items.size(); place++) {
            T item = items.get(place);
            Part<T> part = parts.computeIfAbsent(
                    of(id.apply(item)), shard -> new Part<>(shard, new ArrayList<>(), new ArrayList<>()));
            part.items().add(item);
            part.places().add(place);
        }
        return List.copyOf(parts.values());
    }

    /** Asks each shard about its items, one shard after the other; the answers stand in the order of the items. */
    <T, A> List<A> spread(List<T> items, Function<T, String> id, BiFunction<Shard, List<T>, List<A>> call) {
        return spread(items, id, all.getLast(), call);
    }

    /** The same, one of the shards after all others. */
    <T, A> List<A> spread(List<T> items, Function<T, String> id, Shard last, BiFunction<Shard, List<T>, List<A>> call) {
        if (all.size() == 1) {
            return call.apply(first(), items);
        }
        List<Part<T>> parts = parts(items, id).stream()
                .sorted(Comparator.comparing(part -> part.shard().equals(last)))
                .toList();
        Map<Integer, A> answers = new TreeMap<>();
        for (Part<T> part : parts) {
            List<A> some = call.apply(part.shard(), part.items());
            for (int i = 0; i < some.size(); i++) {
                answers.put(part.places().get(i), some.get(i));
            }
        }
        return List.copyOf(answers.values());
    }

    /** The same about ids, each with its answer. */
    <A> Map<String, A> spread(List<String> ids, BiFunction<Shard, List<String>, List<A>> call) {
        List<A> answers = spread(ids, id -> id, call);
        Map<String, A> byId = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            byId.put(ids.get(i), answers.get(i));
        }
        return byId;
    }
}
