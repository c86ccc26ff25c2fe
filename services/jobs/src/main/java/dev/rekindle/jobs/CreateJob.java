package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Accepts a job in three steps, each safe to do again: the row, the charge, the place in the queue. Cut off before the
 * charge is known, the job is taken back by the reconciler and never runs; cut off after it, the reconciler goes on.
 *
 * <p>The same work on the same content within a while is not done and charged twice: the earlier job is the answer, unless
 * the caller says that he wants another.
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

    /**
     * Where ids, times and lane limits come from, and whether there is room for more.
     *
     * @param offers the work that is taken
     * @param sameWithin how long a job stands for the same work on the same content
     */
    record Sources(Ids ids, Clock clock, LaneRoom lanes, SenseLoad load, Offers offers, Duration sameWithin) {}

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
        JobTerms job;
        try {
            job = admit(terms, request);
        } catch (Failure refusal) {
            return acceptedBefore(userId, request).orElseThrow(() -> refusal);
        }
        NewJobs.Origin origin = new NewJobs.Origin(userId, request.getClientId(), request.getSessionId(), traceparent);
        return goOn(database.transact(sql -> insert(sql, request, terms, job, origin)));
    }

    /** What a new job would be now. */
    private JobTerms admit(Peers.Terms terms, CreateJobRequest request) {
        JobTerms job =
                JobTerms.of(terms, sources.offers(), request.getSpec(), request.getPriority(), request.getResolution());
        if (request.getCreditCostMax() > 0 && job.cost() > request.getCreditCostMax()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The job costs " + job.cost() + " credits; you would pay at most " + request.getCreditCostMax()
                            + ".");
        }
        sources.load().requireRoom();
        sources.lanes().require(job.lane(), 1);
        return job;
    }

    /** What refuses new jobs now (another tier or price, a lane that drains) does not hide one that was made before. */
    private Optional<Job> acceptedBefore(String userId, CreateJobRequest request) {
        return database.query(sql -> stores.requestIds()
                        .find(sql, userId, CALL, request.getRequestId(), request)
                        .flatMap(jobId -> stores.jobs().find(sql, userId, jobId)))
                .map(this::goOn);
    }

    private Job goOn(JobsRecord row) {
        return row.getChargedAt() == null && JobViews.stateOf(row) == JobState.JOB_STATE_PENDING
                ? charge(row)
                : change.view(database.sql(), row);
    }

    private JobsRecord insert(
            DSLContext sql, CreateJobRequest request, Peers.Terms terms, JobTerms job, NewJobs.Origin origin) {
        UUID jobId = sources.ids().next();
        String userId = origin.userId();
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
        List<UUID> photoIds =
                request.getPhotoIdsList().stream().map(UUID::fromString).toList();
        Map<UUID, PhotosRecord> own = stores.photos().share(sql, userId, photoIds);
        CheckPhotos.run(
                CheckPhotos.Known.of(sql, stores.photos(), own, List.of(request.getSpec())),
                photoIds,
                request.getSpec(),
                "photo_ids");
        Optional<byte[]> fingerprint = fingerprint(sql, photoIds, request, job);
        Optional<JobsRecord> same = request.getAllowDuplicate()
                ? Optional.empty()
                : fingerprint.flatMap(print -> stores.jobs().findSame(sql, userId, print, sameSince()));
        if (same.isPresent()) {
            stores.requestIds().answerWith(sql, jobId, same.get().getId());
            return same.get();
        }
        int openMax = terms.limits().getOpenJobsMax();
        if (stores.jobs().countOpen(sql, userId) >= openMax) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT, "Your tier allows " + openMax + " jobs at once; wait for one to end.");
        }
        LaneLimits lane = sources.lanes().limits(job.lane());
        JobsRecord row = NewJobs.wanted(jobId, request.getSpec(), job, lane, origin, sources.clock());
        row.setFingerprint(fingerprint.orElse(null));
        row.setPixels(EstimateRuns.pixels(own.values()));
        stores.jobs().insert(sql, row, photoIds);
        return row;
    }

    /** The user's creations wait for each other, so of two at the same moment the second sees the first. */
    private Optional<byte[]> fingerprint(DSLContext sql, List<UUID> photoIds, CreateJobRequest request, JobTerms job) {
        Map<UUID, Fingerprint.Content> contents = stores.photos().contents(sql, photoIds);
        if (contents.size() < photoIds.size()) {
            return Optional.empty();
        }
        return Fingerprint.of(
                photoIds.stream()
                        .map(contents::get)
                        .map(Objects::requireNonNull)
                        .toList(),
                request.getSpec(),
                job);
    }

    private OffsetDateTime sameSince() {
        return Protos.utc(sources.clock().instant().minus(sources.sameWithin()));
    }

    /** Pays, and puts the job into its lane. A refusal takes the job back as if it had never been. */
    private Job charge(JobsRecord row) {
        try {
            if (row.getCreditCost() > 0) {
                peers.deduct(row);
            }
        } catch (Failure failure) {
            if (!failure.retryable()) {
                takeBack(row.getId());
            }
            throw failure;
        }
        Optional<Job> accepted =
                database.transact(sql -> stores.jobs().lock(sql, row.getId()).map(job -> accept(sql, job)));
        return accepted.orElseThrow(() -> Failure.of(
                Reason.REASON_CONCURRENT_CHANGE, "The job took too long to be paid and was taken back; try again."));
    }

    private Job accept(DSLContext sql, JobsRecord job) {
        if (job.getChargedAt() != null) {
            return change.view(sql, job); // another call with the same request id was faster
        }
        job.setChargedAt(Protos.utc(sources.clock().instant()));
        Job created = change.apply(sql, job, new ChangeJob.Change("job.created"));
        return prepared.queueIfReady(sql, job).orElse(created);
    }

    /**
     * Removes a job that was never accepted. Its charge is made void: another call for the same job may be making it.
     */
    boolean takeBack(UUID jobId) {
        boolean taken = database.transact(sql -> stores.jobs()
                .lock(sql, jobId)
                .filter(job -> JobViews.stateOf(job) == JobState.JOB_STATE_PENDING && job.getChargedAt() == null)
                .map(job -> {
                    Debts.refund(job, "The job was never accepted.")
                            .ifPresent(debt -> stores.outbox().add(sql, debt));
                    stores.jobs().delete(sql, jobId);
                    stores.requestIds().release(sql, jobId);
                    return true;
                })
                .orElse(false));
        return taken;
    }
}
