package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lanes as they are over all shards, and orders to all of them. */
final class SharedLanes {
    private final Shards shards;
    private final Sharing sharing;

    SharedLanes(Shards shards) {
        this.shards = shards;
        this.sharing = new Sharing(shards.all().size());
    }

    List<LaneState> list() {
        Map<String, List<LaneState>> byName = new LinkedHashMap<>();
        for (Shard shard : shards.all()) {
            for (LaneState state : shard.lanes().list()) {
                byName.computeIfAbsent(state.name(), name -> new ArrayList<>()).add(state);
            }
        }
        return byName.values().stream()
                .map(states -> LaneState.together(states, sharing))
                .toList();
    }

    LaneLimits limits(String lane) {
        return Sharing.whole(
                shards.all().stream().map(shard -> shard.lanes().limits(lane)).toList());
    }

    /** @throws Failure INVALID_ARGUMENT if a cap is too small to be shared */
    void check(LaneLimits limits) {
        sharing.check(limits);
    }

    void setLimits(String lane, LaneLimits limits) {
        List<LaneLimits> shares = sharing.shares(limits);
        for (int number = 0; number < shares.size(); number++) {
            shards.all().get(number).lanes().setLimits(lane, shares.get(number));
        }
    }

    QueueRules rules() {
        return shards.first().lanes().rules();
    }

    boolean isRuledBy(QueueRules rules) {
        return shards.all().stream().allMatch(shard -> shard.lanes().rules().equals(rules));
    }

    void setRules(QueueRules rules) {
        shards.all().forEach(shard -> shard.lanes().setRules(rules));
    }

    void setMode(String lane, LaneState.Mode mode, String by, String reason) {
        shards.all().forEach(shard -> shard.lanes().setMode(lane, mode, by, reason));
    }

    Map<String, Long> holdRetries(HeavyWork heavy, boolean hold) {
        Map<String, Long> held = new LinkedHashMap<>();
        for (Shard shard : shards.all()) {
            shard.recovery().holdRetries(heavy, hold).forEach((lane, retries) -> held.merge(lane, retries, Long::sum));
        }
        return held;
    }
}
