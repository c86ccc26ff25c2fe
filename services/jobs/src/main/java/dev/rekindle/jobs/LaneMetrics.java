package dev.rekindle.jobs;

import dev.rekindle.queue.LaneState;
import dev.rekindle.queue.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The lanes as figures for Prometheus. */
final class LaneMetrics {
    private final Queue queue;
    private final MultiGauge waiting;
    private final MultiGauge size;
    private final MultiGauge active;
    private final MultiGauge delayed;
    private final MultiGauge paused;
    private final MultiGauge utilisation;

    LaneMetrics(Queue queue, MeterRegistry registry) {
        this.queue = queue;
        this.waiting = gauge(registry, "lane_waiting", "Jobs waiting, by lane and kind");
        this.size = gauge(registry, "job_queue_size", "Jobs that wait now or later, by lane");
        this.active = gauge(registry, "lane_active", "Jobs running, by lane");
        this.delayed = gauge(registry, "lane_delayed", "Jobs that begin to wait later, by lane");
        this.paused = gauge(registry, "lane_paused", "1 while a lane is paused");
        this.utilisation = gauge(registry, "lane_utilisation", "Jobs running as a share of the lane's cap");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Reads the lanes once. Never asks to be run again at once. */
    boolean run() {
        List<LaneState> lanes = queue.lanes();
        waiting.register(
                lanes.stream()
                        .flatMap(lane -> lane.waiting().entrySet().stream()
                                .map(kind -> MultiGauge.Row.of(
                                        Tags.of("lane", lane.name(), "kind", kind.getKey()), kind.getValue())))
                        .toList(),
                true);
        register(size, lanes, lane -> lane.waitingTotal() + lane.delayed());
        register(active, lanes, LaneState::active);
        register(delayed, lanes, LaneState::delayed);
        register(paused, lanes, lane -> lane.mode() == LaneState.Mode.PAUSED ? 1 : 0);
        register(
                utilisation,
                lanes,
                lane -> lane.active() / Math.max(1.0, lane.limits().activeMax()));
        return false;
    }

    private static void register(MultiGauge gauge, List<LaneState> lanes, ToDoubleFunction<LaneState> figure) {
        gauge.register(
                lanes.stream()
                        .map(lane -> MultiGauge.Row.of(Tags.of("lane", lane.name()), figure.applyAsDouble(lane)))
                        .toList(),
                true);
    }
}
