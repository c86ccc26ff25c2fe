package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Questions about single jobs of one shard, and taking them out. Answers stand in the order of the ids. */
final class Lookups {
    private final Scripts scripts;

    Lookups(Scripts scripts) {
        this.scripts = scripts;
    }

    List<CancelOutcome> cancel(List<String> ids) {
        return scripts.overIds("cancel", ids, reply -> outcome(reply.count()));
    }

    private static CancelOutcome outcome(int code) {
        return switch (code) {
            case 0 -> CancelOutcome.ABSENT;
            case 1 -> CancelOutcome.REMOVED;
            case 2 -> CancelOutcome.SIGNALLED;
            default -> throw Failure.internal("The script cancel answered " + code, null);
        };
    }

    List<Boolean> forget(List<String> ids) {
        return scripts.overIds("forget", ids, reply -> reply.number() == 1);
    }

    List<Snapshot> snapshots(List<String> ids) {
        return scripts.overIds("snapshots", ids, reply -> snapshot(reply.list()));
    }

    private static Snapshot snapshot(Reply reply) {
        return switch (reply.text()) {
            case "ABSENT" -> new Snapshot.Absent();
            case "WAITING" -> new Snapshot.Waiting(reply.count());
            case "DELAYED" -> new Snapshot.Delayed(reply.count(), reply.time());
            case "LEASED" -> leased(reply);
            case String other -> throw Failure.internal("The script snapshots answered " + other, null);
        };
    }

    private static Snapshot leased(Reply reply) {
        int attempt = reply.count();
        var deadline = reply.time();
        return new Snapshot.Leased(
                attempt, reply.text(), reply.text(), deadline, reply.number() == 1, reply.number(), reply.bytes());
    }

    /**
     * A job that waits.
     *
     * @param before jobs of its line in this shard that go before it
     * @param score orders the jobs of a line, of all shards
     */
    record Place(String id, QueueLoad.Line line, long before, String score) {}

    /** Where those of the jobs stand that wait here, and how busy their lines are. */
    record Places(List<Place> places, Map<QueueLoad.Line, QueueLoad> loads) {
        static Places none() {
            return new Places(new ArrayList<>(), new HashMap<>());
        }
    }

    Places places(List<String> ids, Map<String, Integer> slotsByKind) {
        Places all = Places.none();
        for (List<String> batch : scripts.batches(ids, String::length)) {
            List<Object> arguments = new ArrayList<>(batch.size() + 1);
            arguments.add(lowerLaneEvery());
            arguments.addAll(batch);
            Reply reply = scripts.runOk("positions", arguments);
            Reply places = reply.list();
            Map<QueueLoad.Line, QueueLoad> loads = QueueLoad.read(reply.list(), slotsByKind);
            List<QueueLoad.Line> lines = List.copyOf(loads.keySet());
            while (places.more()) {
                String id = places.text();
                long before = places.number();
                all.places.add(new Place(id, lines.get(places.count() - 1), before, places.text()));
            }
            all.loads.putAll(loads);
        }
        return all;
    }

    /** How many jobs of this shard go before some of other shards, in their order, and how busy their lines are here. */
    record Ahead(List<Long> counts, Map<QueueLoad.Line, QueueLoad> loads) {}

    Ahead ahead(List<Place> others, Map<String, Integer> slotsByKind) {
        Ahead all = new Ahead(new ArrayList<>(), new HashMap<>());
        for (List<Place> batch : scripts.batches(others, place -> 0)) {
            List<Object> arguments = new ArrayList<>(3 * batch.size() + 1);
            arguments.add(lowerLaneEvery());
            for (Place place : batch) {
                arguments.addAll(List.of(place.line.lane(), place.line.kind(), place.score));
            }
            Reply reply = scripts.runOk("ahead", arguments);
            Reply counts = reply.list();
            while (counts.more()) {
                all.counts.add(counts.number());
            }
            all.loads.putAll(QueueLoad.read(reply.list(), slotsByKind));
        }
        return all;
    }

    /** How busy a lane is with a kind of work. */
    QueueLoad load(String lane, String kind, Map<String, Integer> slotsByKind) {
        Reply reply = scripts.runOk("load", List.of(lane, kind, lowerLaneEvery()));
        return QueueLoad.read(reply.list(), slotsByKind).values().iterator().next();
    }

    private int lowerLaneEvery() {
        return scripts.config().claims().lowerLaneEvery();
    }
}
