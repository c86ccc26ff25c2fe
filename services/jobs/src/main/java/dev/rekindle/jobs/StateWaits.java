package dev.rekindle.jobs;

import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds stated waits against the true ones: some of the jobs that begin to wait have the wait they are told of kept, and
 * when such a job begins, it is counted whether the truth lay inside, below or above.
 */
final class StateWaits {
    private static final Logger log = LoggerFactory.getLogger(StateWaits.class);
    /** So many of a batch are enough to know how good the estimates are. */
    private static final int SAMPLE = 10;

    private static final Duration KEPT = Duration.ofDays(7);

    private final Database database;
    private final RunTimeStore store;
    private final Queue queue;
    private final MeterRegistry metrics;
    private final Clock clock;

    /** Where the truth lay. */
    enum Verdict {
        INSIDE,
        BELOW,
        ABOVE
    }

    StateWaits(Database database, RunTimeStore store, Queue queue, MeterRegistry metrics, Clock clock) {
        this.database = database;
        this.store = store;
        this.queue = queue;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Keeps what some of these jobs are told now of their wait. Only the measure suffers when it cannot be kept.
     *
     * @param laneById of jobs that have just begun to wait for the first time
     */
    void state(Map<UUID, String> laneById) {
        List<String> sample =
                laneById.keySet().stream().limit(SAMPLE).map(UUID::toString).toList();
        if (sample.isEmpty()) {
            return;
        }
        try {
            var now = Protos.utc(clock.instant());
            List<RunTimeStore.Stated> stated = new ArrayList<>();
            queue.positions(sample).forEach((id, position) -> {
                Position.Wait wait = position.waitTime();
                UUID jobId = UUID.fromString(id);
                if (wait != null) {
                    stated.add(new RunTimeStore.Stated(
                            jobId, laneById.getOrDefault(jobId, ""), wait.low(), wait.high(), now));
                }
            });
            if (!stated.isEmpty()) {
                store.state(database.sql(), stated);
            }
        } catch (Failure | DataAccessException e) {
            log.warn("Waits are not held against the truth: {}", e.getMessage());
        }
    }

    /** The job begins: its wait is over. */
    void began(DSLContext sql, UUID jobId, Instant at) {
        store.takeStated(sql, jobId)
                .ifPresent(stated -> metrics.counter(
                                "wait_estimates",
                                "lane",
                                stated.lane(),
                                "truth",
                                verdict(stated, at).name().toLowerCase(java.util.Locale.ROOT))
                        .increment());
    }

    /** Forgets what was stated of jobs that were cancelled, or wait for longer than anybody states. */
    boolean forgetOld() {
        store.forgetStatedBefore(database.sql(), Protos.utc(clock.instant().minus(KEPT)));
        return false;
    }

    static Verdict verdict(RunTimeStore.Stated stated, Instant began) {
        Duration wait = Duration.between(stated.at().toInstant(), began);
        if (wait.compareTo(stated.high()) > 0) {
            return Verdict.ABOVE;
        }
        return wait.compareTo(stated.low()) < 0 ? Verdict.BELOW : Verdict.INSIDE;
    }
}
