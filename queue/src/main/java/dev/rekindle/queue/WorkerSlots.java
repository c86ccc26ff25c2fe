package dev.rekindle.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** How many jobs of each kind all living workers can run at once, and which of these places other kinds want, too. */
final class WorkerSlots {
    private final Map<String, Map<String, Integer>> shared = new HashMap<>();

    /** Adds the places of a worker that takes jobs of these kinds. */
    void add(Set<String> kinds, int places) {
        for (String kind : kinds) {
            Map<String, Integer> with = shared.computeIfAbsent(kind, none -> new HashMap<>());
            kinds.forEach(other -> with.merge(other, places, Integer::sum));
        }
    }

    /** Places for jobs of that kind. */
    int of(String kind) {
        return shared(kind, kind);
    }

    /** Places for jobs of either kind. */
    int shared(String kind, String other) {
        return shared.getOrDefault(kind, Map.of()).getOrDefault(other, 0);
    }

    @Override
    public String toString() {
        return shared.toString();
    }
}
