package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.DurationRange;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.QueuePosition;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lays what moves over jobs read from the database: the place in the queue and the progress, which Redis knows. */
final class LiveJobs {
    private static final Logger log = LoggerFactory.getLogger(LiveJobs.class);
    private static final JobStore.Run NO_RUN = new JobStore.Run(0, 0, "");

    private final Database database;
    private final JobStore jobs;
    private final Queue queue;
    private final EstimateRuns estimates;

    LiveJobs(Database database, JobStore jobs, Queue queue, EstimateRuns estimates) {
        this.database = database;
        this.jobs = jobs;
        this.queue = queue;
        this.estimates = estimates;
    }

    Job over(Job job) {
        return over(List.of(job)).getFirst();
    }

    /** Without Redis the jobs are answered as the database has them. */
    List<Job> over(List<Job> rows) {
        try {
            List<String> waiting = ids(rows, JobState.JOB_STATE_QUEUED);
            List<String> running = ids(rows, JobState.JOB_STATE_PROCESSING);
            Map<UUID, JobStore.Run> runs = runs(waiting, running);
            Map<String, Position> positions = waiting.isEmpty() ? Map.of() : queue.positions(waiting);
            Map<String, Snapshot> snapshots = running.isEmpty() ? Map.of() : queue.snapshots(running);
            List<Job> live = new ArrayList<>();
            for (Job job : rows) {
                JobStore.Run run = runs.getOrDefault(UUID.fromString(job.getId()), NO_RUN);
                // Of a job that has gone on since, the run is not the one that the row tells of.
                String leaseId = run.revision() == job.getRevision() ? run.leaseId() : "";
                RunProgress progress = snapshots.get(job.getId()) instanceof Snapshot.Leased leased
                        ? RunProgress.of(leased.leaseId(), leased.progress()).orElse(null)
                        : null;
                Job moved = withProgress(withPosition(job, positions.get(job.getId())), leaseId, progress);
                live.add(estimates.over(moved, run.pixels()));
            }
            return live;
        } catch (Failure failure) {
            log.warn("Jobs are answered without live progress: {} {}", failure.message(), failure.detail());
            return rows;
        }
    }

    private Map<UUID, JobStore.Run> runs(List<String> waiting, List<String> running) {
        List<UUID> ids = Stream.concat(waiting.stream(), running.stream())
                .map(UUID::fromString)
                .toList();
        return ids.isEmpty() ? Map.of() : database.query(sql -> jobs.runsOf(sql, ids));
    }

    /** The job with the time it will likely still take. */
    Job estimated(Job job, long pixels) {
        return estimates.over(job, pixels);
    }

    private static List<String> ids(List<Job> rows, JobState state) {
        return rows.stream()
                .filter(job -> job.getState() == state)
                .map(Job::getId)
                .toList();
    }

    /** The job with its place in the queue, where it waits. */
    static Job withPosition(Job job, @org.jspecify.annotations.Nullable Position position) {
        if (position == null || job.getState() != JobState.JOB_STATE_QUEUED) {
            return job;
        }
        QueuePosition.Builder place =
                QueuePosition.newBuilder().setPosition(position.rank()).setWaiting(position.waiting());
        Position.Wait wait = position.waitTime();
        if (wait != null) {
            place.setWait(range(wait.low(), wait.high()));
        }
        return job.toBuilder().setQueue(place).build();
    }

    /** The job with the progress of the run it is in, where it runs. */
    static Job withProgress(Job job, String leaseId, @org.jspecify.annotations.Nullable RunProgress progress) {
        if (progress == null || job.getState() != JobState.JOB_STATE_PROCESSING || !progress.isOf(leaseId)) {
            return job;
        }
        return job.toBuilder().setProgress(progress.progress()).build();
    }

    static DurationRange range(Duration low, Duration high) {
        return DurationRange.newBuilder()
                .setLow(Protos.duration(low))
                .setHigh(Protos.duration(high))
                .build();
    }
}
