package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.WorkLoad;
import dev.rekindle.queue.WorkersWanted;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the load every few seconds and draws the consequences: how many workers are wanted; retries of heavy work are
 * put off while the load is high; new work is refused while no worker's machine has room for it. All of it is published.
 */
final class SenseLoad {
    private static final Logger log = LoggerFactory.getLogger(SenseLoad.class);
    private static final Duration COME_BACK_AFTER = Duration.ofSeconds(30);
    private static final String FULL = "The disks or the memory of all workers are nearly full.";

    private final Queue queue;
    private final JobsConfig.Load config;
    private final Clock clock;
    private final MultiGauge held;
    private volatile WorkersWanted wanted;
    private volatile WorkLoad load = new WorkLoad(0, 0, 0, 0, 0, 0);
    private volatile Map<String, Long> heldByLane = Map.of();

    SenseLoad(Queue queue, JobsConfig.Load config, MeterRegistry metrics, Clock clock) {
        this.queue = queue;
        this.config = config;
        this.clock = clock;
        this.wanted = WorkersWanted.first(config.workers());
        Gauge.builder("workers_wanted", () -> wanted.workers())
                .description("Workers wanted for the present load")
                .register(metrics);
        Gauge.builder("queue_load", () -> load.perPlace())
                .description("Jobs waiting and running for each place of the workers")
                .register(metrics);
        Gauge.builder("work_refused", () -> load.isFull() ? 1 : 0)
                .description("1 while new work is refused because no worker has room for it")
                .register(metrics);
        this.held = MultiGauge.builder("lane_retries_held")
                .description("Retries of heavy work held back while the load is high, by lane")
                .register(metrics);
    }

    /** Looks once. Never asks to be run again at once. */
    boolean run() {
        WorkLoad seen = queue.load();
        if (seen.isFull() != load.isFull()) {
            log.warn(seen.isFull() ? "New work is refused: {}" : "New work is taken again; before: {}", FULL);
        }
        load = seen;
        wanted = wanted.next(seen, config.workers(), clock.instant());
        heldByLane = queue.holdRetries(config.heavy(), seen.perPlace() >= config.high());
        held.register(
                heldByLane.entrySet().stream()
                        .map(lane -> MultiGauge.Row.of(Tags.of("lane", lane.getKey()), lane.getValue()))
                        .toList(),
                true);
        return false;
    }

    int workersWanted() {
        return wanted.workers();
    }

    long retriesHeld(String lane) {
        return heldByLane.getOrDefault(lane, 0L);
    }

    /** Why new work is refused just now; empty while it is taken. */
    String refusing() {
        return load.isFull() ? FULL : "";
    }

    /**
     * Refuses new work while no worker has room for it. Without workers it is taken: it waits for them.
     *
     * @throws Failure OVERLOADED with the time after which to try again
     */
    void requireRoom() {
        if (load.isFull()) {
            throw Failure.of(Reason.REASON_OVERLOADED, FULL + " Please try again later.")
                    .withRetryDelay(COME_BACK_AFTER);
        }
    }
}
