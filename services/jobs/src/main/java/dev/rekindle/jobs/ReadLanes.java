package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.LaneOrdersRecord;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.platform.db.Database;
import dev.rekindle.queue.LaneState;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.Queue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lanes as operators see them: what the queue knows, and since when an order stands. */
final class ReadLanes {
    private final Database database;
    private final LaneStore lanes;
    private final Queue queue;
    private final SenseLoad load;

    ReadLanes(Database database, LaneStore lanes, Queue queue, SenseLoad load) {
        this.database = database;
        this.lanes = lanes;
        this.queue = queue;
        this.load = load;
    }

    /** Workers wanted for the present load. */
    int workersWanted() {
        return load.workersWanted();
    }

    /** Why new work is refused just now; empty while it is taken. */
    String refusing() {
        return load.refusing();
    }

    List<Lane> all() {
        Map<String, LaneOrdersRecord> orders = lanes.all(database.sql());
        int workers = queue.workers().list().size();
        return queue.lanes().stream()
                .map(state -> view(state, orders.get(state.name()), workers))
                .toList();
    }

    Lane one(String name) {
        LaneState state = Lanes.find(queue, name);
        return view(
                state,
                lanes.all(database.sql()).get(name),
                queue.workers().list().size());
    }

    private Lane view(LaneState state, @Nullable LaneOrdersRecord order, int workers) {
        Lane.Builder lane = Lanes.view(state, workers).toBuilder().setRetriesHeld(load.retriesHeld(state.name()));
        if (order != null && order.getModeAt() != null) {
            lane.setModeTime(Protos.timestamp(order.getModeAt()));
        }
        List<Position.Wait> waits = state.waiting().keySet().stream()
                .map(kind -> queue.waitOfNext(state.name(), kind))
                .filter(Objects::nonNull)
                .toList();
        if (!waits.isEmpty()) {
            Duration low = waits.stream()
                    .map(Position.Wait::low)
                    .min(Duration::compareTo)
                    .orElseThrow();
            Duration high = waits.stream()
                    .map(Position.Wait::high)
                    .max(Duration::compareTo)
                    .orElseThrow();
            lane.setWait(LiveJobs.range(low, high));
        }
        return lane.build();
    }
}
