package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * What becomes of ended jobs with time: first their outputs go, then they are archived, at last they are forgotten, as
 * are flags that were decided about. Each
 * batch is one transaction, in which the blobs that lose their owner are owed to deletion, so that a crash anywhere loses
 * neither a row nor a blob.
 */
final class RetainJobs {
    private static final int BATCH = 200;

    private final Database database;
    private final RetentionStore store;
    private final BatchStore batches;
    private final FlagStore flags;
    private final Outbox outbox;
    private final JobsConfig.Retention retention;
    private final Clock clock;

    record Stores(RetentionStore retention, BatchStore batches, FlagStore flags) {}

    RetainJobs(Database database, Stores stores, Outbox outbox, JobsConfig.Retention retention, Clock clock) {
        this.database = database;
        this.store = stores.retention();
        this.batches = stores.batches();
        this.flags = stores.flags();
        this.outbox = outbox;
        this.retention = retention;
        this.clock = clock;
    }

    /** Does one batch of each. True if there may be more to do. */
    boolean run() {
        boolean more = database.transact(this::dropOutputs);
        more |= database.transact(this::archive);
        more |= database.transact(this::dropManifests);
        more |= database.transact(this::forget);
        more |= database.transact(sql -> flags.deleteResolvedBefore(sql, before(retention.history()), BATCH) == BATCH);
        return more;
    }

    private OffsetDateTime before(Duration kept) {
        return Protos.utc(clock.instant().minus(kept));
    }

    private boolean dropOutputs(DSLContext sql) {
        List<JobsRecord> due = store.withOutputsBefore(sql, before(retention.outputs()), BATCH);
        drop(sql, due);
        return !due.isEmpty();
    }

    private boolean archive(DSLContext sql) {
        List<JobsRecord> due = store.toArchive(sql, before(retention.jobs()), BATCH);
        if (due.isEmpty()) {
            return false;
        }
        drop(sql, due);
        store.archive(sql, ids(due), Protos.utc(clock.instant()));
        return due.size() == BATCH;
    }

    private boolean dropManifests(DSLContext sql) {
        List<BatchesRecord> due = store.withManifestBefore(sql, before(retention.outputs()), BATCH);
        outbox.add(
                sql, Debts.blobs(due.stream().map(BatchesRecord::getManifestKey).toList()));
        for (BatchesRecord batch : due) {
            batch.setManifestId(null);
            batch.setManifestKey("");
            batch.setManifestBytes(0L);
            batches.update(sql, batch);
        }
        return due.size() == BATCH;
    }

    private boolean forget(DSLContext sql) {
        List<JobsRecord> due = store.past(sql, before(retention.history()), BATCH);
        if (!due.isEmpty()) {
            drop(sql, due);
            store.delete(sql, ids(due));
        }
        store.deleteEmptyBatches(sql, before(retention.history()));
        return due.size() == BATCH;
    }

    /** Takes their outputs from the jobs, and owes the blobs of all that have any. */
    private void drop(DSLContext sql, List<JobsRecord> jobs) {
        List<String> prefixes = new ArrayList<>();
        for (JobsRecord job : jobs) {
            // What a preparation made belongs to its photo.
            if (!job.getType().equals("PREPARATION") && job.getState().equals("COMPLETED")) {
                prefixes.add(BlobKeys.outputPrefix(job.getUserId(), job.getId()));
            }
        }
        store.deleteOutputs(sql, ids(jobs));
        outbox.add(sql, Debts.blobs(prefixes));
    }

    private static List<UUID> ids(List<JobsRecord> jobs) {
        return jobs.stream().map(JobsRecord::getId).toList();
    }
}
