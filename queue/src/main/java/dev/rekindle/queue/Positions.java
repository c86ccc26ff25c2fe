package dev.rekindle.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where jobs stand among those of all shards, and how long they will wait. Shards are asked one after the other, so what
 * comes and goes meanwhile may be counted or not.
 */
final class Positions {
    private final Shards shards;
    private final WorkerRegistry workers;

    Positions(Shards shards, WorkerRegistry workers) {
        this.shards = shards;
        this.workers = workers;
    }

    Map<String, Position> of(List<String> ids) {
        Map<String, Position> positions = new HashMap<>();
        if (ids.isEmpty()) {
            return positions;
        }
        WorkerSlots slots = workers.slots();
        Map<Shard, Lookups.Places> own = new HashMap<>();
        shards.all().forEach(shard -> own.put(shard, Lookups.Places.none()));
        shards.parts(ids, id -> id)
                .forEach(part -> own.put(part.shard(), part.shard().lookups().places(part.items(), slots)));
        Map<QueueLoad.Line, QueueLoad> loads = new HashMap<>();
        Map<String, Lookups.Before> before = new HashMap<>();
        own.forEach((shard, here) -> {
            List<Lookups.Place> elsewhere = own.entrySet().stream()
                    .filter(other -> !other.getKey().equals(shard))
                    .flatMap(other -> other.getValue().places().stream())
                    .toList();
            Lookups.Ahead ahead = shard.lookups().ahead(elsewhere, slots);
            Map<QueueLoad.Line, QueueLoad> loadsHere = new HashMap<>(here.loads());
            loadsHere.putAll(ahead.loads());
            loadsHere.forEach((line, load) -> loads.merge(line, load, QueueLoad::plus));
            here.places().forEach(place -> before.merge(place.id(), place.before(), Lookups.Before::plus));
            for (int i = 0; i < elsewhere.size(); i++) {
                before.merge(elsewhere.get(i).id(), ahead.counts().get(i), Lookups.Before::plus);
            }
        });
        for (Lookups.Places here : own.values()) {
            for (Lookups.Place place : here.places()) {
                Lookups.Before first = Objects.requireNonNull(before.get(place.id()));
                long rank = first.own() + 1;
                QueueLoad load = Objects.requireNonNull(loads.get(place.line()));
                positions.put(place.id(), new Position(rank, load.waiting(), load.estimate(rank, first.others())));
            }
        }
        return positions;
    }

    /** How long one more job would wait that joins a lane now, at the end of its priority. */
    Position.@Nullable Wait ofNext(String lane, String kind) {
        WorkerSlots slots = workers.slots();
        QueueLoad load = shards.all().stream()
                .map(shard -> shard.lookups().load(lane, kind, slots))
                .reduce(QueueLoad::plus)
                .orElseThrow();
        return load.estimateNext();
    }
}
