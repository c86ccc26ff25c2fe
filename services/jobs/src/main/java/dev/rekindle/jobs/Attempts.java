package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobAttemptsRecord;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.processing.v1.WorkCancelled;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkStageCompleted;
import dev.rekindle.queue.ResultEntry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What the beginning and the end of an attempt mean for its job: it runs, is completed, tried again, failed for good,
 * cancelled, or was lost. Entries may be read twice, and after a crash or by several processes in another order; the lease
 * tells which attempt each belongs to, an end whose beginning was not read yet brings it along, and a newer lease tells
 * that the one before was given back.
 */
final class Attempts {
    private static final int STAGES_MAX = 32;

    private final ChangeJob change;
    private final Stores stores;
    private final PreparedPhotos prepared;
    private final Supplier<RetryPolicy> retries;
    private final StateWaits waits;
    private final Sources sources;

    /** The tables an attempt touches. */
    record Stores(JobStore jobs, RunTimeStore runTimes, Outbox outbox) {}

    /** Where ids and times come from, and how many workers one job may cost. */
    record Sources(Ids ids, Clock clock, int lostMax) {}

    Attempts(
            ChangeJob change,
            Stores stores,
            PreparedPhotos prepared,
            Supplier<RetryPolicy> retries,
            StateWaits waits,
            Sources sources) {
        this.change = change;
        this.stores = stores;
        this.prepared = prepared;
        this.retries = retries;
        this.waits = waits;
        this.sources = sources;
    }

    /** True if the entry is of the attempt the job is in. */
    static boolean isCurrent(JobsRecord job, ResultEntry result) {
        return JobViews.stateOf(job) == JobState.JOB_STATE_PROCESSING
                && job.getAttempt() == result.attempt()
                && job.getLeaseId().equals(result.leaseId());
    }

    /**
     * Takes in that a worker has begun.
     *
     * @return false if nobody wants the job done any more: its worker should stop
     */
    boolean started(ResultEntry result) {
        boolean[] wanted = {true};
        change.run(UUID.fromString(result.id()), (sql, job) -> {
            if (stores.jobs().hasAttempt(sql, job.getId(), result.leaseId())) {
                return null; // read before
            }
            // One that runs is handed out already by a newer lease, whose worker must not be disturbed by old news.
            wanted[0] = waits(job) || JobViews.stateOf(job) == JobState.JOB_STATE_PROCESSING;
            giveBackIfNewer(sql, job, result);
            return waits(job) ? begin(sql, job, result) : null;
        });
        return wanted[0];
    }

    private static boolean waits(JobsRecord job) {
        return switch (JobViews.stateOf(job)) {
            case JOB_STATE_QUEUED, JOB_STATE_RETRY_SCHEDULED -> true;
            case JOB_STATE_PENDING,
                    JOB_STATE_PROCESSING,
                    JOB_STATE_COMPLETED,
                    JOB_STATE_FAILED,
                    JOB_STATE_CANCELLED,
                    JOB_STATE_UNSPECIFIED,
                    UNRECOGNIZED -> false;
        };
    }

    private ChangeJob.Change begin(DSLContext sql, JobsRecord job, ResultEntry result) {
        ChangeJob.setState(job, JobState.JOB_STATE_PROCESSING);
        job.setAttempt(result.attempt());
        job.setLeaseId(result.leaseId());
        job.setWorkerId(result.workerId());
        job.setStartedAt(Protos.utc(result.time()));
        job.setRetryAt(null);
        job.setError(null);
        JobAttemptsRecord attempt = new JobAttemptsRecord();
        attempt.setJobId(job.getId());
        attempt.setLeaseId(result.leaseId());
        attempt.setAttempt(result.attempt());
        attempt.setWorkerId(result.workerId());
        attempt.setStartedAt(job.getStartedAt());
        stores.jobs().insertAttempt(sql, attempt);
        waits.began(sql, job.getId(), result.time());
        return new ChangeJob.Change("job.started");
    }

    /**
     * The queue hands a job out again by itself only when it was given back. So an entry of a newer lease says that the
     * attempt the job is in ended so, though another process may still have to read that.
     */
    private void giveBackIfNewer(DSLContext sql, JobsRecord job, ResultEntry result) {
        if (JobViews.stateOf(job) == JobState.JOB_STATE_PROCESSING
                && !job.getLeaseId().equals(result.leaseId())
                && job.getStartedAt() != null
                && result.time().isAfter(job.getStartedAt().toInstant())) {
            giveBack(sql, job);
        }
    }

    private void giveBack(DSLContext sql, JobsRecord job) {
        endRow(sql, job, "", Spent.UNKNOWN, null, "given back");
        ChangeJob.setState(job, JobState.JOB_STATE_QUEUED);
        job.setAttempt(job.getAttempt() - 1);
        job.setLeaseId("");
    }

    /** True if the entry counts: it is of the present attempt, or of one whose beginning has not been read yet. */
    private boolean counts(DSLContext sql, JobsRecord job, ResultEntry result) {
        if (isCurrent(job, result)) {
            return true;
        }
        if (stores.jobs().hasAttempt(sql, job.getId(), result.leaseId())) {
            return false;
        }
        giveBackIfNewer(sql, job, result);
        if (!waits(job)) {
            return false;
        }
        change.apply(sql, job, begin(sql, job, result));
        return true;
    }

    /** True if it is this attempt that completed the job: its end is read again because it was not acknowledged. */
    private static boolean wasTaken(JobsRecord job, ResultEntry result) {
        return JobViews.stateOf(job) == JobState.JOB_STATE_COMPLETED
                && job.getAttempt() == result.attempt()
                && job.getLeaseId().equals(result.leaseId());
    }

    /**
     * Takes the outputs in; what was made of a photo that has been deleted since goes after it. False if the attempt does not
     * count: nobody owns what it made.
     */
    boolean completed(ResultEntry result, WorkCompleted completed) {
        boolean[] taken = {false};
        UUID jobId = UUID.fromString(result.id());
        change.run(jobId, (sql, job) -> {
            boolean before = wasTaken(job, result);
            taken[0] = before || counts(sql, job, result);
            if (before || !taken[0]) {
                return null;
            }
            ChangeJob.setState(job, JobState.JOB_STATE_COMPLETED);
            job.setEndedAt(Protos.utc(result.time()));
            job.setEngine(completed.hasEngine() ? completed.getEngine().toByteArray() : null);
            job.setReport(completed.getReportList().toArray(String[]::new));
            String engine = completed.getEngine().getEngine();
            List<Outbox.Message> debts =
                    endRow(sql, job, engine, new Spent(completed.getCostMicroUsd(), ranFor(job, result)), null, "");
            if (prepared.areThere(sql, job)) {
                completed.getOutputsList().forEach(output -> stores.jobs().insertOutput(sql, output(job, output)));
                if (job.getType().equals("PREPARATION")) {
                    prepared.ready(sql, job, completed);
                }
            } else {
                debts.addAll(Debts.blobs(keysOf(completed)));
            }
            // Last, because others who end such jobs wait for these rows.
            remember(sql, job, engine, completed, ranFor(job, result));
            return new ChangeJob.Change("job.completed", debts);
        });
        return taken[0];
    }

    private static List<String> keysOf(WorkCompleted completed) {
        return completed.getOutputsList().stream().map(WorkOutput::getBlobKey).toList();
    }

    private JobOutputsRecord output(JobsRecord job, WorkOutput output) {
        JobOutputsRecord row = new JobOutputsRecord();
        row.setId(sources.ids().next());
        row.setJobId(job.getId());
        row.setName(output.getName());
        row.setBlobKey(output.getBlobKey());
        row.setContentType(output.getContentType());
        row.setMetadata(output.getMetadata().toByteArray());
        row.setCreatedAt(job.getEndedAt());
        return row;
    }

    void failed(ResultEntry result, WorkFailed failed) {
        fail(result, failed.getError(), failed.getDetail(), failed);
    }

    void cancelled(ResultEntry result, WorkCancelled cancelled) {
        change.run(UUID.fromString(result.id()), (sql, job) -> {
            if (!counts(sql, job, result)) {
                return null;
            }
            List<Outbox.Message> debts = endRow(
                    sql, job, "", new Spent(cancelled.getCostMicroUsd(), ranFor(job, result)), null, "cancelled");
            return cancel(job, debts);
        });
    }

    /** A worker died or fell silent. The next attempt is at once, unless this job has cost too many workers already. */
    void lost(ResultEntry result) {
        JobError error = JobError.newBuilder()
                .setReason(Reason.REASON_WORKER_LOST)
                .setMessage("The worker stopped in the middle of the work.")
                .setFailureClass(FailureClass.FAILURE_CLASS_TEMPORARY)
                .setRetryable(true)
                .build();
        change.run(UUID.fromString(result.id()), (sql, job) -> {
            if (!counts(sql, job, result)) {
                return null;
            }
            List<Outbox.Message> debts = endRow(sql, job, "", Spent.UNKNOWN, error, "lease ran out");
            job.setLostCount(job.getLostCount() + 1);
            if (job.getCancelRequestedAt() != null) {
                return cancel(job, debts);
            }
            if (job.getLostCount() >= sources.lostMax()) {
                return failForGood(sql, job, poison(job.getLostCount()), debts);
            }
            if (job.getAttempt() >= job.getAttemptsMax()) {
                return failForGood(sql, job, error, debts);
            }
            ChangeJob.setState(job, JobState.JOB_STATE_QUEUED);
            job.setLeaseId("");
            debts.add(Debts.enqueue(job));
            return new ChangeJob.Change("job.queued", debts);
        });
    }

    /** A job that stops whoever works on it is our mistake, and no passing trouble. */
    private static JobError poison(int lostCount) {
        return JobError.newBuilder()
                .setReason(Reason.REASON_WORKER_LOST)
                .setMessage("The work stopped " + lostCount + " workers in the middle and is not tried again.")
                .setFailureClass(FailureClass.FAILURE_CLASS_LOGIC)
                .build();
    }

    /** A worker ended before its work was done: the job waits again, and the attempt does not count. */
    void returned(ResultEntry result) {
        change.run(UUID.fromString(result.id()), (sql, job) -> {
            if (!isCurrent(job, result)) {
                return null;
            }
            giveBack(sql, job);
            return new ChangeJob.Change("job.queued");
        });
    }

    private void fail(ResultEntry result, JobError error, String detail, WorkFailed failed) {
        RetryPolicy policy = retries.get();
        change.run(UUID.fromString(result.id()), (sql, job) -> {
            if (!counts(sql, job, result)) {
                return null;
            }
            if (failed.hasEngine()) {
                job.setEngine(failed.getEngine().toByteArray());
            }
            List<Outbox.Message> debts = endRow(
                    sql,
                    job,
                    failed.getEngine().getEngine(),
                    new Spent(failed.getCostMicroUsd(), ranFor(job, result)),
                    error,
                    detail);
            if (job.getCancelRequestedAt() != null) {
                return cancel(job, debts);
            }
            Optional<Duration> delay = policy.delay(
                    error.getFailureClass(),
                    job.getAttempt() - job.getAttemptsBefore(),
                    job.getAttemptsMax() - job.getAttemptsBefore(),
                    Priority.forNumber(job.getPriority()),
                    Protos.duration(failed.getRetryDelay()));
            if (delay.isEmpty()) {
                return failForGood(sql, job, error, debts);
            }
            ChangeJob.setState(job, JobState.JOB_STATE_RETRY_SCHEDULED);
            job.setLeaseId("");
            job.setRetryAt(Protos.utc(sources.clock().instant().plus(delay.get())));
            job.setError(error.toByteArray());
            debts.add(Debts.enqueue(job));
            return new ChangeJob.Change("job.retry_scheduled", debts);
        });
    }

    private ChangeJob.Change failForGood(DSLContext sql, JobsRecord job, JobError error, List<Outbox.Message> debts) {
        ChangeJob.setState(job, JobState.JOB_STATE_FAILED);
        job.setEndedAt(Protos.utc(sources.clock().instant()));
        job.setLeaseId("");
        job.setError(error.toByteArray());
        Debts.refund(job, "The work failed: " + error.getMessage()).ifPresent(debts::add);
        if (job.getType().equals("PREPARATION")) {
            prepared.failed(sql, job, error);
        }
        return new ChangeJob.Change(ChangeJob.FAILED, debts);
    }

    private ChangeJob.Change cancel(JobsRecord job, List<Outbox.Message> debts) {
        return CancelJob.end(job, debts, sources.clock());
    }

    private static @Nullable Duration ranFor(JobsRecord job, ResultEntry result) {
        if (job.getStartedAt() == null) {
            return null;
        }
        Duration ran = Duration.between(job.getStartedAt().toInstant(), result.time());
        return ran.isNegative() ? Duration.ZERO : ran;
    }

    /** Keeps how long the run took, and how long it still took from the beginning of each of its stages. */
    private void remember(
            DSLContext sql, JobsRecord job, String engine, WorkCompleted completed, @Nullable Duration ran) {
        if (ran == null) {
            return;
        }
        SortedMap<String, Long> millis = new TreeMap<>();
        long rest = 0;
        for (WorkStageCompleted stage :
                completed.getStagesList().reversed().stream().limit(STAGES_MAX).toList()) {
            rest += Protos.duration(stage.getDuration()).toMillis();
            millis.put(stage.getStage(), rest);
        }
        millis.put("", ran.toMillis());
        stores.runTimes()
                .add(
                        sql,
                        new RunTimeStore.Like(job.getType(), engine, RunHistory.bucketOf(job.getPixels())),
                        millis,
                        job.getEndedAt());
    }

    /** Books the end of the attempt; answers what is owed for it. */
    private List<Outbox.Message> endRow(
            DSLContext sql, JobsRecord job, String engine, Spent spent, @Nullable JobError error, String detail) {
        JobAttemptsRecord attempt = new JobAttemptsRecord();
        attempt.setJobId(job.getId());
        attempt.setLeaseId(job.getLeaseId());
        attempt.setEndedAt(Protos.utc(sources.clock().instant()));
        attempt.setError(error == null ? null : error.toByteArray());
        attempt.setDetail(detail.length() > 8000 ? detail.substring(0, 8000) : detail);
        attempt.setCostMicroUsd(spent.microUsd());
        stores.jobs().endAttempt(sql, attempt);
        job.setCostMicroUsd(job.getCostMicroUsd() + spent.microUsd());
        List<Outbox.Message> debts = new ArrayList<>();
        Debts.cost(job, engine, spent, sources.clock().instant()).ifPresent(debts::add);
        return debts;
    }
}
