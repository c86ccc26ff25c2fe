package dev.rekindle.jobs;

import dev.rekindle.events.v1.Event;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.redis.Lead;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.queue.ProgressUpdate;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes progress on as live events, the newest of each job a few times a second; nothing of it is kept. Of several
 * processes one does, lest an older word of one overtake a newer word of another.
 */
final class TellProgress implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TellProgress.class);
    private static final Duration EVERY = Duration.ofMillis(400);
    private static final int JOBS_MAX = 5000;
    private static final Duration LEAD = EVERY.multipliedBy(4);
    private static final String LEAD_KEY = "rekindle:jobs:telling";

    private final Database database;
    private final JobStore jobs;
    private final Peers peers;
    private final Queue queue;
    private final JobEvents events;
    private final Lead lead;
    private final Map<String, RunProgress> newest = new HashMap<>();
    private final Closer opened = new Closer();

    static Lead lead(Redis redis, QueueConfig queue, Ids ids) {
        return new Lead(redis, queue.namespace() + LEAD_KEY, LEAD, ids);
    }

    TellProgress(Database database, JobStore jobs, Peers peers, Queue queue, JobEvents events, Lead lead) {
        this.database = database;
        this.jobs = jobs;
        this.peers = peers;
        this.queue = queue;
        this.events = events;
        this.lead = lead;
    }

    void start() {
        opened.add(queue.onProgress(this::note));
        opened.add(Loop.start("tell-progress", EVERY, () -> {
            tell();
            return false;
        }));
    }

    private synchronized void note(ProgressUpdate update) {
        if (newest.size() < JOBS_MAX) {
            RunProgress.of(update.leaseId(), update.progress())
                    .ifPresent(progress -> newest.put(update.id(), progress));
        }
    }

    private synchronized Map<String, RunProgress> take() {
        Map<String, RunProgress> taken = Map.copyOf(newest);
        newest.clear();
        return taken;
    }

    private void tell() {
        Map<String, RunProgress> progress = take();
        if (progress.isEmpty() || !lead.isMine()) {
            return;
        }
        List<Event> live;
        try {
            live = database.progressCircuit().call(() -> events(progress), Database::verdict);
        } catch (CircuitOpen open) {
            log.debug("Progress of {} jobs is not told", progress.size(), open);
            return;
        }
        if (!live.isEmpty()) {
            peers.publishTransient(live);
        }
    }

    /** Of those jobs that are still in the run their progress is of. */
    private List<Event> events(Map<String, RunProgress> progress) {
        List<UUID> ids = progress.keySet().stream().map(UUID::fromString).toList();
        List<JobsRecord> running = jobs.findAll(database.sql(), ids).stream()
                .filter(row -> JobViews.stateOf(row) == JobState.JOB_STATE_PROCESSING
                        && Objects.requireNonNull(progress.get(row.getId().toString()))
                                .isOf(row.getLeaseId()))
                .toList();
        Map<UUID, List<UUID>> photoIds = jobs.photosOf(database.sql(), ids);
        return running.stream()
                .map(row -> JobViews.of(row, photoIds.getOrDefault(row.getId(), List.of()), List.of()))
                .map(job -> events.progressed(
                        job, Objects.requireNonNull(progress.get(job.getId())).progress()))
                .toList();
    }

    @Override
    public void close() {
        opened.close();
    }
}
