package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import dev.rekindle.queue.Queue;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Accepts a job in three steps, each safe to do again: the row, the charge, the place in the queue. Cut off before the
 * charge is known, the job is taken back by the reconciler and never runs; cut off after it, the reconciler goes on.
 */
final class CreateJob {
    private static final String CALL = "CreateJob";

    private final Database database;
    private final Stores stores;
    private final ChangeJob change;
    private final PreparedPhotos prepared;
    private final Peers peers;
    private final Sources sources;

    /** The tables a creation touches. */
    record Stores(JobStore jobs, PhotoStore photos, RequestIdStore requestIds, Outbox outbox) {}

    /** Where ids, times and lane limits come from. */
    record Sources(Ids ids, Clock clock, Queue queue) {}

    CreateJob(
            Database database, Stores stores, ChangeJob change, PreparedPhotos prepared, Peers peers, Sources sources) {
        this.database = database;
        this.stores = stores;
        this.change = change;
        this.prepared = prepared;
        this.peers = peers;
        this.sources = sources;
    }

    Job run(String userId, CreateJobRequest request, String traceparent) {
        Peers.Terms terms = peers.terms(userId);
        JobTerms job = JobTerms.of(terms, request.getSpec(), request.getPriority(), request.getResolution());
        if (request.getCreditCostMax() > 0 && job.cost() > request.getCreditCostMax()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The job costs " + job.cost() + " credits; you would pay at most " + request.getCreditCostMax()
                            + ".");
        }
        sources.queue().requireRoom(job.lane(), 1);
        LaneLimits lane = Lanes.limits(sources.queue(), job.lane());
        JobsRecord row = database.transact(sql -> insert(sql, userId, request, terms, job, lane, traceparent));
        return row.getChargedAt() == null && JobViews.stateOf(row) == JobState.JOB_STATE_PENDING
                ? charge(row)
                : change.view(database.sql(), row);
    }

    private JobsRecord insert(
            DSLContext sql,
            String userId,
            CreateJobRequest request,
            Peers.Terms terms,
            JobTerms job,
            LaneLimits lane,
            String traceparent) {
        UUID jobId = sources.ids().next();
        Optional<UUID> earlier = stores.requestIds()
                .claim(
                        sql,
                        userId,
                        CALL,
                        request.getRequestId(),
                        request,
                        jobId,
                        Protos.utc(sources.clock().instant()));
        if (earlier.isPresent()) {
            return stores.jobs()
                    .find(sql, userId, earlier.get())
                    .orElseThrow(() -> Failure.notFound("job", earlier.get()));
        }
        stores.jobs().lockUser(sql, userId);
        int openMax = terms.limits().getOpenJobsMax();
        if (stores.jobs().countOpen(sql, userId) >= openMax) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT, "Your tier allows " + openMax + " jobs at once; wait for one to end.");
        }
        List<UUID> photoIds = photoIds(sql, userId, request);
        JobsRecord row = row(jobId, userId, request, terms, job, lane, traceparent);
        stores.jobs().insert(sql, row, photoIds);
        return row;
    }

    private List<UUID> photoIds(DSLContext sql, String userId, CreateJobRequest request) {
        List<UUID> ids =
                request.getPhotoIdsList().stream().map(UUID::fromString).toList();
        int wanted = request.getSpec().hasComposition() ? 2 : 1;
        if (ids.size() < wanted || (wanted == 1 && ids.size() > 1)) {
            throw Failure.invalid(
                    "photo_ids", "has " + ids.size() + " photos; this work takes " + (wanted == 1 ? "one" : "2 or 3"));
        }
        Map<UUID, PhotosRecord> photos = stores.photos().share(sql, userId, ids);
        for (UUID id : ids) {
            PhotosRecord photo = photos.get(id);
            if (photo == null) {
                throw Failure.notFound("photo", id);
            }
            if (photo.getState().equals("FAILED")) {
                String why = photo.getError() == null
                        ? ""
                        : ": "
                                + Protos.read(JobError.parser(), photo.getError())
                                        .getMessage();
                throw Failure.of(Reason.REASON_STATE_CONFLICT, "The photo " + id + " could not be prepared" + why);
            }
        }
        return ids;
    }

    private JobsRecord row(
            UUID jobId,
            String userId,
            CreateJobRequest request,
            Peers.Terms terms,
            JobTerms job,
            LaneLimits lane,
            String traceparent) {
        JobsRecord row = NewJobs.row(jobId, userId, job.type(), request.getSpec(), sources.clock());
        row.setLane(job.lane());
        row.setPriority(job.priority().getNumber());
        row.setAttemptsMax(lane.attemptsMax());
        row.setAttemptTimeoutMillis(lane.attemptTimeout().toMillis());
        row.setTier(terms.limits().getTier().name());
        row.setResolution(job.resolution().name());
        row.setWatermark(job.watermark());
        row.setCreditCost(job.cost());
        row.setClientId(request.getClientId());
        row.setSessionId(request.getSessionId());
        row.setTraceparent(traceparent);
        if (job.cost() == 0) {
            row.setChargedAt(row.getCreatedAt());
        }
        return row;
    }

    /** Pays, and puts the job into its lane. A refusal takes the job back as if it had never been. */
    private Job charge(JobsRecord row) {
        try {
            peers.deduct(row);
        } catch (Failure failure) {
            if (!failure.retryable()) {
                takeBack(row.getId(), false);
            }
            throw failure;
        }
        Optional<Job> accepted =
                database.transact(sql -> stores.jobs().lock(sql, row.getId()).map(job -> accept(sql, job)));
        change.committed(List.of(row.getId()));
        return accepted.orElseThrow(() -> Failure.of(
                Reason.REASON_CONCURRENT_CHANGE, "The job took too long to be paid and was taken back; try again."));
    }

    private Job accept(DSLContext sql, JobsRecord job) {
        if (job.getChargedAt() != null) {
            return change.view(sql, job); // another call with the same request id was faster
        }
        job.setChargedAt(Protos.utc(sources.clock().instant()));
        Job created = change.apply(sql, job, new ChangeJob.Change("job.created"));
        return prepared.queueIfReady(sql, job) ? change.view(sql, job) : created;
    }

    /**
     * Removes a job that was never accepted.
     *
     * @param underWay whether its charge may have been made, or be made yet: then it is made void
     */
    boolean takeBack(UUID jobId, boolean underWay) {
        boolean taken = database.transact(sql -> stores.jobs()
                .lock(sql, jobId)
                .filter(job -> JobViews.stateOf(job) == JobState.JOB_STATE_PENDING && job.getChargedAt() == null)
                .map(job -> {
                    if (underWay) {
                        Debts.refund(job, "The job was never accepted.")
                                .ifPresent(debt -> stores.outbox().add(sql, debt));
                    }
                    stores.jobs().delete(sql, jobId);
                    stores.requestIds().release(sql, jobId);
                    return true;
                })
                .orElse(false));
        change.committed(List.of());
        return taken;
    }
}
