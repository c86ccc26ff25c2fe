package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Runs a failed job again at the wish of its owner or an operator. What was given back when it failed is charged anew under the next charge
 * number; that number is committed before the charge, so that a retry cut off half-way can be made void.
 */
final class RetryJob {
    private final Database database;
    private final Stores stores;
    private final ChangeJob change;
    private final PreparedPhotos prepared;
    private final Peers peers;
    private final Sources sources;

    /** The tables a retry touches. */
    record Stores(JobStore jobs, DeadLetterStore deadLetters, BatchStore batches) {}

    /** Where times and lane limits come from. */
    record Sources(Clock clock, LaneRoom lanes) {}

    RetryJob(
            Database database, Stores stores, ChangeJob change, PreparedPhotos prepared, Peers peers, Sources sources) {
        this.database = database;
        this.stores = stores;
        this.change = change;
        this.prepared = prepared;
        this.peers = peers;
        this.sources = sources;
    }

    /**
     * What came of it.
     *
     * @param begun false: another retry of the same failure was faster, and this one joined it
     */
    record Retried(Job job, boolean begun) {}

    /** @param by who wants it: the owner, or an operator who retries its dead letter */
    Retried run(String userId, UUID jobId, String by) {
        JobsRecord begun = database.transact(sql -> stores.jobs()
                .lock(sql, jobId)
                .filter(job -> job.getUserId().equals(userId))
                .map(job -> begin(sql, job))
                .orElseThrow(() -> Failure.notFound("job", jobId)));
        if (begun.getCreditCost() > 0) {
            try {
                if (begun.getCharge() > 1) {
                    peers.refund(
                            begun, begun.getCharge() - 1); // owed since it failed; credits holds one charge at a time
                }
                peers.deduct(begun);
            } catch (Failure failure) {
                if (!failure.retryable()) {
                    makeVoid(jobId);
                }
                throw failure;
            }
        }
        return database.transact(sql -> stores.jobs()
                .lock(sql, jobId)
                .map(row -> accept(sql, row, begun.getCharge(), by))
                .orElseThrow(() -> Failure.notFound("job", jobId)));
    }

    private JobsRecord begin(DSLContext sql, JobsRecord job) {
        JobState state = JobViews.stateOf(job);
        if (state != JobState.JOB_STATE_FAILED) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "Only a failed job can be run again; this one is "
                            + JobViews.nameOf(state).toLowerCase(Locale.ROOT) + ".");
        }
        if (job.getArchivedAt() != null) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The job is archived and cannot be run again; create another for the photo.");
        }
        boolean underWay = job.getRefundedCharge() < job.getCharge();
        if (job.getCreditCost() > 0 && !underWay) {
            job.setCharge(job.getCharge() + 1);
            change.apply(sql, job, new ChangeJob.Change(""));
        }
        return job;
    }

    private Retried accept(DSLContext sql, JobsRecord job, int charge, String by) {
        if (JobViews.stateOf(job) != JobState.JOB_STATE_FAILED) {
            return new Retried(change.view(sql, job), false); // with the same charge
        }
        if (job.getCreditCost() > 0 && job.getRefundedCharge() >= charge) {
            throw Failure.of(
                    Reason.REASON_CONCURRENT_CHANGE,
                    "The retry took too long to be paid and was taken back; try again.");
        }
        ChangeJob.setState(job, JobState.JOB_STATE_PENDING);
        job.setChargedAt(Protos.utc(sources.clock().instant()));
        job.setEndedAt(null);
        job.setError(null);
        job.setCancelRequestedAt(null);
        job.setLostCount(0);
        job.setAttemptsBefore(job.getAttempt());
        job.setAttemptsMax(
                job.getAttempt() + sources.lanes().limits(job.getLane()).attemptsMax());
        prepared.preparing(sql, job);
        stores.deadLetters().retried(sql, job.getId(), by, job.getChargedAt());
        if (job.getBatchId() != null) {
            stores.batches().reopen(sql, job.getBatchId(), job.getChargedAt());
        }
        Job pending = change.apply(sql, job, new ChangeJob.Change("job.created"));
        return new Retried(prepared.queueIfReady(sql, job).orElse(pending), true);
    }

    /** Gives a charge up that is not, or may not be, made. Also called by the reconciler. */
    void makeVoid(UUID jobId) {
        change.run(jobId, (sql, job) -> {
            if (JobViews.stateOf(job) != JobState.JOB_STATE_FAILED) {
                return null;
            }
            return Debts.refund(job, "The retry was not begun.")
                    .map(debt -> new ChangeJob.Change("", debt))
                    .orElse(null);
        });
    }
}
