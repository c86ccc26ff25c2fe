package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.events.v1.Event;
import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.UploadsRecord;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Erases what there is of a user, in batches, each of which may be repeated: the door is closed first, so that nothing comes
 * after; open jobs are cancelled; what they owe to others is delivered, since it names the user; then rows go and their
 * blobs with them. A crash anywhere leaves rows, which the next call finds, or debts, which are paid.
 */
final class EraseUser {
    private static final int BATCH = 100;
    private static final int BATCHES_A_CALL_MAX = 20;
    private static final int LYING_MAX = 5_000;
    private static final int DEBTS_MAX = 1_000;

    private final Connections to;
    private final ErasureStore store;
    private final Outbox outbox;
    private final CancelJob cancel;
    private final Exports exports;
    private final Times times;

    /** @param sweepAfter how long a worker that lost its lease may go on writing */
    record Times(Clock clock, Duration sweepAfter) {}

    EraseUser(Connections to, ErasureStore store, Outbox outbox, CancelJob cancel, Exports exports, Times times) {
        this.to = to;
        this.store = store;
        this.outbox = outbox;
        this.cancel = cancel;
        this.exports = exports;
        this.times = times;
    }

    /** Erases at most twenty batches. True if more is left, or owed to others and not delivered yet. */
    boolean run(String userId) {
        to.database().transact(sql -> {
            store.close(sql, userId, Protos.utc(times.clock().instant()));
            return true;
        });
        exports.giveUp(userId);
        List<UUID> open = store.unsettledJobs(to.database().sql(), userId, BATCH);
        if (!open.isEmpty()) {
            cancel.all(open);
            return true;
        }
        if (isOwed(userId)) {
            return true;
        }
        for (int i = 0; i < BATCHES_A_CALL_MAX; i++) {
            if (!eraseBatch(userId)) {
                return isLying(userId);
            }
        }
        return true;
    }

    void admit(String userId) {
        to.database().transact(sql -> {
            store.admit(sql, userId);
            return true;
        });
    }

    /** False if there are no rows left. */
    private boolean eraseBatch(String userId) {
        List<UploadsRecord> uploads = store.uploads(to.database().sql(), userId, BATCH);
        for (UploadsRecord upload : uploads) {
            if (!upload.getPartsId().isEmpty()) {
                to.blobs().abortParts(upload.getBlobKey(), upload.getPartsId());
            }
        }
        boolean any = to.database().transact(sql -> {
            List<String> keys = new ArrayList<>();
            store.deleteUploads(sql, uploads.stream().map(UploadsRecord::getId).toList());
            uploads.forEach(upload -> keys.add(BlobKeys.photoPrefix(userId, upload.getId())));
            return eraseRows(sql, userId, keys) || !uploads.isEmpty();
        });
        return any;
    }

    private boolean eraseRows(DSLContext sql, String userId, List<String> keys) {
        List<UUID> photos = store.photos(sql, userId, BATCH);
        store.deletePhotos(sql, photos);
        photos.forEach(id -> keys.add(BlobKeys.photoPrefix(userId, id)));
        List<UUID> jobs = store.jobs(sql, userId, BATCH);
        store.deleteJobs(sql, jobs);
        jobs.forEach(id -> keys.add(BlobKeys.outputPrefix(userId, id)));
        // Batches take what is left of their jobs with them, so they come when no job is left.
        List<BatchesRecord> batches = jobs.isEmpty() ? store.batches(sql, userId, BATCH) : List.of();
        store.deleteBatches(sql, batches.stream().map(BatchesRecord::getId).toList());
        batches.forEach(batch -> keys.add(BlobKeys.manifest(userId, batch.getId())));
        store.deleteFlagsAndHandoffs(sql, userId);
        store.deleteRequestIds(sql, userId);
        List<String> distinct = keys.stream().distinct().toList();
        outbox.add(sql, Debts.blobs(distinct));
        outbox.addLater(sql, Debts.blobsAgain(distinct), times.sweepAfter());
        return !(photos.isEmpty() && jobs.isEmpty() && batches.isEmpty());
    }

    /** Whatever lies there still is nobody's, since no row is left and none can come. */
    private boolean isLying(String userId) {
        List<String> lying = new ArrayList<>();
        to.blobs().list(BlobKeys.userPrefix(userId), blob -> {
            if (lying.size() < LYING_MAX) {
                lying.add(blob.key());
            }
        });
        to.blobs().delete(lying);
        return !lying.isEmpty();
    }

    /** Events, refunds and costs of the user that are not delivered yet. */
    private boolean isOwed(String userId) {
        List<Outbox.Message> owed = outbox.holding(
                to.database().sql(),
                List.of(Topics.EVENT, Topics.REFUND, Topics.COST),
                ByteString.copyFromUtf8(userId),
                DEBTS_MAX);
        return owed.size() == DEBTS_MAX
                || owed.stream().anyMatch(debt -> userOf(debt).equals(userId));
    }

    private static String userOf(Outbox.Message debt) {
        return switch (debt.topic()) {
            case Topics.EVENT -> Protos.read(Event.parser(), debt.payload()).getUserId();
            case Topics.REFUND ->
                Protos.read(RefundCreditsRequest.parser(), debt.payload()).getUserId();
            case Topics.COST ->
                Protos.read(RecordCostRequest.parser(), debt.payload()).getUserId();
            case String other -> throw new IllegalArgumentException(other);
        };
    }
}
