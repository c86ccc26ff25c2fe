package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heals what a crash or an emptied Redis left half done, by comparing the database, which is the truth, with the queue.
 *
 * <p>A job the queue does not know may just have ended, its result still unread. So it is only suspected at first, and
 * put back when it is still missing and unchanged after every result of that moment has been read.
 */
final class Reconcile {
    private static final Logger log = LoggerFactory.getLogger(Reconcile.class);
    private static final UUID FIRST = new UUID(0, 0);
    private static final int PAGE = 500;
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final JobError LOST = JobError.newBuilder()
            .setReason(Reason.REASON_WORKER_LOST)
            .setMessage("The work was lost in the middle.")
            .setFailureClass(FailureClass.FAILURE_CLASS_TEMPORARY)
            .setRetryable(true)
            .build();

    /** A job missing from the queue: what it was then, and the newest result there was. */
    private record Suspicion(long revision, String mark) {}

    private final Database database;
    private final JobStore jobs;
    private final Queue queue;
    private final Steps steps;
    private final Clock clock;
    private final Map<UUID, Suspicion> suspicions = new HashMap<>();

    /** What the reconciler can do about a job. */
    record Steps(
            ChangeJob change,
            CreateJob create,
            CreateBatch createBatch,
            RetryJob retry,
            CancelJob cancel,
            PreparedPhotos prepared,
            EnqueueJobs enqueue,
            Duration halfDoneMax) {}

    Reconcile(Database database, JobStore jobs, Queue queue, Steps steps, Clock clock) {
        this.database = database;
        this.jobs = jobs;
        this.queue = queue;
        this.steps = steps;
        this.clock = clock;
    }

    /** Looks at every open job once. Answers how many were put right. */
    synchronized int run() {
        int healed = 0;
        UUID after = FIRST;
        Map<UUID, Suspicion> still = new HashMap<>();
        while (true) {
            OffsetDateTime before = Protos.utc(clock.instant().minus(SETTLING));
            List<JobsRecord> page = jobs.openAfter(database.sql(), after, before, PAGE);
            if (page.isEmpty()) {
                break;
            }
            healed += look(page, still);
            after = page.getLast().getId();
        }
        suspicions.clear();
        suspicions.putAll(still);
        OffsetDateTime halfDone = Protos.utc(clock.instant().minus(steps.halfDoneMax()));
        for (UUID jobId : jobs.halfRetried(database.sql(), halfDone, PAGE)) {
            steps.retry().makeVoid(jobId);
            healed++;
        }
        return healed;
    }

    private int look(List<JobsRecord> page, Map<UUID, Suspicion> still) {
        String mark = queue.resultsMark(); // before the snapshots: a result written after it is not yet expected
        Map<String, Snapshot> snapshots =
                queue.snapshots(page.stream().map(job -> job.getId().toString()).toList());
        int healed = 0;
        List<JobsRecord> missing = new ArrayList<>();
        for (JobsRecord job : page) {
            switch (JobViews.stateOf(job)) {
                case JOB_STATE_PENDING -> healed += settlePending(job) ? 1 : 0;
                case JOB_STATE_QUEUED, JOB_STATE_RETRY_SCHEDULED, JOB_STATE_PROCESSING -> {
                    Snapshot snapshot = snapshots.get(job.getId().toString());
                    if (snapshot == null || snapshot instanceof Snapshot.Absent) {
                        if (isProven(job, mark, still)) {
                            missing.add(job);
                        }
                    } else if (job.getCancelRequestedAt() != null) {
                        steps.cancel().finish(job.getId(), steps.change().view(database.sql(), job));
                    }
                }
                case JOB_STATE_COMPLETED, JOB_STATE_FAILED, JOB_STATE_CANCELLED, JOB_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    log.error("Job {} is listed as open and is {}", job.getId(), job.getState());
            }
        }
        missing.forEach(job -> putBack(job.getId(), job.getRevision()));
        return healed + missing.size();
    }

    private boolean isProven(JobsRecord job, String mark, Map<UUID, Suspicion> still) {
        Suspicion earlier = suspicions.get(job.getId());
        if (earlier != null && earlier.revision() == job.getRevision()) {
            if (queue.settled(earlier.mark())) {
                return true;
            }
            still.put(job.getId(), earlier);
            return false;
        }
        still.put(job.getId(), new Suspicion(job.getRevision(), mark));
        return false;
    }

    private boolean settlePending(JobsRecord job) {
        if (job.getChargedAt() == null) {
            boolean old =
                    job.getCreatedAt().toInstant().plus(steps.halfDoneMax()).isBefore(clock.instant());
            if (job.getBatchId() != null) {
                return old && steps.createBatch().takeBack(job.getBatchId());
            }
            return old && steps.create().takeBack(job.getId());
        }
        long before = job.getRevision();
        long after = database.transact(sql -> jobs.lock(sql, job.getId())
                .map(locked -> {
                    steps.prepared().settle(sql, locked);
                    return locked.getRevision();
                })
                .orElse(before));
        return after != before;
    }

    /** The queue has lost the job: it goes back to the head of what it was, or ends if its owner has cancelled it. */
    private void putBack(UUID jobId, long revision) {
        log.warn("The queue has lost job {}; putting it back", jobId);
        steps.change().run(jobId, (sql, job) -> {
            if (job.getRevision() != revision) {
                return null; // it has gone on since, or another process was faster and it may run again already
            }
            boolean running = JobViews.stateOf(job) == JobState.JOB_STATE_PROCESSING;
            if (running) {
                jobs.endOpenAttempt(sql, jobId, Protos.utc(clock.instant()), LOST, "the queue lost it");
            }
            if (job.getCancelRequestedAt() != null && !JobViews.isTerminal(JobViews.stateOf(job))) {
                return CancelJob.end(job, new ArrayList<>(), clock);
            }
            if (!running) {
                return null;
            }
            ChangeJob.setState(job, JobState.JOB_STATE_QUEUED);
            job.setLeaseId("");
            return new ChangeJob.Change("job.queued");
        });
        steps.enqueue().enqueue(List.of(jobId));
    }
}
