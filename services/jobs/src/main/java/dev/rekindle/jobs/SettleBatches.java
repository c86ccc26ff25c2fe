package dev.rekindle.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import dev.rekindle.platform.rpc.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Draws the consequences for a batch when a job of it has ended, or its owner cancels it: the rest is cancelled where the
 * first failure shall, and when all jobs have ended the batch ends, with a manifest of all that came of it. What to do
 * follows from the rows as they are, so doing it twice or late does no harm.
 */
final class SettleBatches implements OutboxRelays.Delivery {
    private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();

    private final Database database;
    private final BatchStore batches;
    private final ChangeJob change;
    private final CancelJob cancel;
    private final Blobs blobs;
    private final Sources sources;

    /** Where ids and times come from. */
    record Sources(Ids ids, Clock clock) {}

    SettleBatches(
            Database database, BatchStore batches, ChangeJob change, CancelJob cancel, Blobs blobs, Sources sources) {
        this.database = database;
        this.batches = batches;
        this.change = change;
        this.cancel = cancel;
        this.blobs = blobs;
        this.sources = sources;
    }

    @Override
    public void deliver(List<Outbox.Message> messages) {
        messages.stream()
                .map(message -> UUID.fromString(message.payload().toStringUtf8()))
                .distinct()
                .forEach(this::run);
    }

    void run(UUID batchId) {
        BatchesRecord batch = batches.find(database.sql(), batchId).orElse(null);
        if (batch == null || batch.getEndedAt() != null) {
            return;
        }
        boolean failFast = batch.getPolicy().equals("FAIL_FAST") && batches.hasFailed(database.sql(), batch);
        if (batch.getCancelRequestedAt() != null || failFast) {
            cancelRest(batch);
        }
        if (allEnded(batchId)) {
            end(batch);
        }
    }

    private void cancelRest(BatchesRecord batch) {
        cancel.all(batches.open(database.sql(), batch.getId()));
    }

    private boolean allEnded(UUID batchId) {
        return !batches.hasOpen(database.sql(), batchId);
    }

    /** The manifest first, then the row that owns it. Two who end a batch at once write the same. */
    private void end(BatchesRecord seen) {
        byte[] manifest = manifest(seen);
        String key = BlobKeys.manifest(seen.getUserId(), seen.getId());
        blobs.put(key, manifest, "application/json");
        database.transact(sql -> {
            BatchesRecord batch = batches.lock(sql, seen.getId()).orElse(null);
            if (batch == null || batch.getEndedAt() != null || !allEnded(batch.getId())) {
                return false;
            }
            batch.setEndedAt(Protos.utc(sources.clock().instant()));
            batch.setManifestId(sources.ids().next());
            batch.setManifestKey(key);
            batch.setManifestBytes((long) manifest.length);
            batches.update(sql, batch);
            return true;
        });
    }

    /** The jobs as REST shows them, in the order asked for. */
    private byte[] manifest(BatchesRecord batch) {
        List<Job> jobs = change.views(database.sql(), batches.jobsOf(database.sql(), batch.getId()));
        List<String> items = new ArrayList<>();
        try {
            for (Job job : jobs) {
                items.add(JSON.print(job));
            }
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("A job does not print.", e);
        }
        return ("{\"batchId\":\"" + batch.getId() + "\",\"jobs\":[" + String.join(",\n", items) + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
