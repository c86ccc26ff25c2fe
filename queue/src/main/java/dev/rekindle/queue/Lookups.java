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
     * What goes before a job in its lane.
     *
     * @param own jobs of its own kind
     * @param others jobs of each other kind
     */
    record Before(long own, Map<String, Long> others) {
        static Before read(long own, Reply others) {
            Map<String, Long> counts = new HashMap<>();
            while (others.more()) {
                counts.put(others.text(), others.number());
            }
            return new Before(own, counts);
        }

        Before plus(Before more) {
            Map<String, Long> sum = new HashMap<>(others);
            more.others.forEach((kind, count) -> sum.merge(kind, count, Long::sum));
            return new Before(own + more.own, sum);
        }
    }

    /**
     * A job that waits.
     *
     * @param before what goes before it in this shard
     * @param score orders the jobs of a line, of all shards
     */
    record Place(String id, QueueLoad.Line line, Before before, String score) {}

    /** Where those of the jobs stand that wait here, and how busy their lines are. */
    record Places(List<Place> places, Map<QueueLoad.Line, QueueLoad> loads) {
        static Places none() {
            return new Places(new ArrayList<>(), new HashMap<>());
        }
    }

    Places places(List<String> ids, WorkerSlots slots) {
        Places all = Places.none();
        for (List<String> batch : scripts.batches(ids, String::length)) {
            List<Object> arguments = new ArrayList<>(batch.size() + 1);
            arguments.add(lowerLaneEvery());
            arguments.addAll(batch);
            Reply reply = scripts.runOk("positions", arguments);
            Reply places = reply.list();
            Map<QueueLoad.Line, QueueLoad> loads = QueueLoad.read(reply.list(), slots, scripts.config());
            List<QueueLoad.Line> lines = List.copyOf(loads.keySet());
            while (places.more()) {
                String id = places.text();
                long own = places.number();
                QueueLoad.Line line = lines.get(places.count() - 1);
                String score = places.text();
                all.places.add(new Place(id, line, Before.read(own, places.list()), score));
            }
            all.loads.putAll(loads);
        }
        return all;
    }

    /** How many jobs of this shard go before some of other shards, in their order, and how busy their lines are here. */
    record Ahead(List<Before> counts, Map<QueueLoad.Line, QueueLoad> loads) {}

    Ahead ahead(List<Place> others, WorkerSlots slots) {
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
                long own = counts.number();
                all.counts.add(Before.read(own, counts.list()));
            }
            all.loads.putAll(QueueLoad.read(reply.list(), slots, scripts.config()));
        }
        return all;
    }

    /** How busy a lane is with a kind of work. */
    QueueLoad load(String lane, String kind, WorkerSlots slots) {
        Reply reply = scripts.runOk("load", List.of(lane, kind, lowerLaneEvery()));
        return QueueLoad.read(reply.list(), slots, scripts.config())
                .values()
                .iterator()
                .next();
    }

    private int lowerLaneEvery() {
        return scripts.config().claims().lowerLaneEvery();
    }
}
