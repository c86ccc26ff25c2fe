package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions about single jobs, and taking them out. */
final class Lookups {
    private final Scripts scripts;
    private final WorkerRegistry workers;

    Lookups(Scripts scripts, WorkerRegistry workers) {
        this.scripts = scripts;
        this.workers = workers;
    }

    Map<String, CancelOutcome> cancel(List<String> ids) {
        return byId(ids, scripts.overIds("cancel", ids, reply -> outcome(reply.count())));
    }

    private static CancelOutcome outcome(int code) {
        return switch (code) {
            case 0 -> CancelOutcome.ABSENT;
            case 1 -> CancelOutcome.REMOVED;
            case 2 -> CancelOutcome.SIGNALLED;
            default -> throw Failure.internal("The script cancel answered " + code, null);
        };
    }

    Map<String, Boolean> forget(List<String> ids) {
        return byId(ids, scripts.overIds("forget", ids, reply -> reply.number() == 1));
    }

    Map<String, Snapshot> snapshots(List<String> ids) {
        return byId(ids, scripts.overIds("snapshots", ids, reply -> snapshot(reply.list())));
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

    Map<String, Position> positions(List<String> ids) {
        Map<String, Position> positions = new HashMap<>();
        if (ids.isEmpty()) {
            return positions;
        }
        Map<String, Integer> slots = workers.slotsByKind();
        for (List<String> batch : scripts.batches(ids, String::length)) {
            List<Object> arguments = new ArrayList<>(batch.size() + 1);
            arguments.add(lowerLaneEvery());
            arguments.addAll(batch);
            Reply reply = scripts.runOk("positions", arguments);
            Reply places = reply.list();
            List<QueueLoad> loads = QueueLoad.read(reply.list(), slots);
            while (places.more()) {
                String id = places.text();
                long rank = places.number() + 1;
                QueueLoad load = loads.get(places.count() - 1);
                positions.put(id, new Position(rank, load.waiting(), load.estimate(rank)));
            }
        }
        return positions;
    }

    Position.@Nullable Wait waitOfNext(String lane, String kind) {
        Reply reply = scripts.runOk("load", List.of(lane, kind, lowerLaneEvery()));
        QueueLoad load = QueueLoad.read(reply.list(), workers.slotsByKind()).getFirst();
        return load.estimate(load.waiting() + 1);
    }

    private int lowerLaneEvery() {
        return scripts.config().claims().lowerLaneEvery();
    }

    private static <T> Map<String, T> byId(List<String> ids, List<T> values) {
        Map<String, T> map = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            map.put(ids.get(i), values.get(i));
        }
        return map;
    }
}
