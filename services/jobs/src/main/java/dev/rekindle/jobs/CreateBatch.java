package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.BatchPolicy;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Accepts all jobs of a batch or none, in the three steps of {@link CreateJob}: the rows in one transaction, the charges of
 * all in one call, the acceptance of all in one transaction. Cut off before the acceptance, the batch is gone on with by the same
 * call sent again, or taken back whole by the reconciler, and nothing of it ever runs.
 */
final class CreateBatch {
    private static final String CALL = "CreateBatch";

    private final Database database;
    private final Stores stores;
    private final ChangeJob change;
    private final PreparedPhotos prepared;
    private final Peers peers;
    private final Sources sources;

    /** The tables a creation touches. */
    record Stores(JobStore jobs, PhotoStore photos, BatchStore batches, RequestIdStore requestIds, Outbox outbox) {}

    /** Where ids, times and lane limits come from, and how many batches of a user may be open. */
    record Sources(CreateJob.Sources jobs, int openBatchesMax) {}

    CreateBatch(
            Database database, Stores stores, ChangeJob change, PreparedPhotos prepared, Peers peers, Sources sources) {
        this.database = database;
        this.stores = stores;
        this.change = change;
        this.prepared = prepared;
        this.peers = peers;
        this.sources = sources;
    }

    BatchesRecord run(String userId, CreateBatchRequest request, String traceparent) {
        Peers.Terms terms = peers.terms(userId);
        List<JobTerms> items;
        try {
            items = items(terms, request);
            sources.jobs().load().requireRoom();
        } catch (Failure refusal) {
            return acceptedBefore(userId, request).orElseThrow(() -> refusal);
        }
        return goOn(database.transact(sql -> insert(sql, userId, request, terms, items, traceparent)));
    }

    /** What refuses new jobs now does not hide a batch that was made before. */
    private Optional<BatchesRecord> acceptedBefore(String userId, CreateBatchRequest request) {
        return database.query(sql -> stores.requestIds()
                        .find(sql, userId, CALL, request.getRequestId(), request)
                        .flatMap(batchId -> stores.batches().find(sql, userId, batchId)))
                .map(this::goOn);
    }

    private BatchesRecord goOn(BatchesRecord batch) {
        return batch.getAcceptedAt() == null ? charge(batch) : batch;
    }

    private List<JobTerms> items(Peers.Terms terms, CreateBatchRequest request) {
        List<JobTerms> items = new ArrayList<>();
        for (int i = 0; i < request.getItemsCount(); i++) {
            try {
                items.add(JobTerms.of(
                        terms,
                        sources.jobs().offers(),
                        request.getItems(i).getSpec(),
                        request.getPriority(),
                        Resolution.RESOLUTION_UNSPECIFIED));
            } catch (Failure failure) {
                throw ofItem(i, failure);
            }
        }
        return items;
    }

    /** A field that breaks its rule is that of an item. */
    private static Failure ofItem(int place, Failure failure) {
        return failure.violations().isEmpty()
                ? failure
                : Failure.violations(failure.violations().stream()
                        .map(violation -> new Failure.Violation(
                                "items[" + place + "]." + violation.field(), violation.description(), violation.rule()))
                        .toList());
    }

    private BatchesRecord insert(
            DSLContext sql,
            String userId,
            CreateBatchRequest request,
            Peers.Terms terms,
            List<JobTerms> items,
            String traceparent) {
        UUID batchId = sources.jobs().ids().next();
        var now = Protos.utc(sources.jobs().clock().instant());
        Optional<UUID> earlier =
                stores.requestIds().claim(sql, userId, CALL, request.getRequestId(), request, batchId, now);
        if (earlier.isPresent()) {
            return stores.batches()
                    .find(sql, userId, earlier.get())
                    .orElseThrow(() -> Failure.notFound("batch", earlier.get()));
        }
        int cost = items.stream().mapToInt(JobTerms::cost).sum();
        requireRoom(sql, userId, items, terms.balance(), cost);
        BatchesRecord batch = new BatchesRecord();
        batch.setId(batchId);
        batch.setUserId(userId);
        batch.setPolicy(request.getPolicy() == BatchPolicy.BATCH_POLICY_FAIL_FAST ? "FAIL_FAST" : "CONTINUE");
        batch.setJobCount(items.size());
        batch.setCreditCost(cost);
        batch.setCreatedAt(now);
        stores.batches().insert(sql, batch);
        insertJobs(sql, batch, request, items, traceparent);
        return batch;
    }

    private void requireRoom(DSLContext sql, String userId, List<JobTerms> items, int balance, int cost) {
        if (cost > balance) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "The batch costs " + cost + " credits and you have " + balance + ".");
        }
        stores.jobs().lockUser(sql, userId);
        int open = stores.batches().countOpen(sql, userId);
        if (open >= sources.openBatchesMax()) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT,
                    "You have " + open + " batches that have not ended, of at most " + sources.openBatchesMax()
                            + "; wait for one to end.");
        }
        sources.jobs().lanes().require(items.getFirst().lane(), items.size());
    }

    private void insertJobs(
            DSLContext sql, BatchesRecord batch, CreateBatchRequest request, List<JobTerms> items, String traceparent) {
        List<List<UUID>> photoIds = request.getItemsList().stream()
                .map(item ->
                        item.getPhotoIdsList().stream().map(UUID::fromString).toList())
                .toList();
        List<UUID> all = photoIds.stream().flatMap(List::stream).distinct().toList();
        Map<UUID, PhotosRecord> own = stores.photos().share(sql, batch.getUserId(), all);
        CheckPhotos.Known known = CheckPhotos.Known.of(
                sql,
                stores.photos(),
                own,
                request.getItemsList().stream().map(CreateBatchItem::getSpec).toList());
        NewJobs.Origin origin =
                new NewJobs.Origin(batch.getUserId(), request.getClientId(), request.getSessionId(), traceparent);
        var limits = sources.jobs().lanes().limits(items.getFirst().lane());
        List<JobsRecord> rows = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            CreateBatchItem item = request.getItems(i);
            try {
                CheckPhotos.run(known, photoIds.get(i), item.getSpec(), "photo_ids");
            } catch (Failure failure) {
                throw ofItem(i, failure);
            }
            UUID jobId = sources.jobs().ids().next();
            JobsRecord row = NewJobs.wanted(
                    jobId,
                    item.getSpec(),
                    items.get(i),
                    limits,
                    origin,
                    sources.jobs().clock());
            row.setBatchId(batch.getId());
            row.setBatchPlace(i);
            row.setPixels(EstimateRuns.pixels(photoIds.get(i).stream()
                    .map(own::get)
                    .filter(Objects::nonNull)
                    .toList()));
            rows.add(row);
        }
        stores.jobs().insert(sql, rows, photoIds);
    }

    /** Pays for all jobs in one call. A refusal takes the whole batch back as if it had never been. */
    private BatchesRecord charge(BatchesRecord batch) {
        try {
            List<JobsRecord> priced = stores.batches().jobsOf(database.sql(), batch.getId()).stream()
                    .filter(job -> job.getCreditCost() > 0)
                    .toList();
            if (!priced.isEmpty()) {
                peers.deduct(priced);
            }
        } catch (Failure failure) {
            if (!failure.retryable()) {
                takeBack(batch.getId());
            }
            throw failure;
        }
        return database.transact(sql -> accept(sql, batch));
    }

    private BatchesRecord accept(DSLContext sql, BatchesRecord seen) {
        BatchesRecord batch = stores.batches()
                .lock(sql, seen.getId())
                .orElseThrow(() -> Failure.of(
                        Reason.REASON_CONCURRENT_CHANGE,
                        "The batch took too long to be paid and was taken back; try again."));
        if (batch.getAcceptedAt() != null) {
            return batch; // another call with the same request id was faster
        }
        batch.setAcceptedAt(Protos.utc(sources.jobs().clock().instant()));
        stores.batches().update(sql, batch);
        // Photos before jobs, as the end of a preparation locks them.
        Map<UUID, PhotosRecord> own =
                stores.photos().share(sql, batch.getUserId(), stores.batches().photosOf(sql, batch.getId()));
        List<JobsRecord> jobs = stores.batches().lockJobs(sql, batch.getId()).stream()
                .filter(job -> JobViews.stateOf(job) == JobState.JOB_STATE_PENDING)
                .toList();
        jobs.forEach(job -> job.setChargedAt(batch.getAcceptedAt()));
        change.applyAll(sql, jobs, job -> new ChangeJob.Change("job.created"));
        prepared.queueReady(sql, jobs, own);
        return batch;
    }

    /** Removes a batch that was never accepted; charges that were made, or may be made yet, are given back. */
    boolean takeBack(UUID batchId) {
        boolean taken = database.transact(sql -> stores.batches()
                .lock(sql, batchId)
                .filter(batch -> batch.getAcceptedAt() == null)
                .map(batch -> {
                    List<Outbox.Message> debts = stores.batches().lockJobs(sql, batchId).stream()
                            .flatMap(job -> Debts.refund(job, "The batch was never accepted.").stream())
                            .toList();
                    stores.outbox().add(sql, debts);
                    stores.batches().delete(sql, batchId);
                    stores.requestIds().release(sql, batchId);
                    return true;
                })
                .orElse(false));
        return taken;
    }
}
