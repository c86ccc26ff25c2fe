package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.ExportsRecord;
import dev.rekindle.jobs.v1.GetArchiveResponse;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * Archives of users' data as rows: begun, whole, given up. The row is written before the first byte and goes with the blob,
 * so a writer that dies leaves nothing the expiry does not find.
 */
final class Exports {
    private static final int BATCH = 200;

    private final Database database;
    private final ExportStore store;
    private final Blobs blobs;
    private final Outbox outbox;
    private final Duration kept;
    private final Sources sources;

    /** Where ids and times come from. */
    record Sources(Ids ids, Clock clock) {}

    /** @param kept how long an archive is kept, also one that is never finished */
    Exports(Database database, ExportStore store, Blobs blobs, Outbox outbox, Duration kept, Sources sources) {
        this.database = database;
        this.store = store;
        this.blobs = blobs;
        this.outbox = outbox;
        this.kept = kept;
        this.sources = sources;
    }

    /** Gives up what archives the user has, whole or not, and begins one. */
    ExportsRecord begin(String userId, UUID id) {
        giveUp(userId);
        // A key of its own for each writing: the deletion of an earlier one may still be owed.
        String key = BlobKeys.export(userId, sources.ids().next());
        ExportsRecord row = new ExportsRecord();
        row.setId(id);
        row.setUserId(userId);
        row.setBlobKey(key);
        row.setPartsId(blobs.beginParts(key, "application/zip"));
        row.setExpiresAt(end());
        row.setCreatedAt(now());
        try {
            return database.transact(sql -> {
                store.insert(sql, row);
                return row;
            });
        } catch (RuntimeException e) {
            blobs.abortParts(key, row.getPartsId());
            throw e;
        }
    }

    private OffsetDateTime now() {
        return Protos.utc(sources.clock().instant());
    }

    private OffsetDateTime end() {
        return now().plus(kept);
    }

    /** An archive has all its parts. Answers its row, false if it was given up meanwhile; the caller takes the blob back. */
    boolean whole(ExportsRecord export, long sizeBytes) {
        export.setExpiresAt(end());
        return database.transact(sql -> store.whole(sql, export, sizeBytes, export.getExpiresAt()));
    }

    /** @throws Failure NOT_FOUND if the user has no such archive that is whole */
    GetArchiveResponse get(String userId, UUID id) {
        ExportsRecord export =
                store.findWhole(database.sql(), userId, id, now()).orElseThrow(() -> Failure.notFound("archive", id));
        Blobs.Signed signed = blobs.signGet(export.getBlobKey(), "rekindle-data.zip");
        Instant end = export.getExpiresAt().toInstant();
        return GetArchiveResponse.newBuilder()
                .setUrl(signed.url().toString())
                .setExpireTime(Protos.timestamp(signed.expiry().isBefore(end) ? signed.expiry() : end))
                .build();
    }

    /** Gives up one writing of an archive; another of the same archive is left alone. */
    void giveUp(ExportsRecord export) {
        drop(store.ofUser(database.sql(), export.getUserId()).stream()
                .filter(other -> other.getBlobKey().equals(export.getBlobKey()))
                .toList());
    }

    /** Deletes all archives of a user. Answers whether there were any. */
    boolean giveUp(String userId) {
        List<ExportsRecord> all = store.ofUser(database.sql(), userId);
        drop(all);
        return !all.isEmpty();
    }

    /** Deletes a batch of those past their time. True if there may be more. */
    boolean dropExpired() {
        List<ExportsRecord> due = store.expired(database.sql(), now(), BATCH);
        drop(due);
        return due.size() == BATCH;
    }

    private void drop(List<ExportsRecord> exports) {
        if (exports.isEmpty()) {
            return;
        }
        for (ExportsRecord export : exports) {
            if (!export.getPartsId().isEmpty()) {
                blobs.abortParts(export.getBlobKey(), export.getPartsId());
            }
        }
        database.transact(sql -> {
            store.delete(sql, exports.stream().map(ExportsRecord::getId).toList());
            outbox.add(
                    sql,
                    Debts.blobs(exports.stream().map(ExportsRecord::getBlobKey).toList()));
            return true;
        });
    }
}
