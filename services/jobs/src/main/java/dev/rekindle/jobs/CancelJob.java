package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.CancelOutcome;
import dev.rekindle.queue.Queue;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels a job wherever it is. The wish is committed first, so that a crash at any point after it is healed by the
 * reconciler; then the queue lets go of the job or tells its worker.
 */
final class CancelJob {
    private static final Logger log = LoggerFactory.getLogger(CancelJob.class);
    private static final int BATCH_MAX = 250;

    private final ChangeJob change;
    private final Queue queue;
    private final Clock clock;

    CancelJob(ChangeJob change, Queue queue, Clock clock) {
        this.change = change;
        this.queue = queue;
        this.clock = clock;
    }

    /**
     * Cancels a job of the user.
     *
     * @return the job: CANCELLED, or still PROCESSING with {@code cancelling} until its worker has stopped
     * @throws Failure NOT_FOUND, or STATE_CONFLICT if it has ended already
     */
    Job run(String userId, UUID jobId) {
        Job wished = change.runAndView(jobId, (sql, job) -> {
                    if (!job.getUserId().equals(userId)) {
                        throw Failure.notFound("job", jobId);
                    }
                    return wish(job);
                })
                .orElseThrow(() -> Failure.notFound("job", jobId));
        return JobViews.isTerminal(wished.getState()) ? wished : finish(jobId, wished);
    }

    /** Cancels several jobs, whose ever they are; those that have ended already are left alone. */
    void all(List<UUID> jobIds) {
        for (int from = 0; from < jobIds.size(); from += BATCH_MAX) {
            batch(jobIds.subList(from, Math.min(from + BATCH_MAX, jobIds.size())));
        }
    }

    private void batch(List<UUID> jobIds) {
        List<String> open = change
                .runAll(
                        jobIds,
                        job -> JobViews.isTerminal(JobViews.stateOf(job))
                                ? Optional.empty()
                                : Optional.ofNullable(wish(job)))
                .stream()
                .filter(job -> !JobViews.isTerminal(JobViews.stateOf(job)))
                .map(job -> job.getId().toString())
                .toList();
        List<UUID> released = new ArrayList<>();
        queue.cancel(open).forEach((id, outcome) -> {
            if (outcome != CancelOutcome.SIGNALLED) {
                released.add(UUID.fromString(id));
            }
        });
        change.runAll(
                released, job -> isInLane(job) ? Optional.of(end(job, new ArrayList<>(), clock)) : Optional.empty());
    }

    private ChangeJob.@org.jspecify.annotations.Nullable Change wish(JobsRecord job) {
        JobState state = JobViews.stateOf(job);
        if (JobViews.isTerminal(state)) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The job is already " + JobViews.nameOf(state).toLowerCase(Locale.ROOT) + ".");
        }
        if (job.getCancelRequestedAt() != null) {
            return null;
        }
        job.setCancelRequestedAt(Protos.utc(clock.instant()));
        // A pending job is not in the queue yet: nothing can begin it once this is committed.
        return state == JobState.JOB_STATE_PENDING
                ? end(job, new ArrayList<>(), clock)
                : new ChangeJob.Change("job.cancelling");
    }

    /**
     * Takes the job out of the queue, or has its worker told. Also called by the reconciler, which goes on with what could
     * not be done while the queue was away: the wish is kept.
     */
    Job finish(UUID jobId, Job wished) {
        CancelOutcome outcome;
        try {
            outcome = queue.cancel(jobId.toString());
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_UNAVAILABLE) {
                throw failure;
            }
            log.warn("{} is cancelled as soon as the queue is back: {}", jobId, failure.detail());
            return wished;
        }
        return switch (outcome) {
            case SIGNALLED -> wished;
            case REMOVED, ABSENT ->
                change.runAndView(jobId, (sql, job) -> isInLane(job) ? end(job, new ArrayList<>(), clock) : null)
                        .orElse(wished);
        };
    }

    private static boolean isInLane(JobsRecord job) {
        return switch (JobViews.stateOf(job)) {
            case JOB_STATE_QUEUED, JOB_STATE_RETRY_SCHEDULED -> true;
            // Begun or ended in this moment: its entry in the results stream decides.
            case JOB_STATE_PENDING,
                    JOB_STATE_PROCESSING,
                    JOB_STATE_COMPLETED,
                    JOB_STATE_FAILED,
                    JOB_STATE_CANCELLED,
                    JOB_STATE_UNSPECIFIED,
                    UNRECOGNIZED -> false;
        };
    }

    /** Ends a job as cancelled and gives its credits back. */
    static ChangeJob.Change end(JobsRecord job, List<Outbox.Message> debts, Clock clock) {
        ChangeJob.setState(job, JobState.JOB_STATE_CANCELLED);
        job.setEndedAt(Protos.utc(clock.instant()));
        job.setLeaseId("");
        Debts.refund(job, "The job was cancelled.").ifPresent(debts::add);
        return new ChangeJob.Change("job.cancelled", debts);
    }
}
