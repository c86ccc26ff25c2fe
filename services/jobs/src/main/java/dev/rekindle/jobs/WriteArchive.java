package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.ExportsRecord;
import dev.rekindle.jobs.v1.WriteArchiveRequest;
import dev.rekindle.jobs.v1.WriteArchiveResponse;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSource;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the archive of a user's data: the documents that are sent, then {@link ArchiveContents}. It streams from source to
 * blob, so that an archive of any size needs one part of it in memory.
 */
final class WriteArchive {
    private final Database database;
    private final Stores stores;
    private final ChangeJob change;
    private final Exports exports;
    private final Blobs blobs;
    private final long bytesMax;

    /** The tables that are read. */
    record Stores(PhotoStore photos, JobStore jobs, BatchStore batches, FlagStore flags) {}

    /** @param bytesMax most that an archive may have */
    WriteArchive(Database database, Stores stores, ChangeJob change, Exports exports, Blobs blobs, long bytesMax) {
        this.database = database;
        this.stores = stores;
        this.change = change;
        this.exports = exports;
        this.blobs = blobs;
        this.bytesMax = bytesMax;
    }

    /**
     * Writes an archive to its end.
     *
     * @throws Failure TOO_LARGE if it would have too many bytes; STATE_CONFLICT if it was given up meanwhile
     */
    WriteArchiveResponse run(MessageSource<WriteArchiveRequest> stream) throws InterruptedException {
        WriteArchiveRequest first = stream.next();
        if (first == null || !first.hasHeader()) {
            throw Failure.invalid("header", "is missing; expected it first.");
        }
        String userId = first.getHeader().getUserId();
        ExportsRecord export =
                exports.begin(userId, UUID.fromString(first.getHeader().getArchiveId()));
        boolean done = false;
        try {
            long size = write(export, stream);
            if (!exports.whole(export, size)) {
                blobs.delete(List.of(export.getBlobKey()));
                throw Failure.of(Reason.REASON_STATE_CONFLICT, "The archive was given up while it was written.");
            }
            done = true;
            return WriteArchiveResponse.newBuilder()
                    .setSizeBytes(size)
                    .setExpireTime(Protos.timestamp(export.getExpiresAt()))
                    .build();
        } catch (IOException e) {
            throw Failure.of(Reason.REASON_STORAGE_FAILED, "The picture store did not answer. Please try again.")
                    .withDetail(export.getBlobKey() + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                exports.giveUp(export);
            }
        }
    }

    private long write(ExportsRecord export, MessageSource<WriteArchiveRequest> stream)
            throws IOException, InterruptedException {
        PartsOutput out = new PartsOutput(blobs, export.getBlobKey(), export.getPartsId(), bytesMax);
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            documents(zip, stream);
            new ArchiveContents(database, stores, change, blobs, zip).write(export.getUserId());
            zip.finish();
        }
        return out.complete();
    }

    private static void documents(ZipOutputStream zip, MessageSource<WriteArchiveRequest> stream)
            throws IOException, InterruptedException {
        boolean begun = false;
        for (@Nullable WriteArchiveRequest next = stream.next(); next != null; next = stream.next()) {
            switch (next.getPartCase()) {
                case DOCUMENT -> {
                    zip.putNextEntry(new ZipEntry(next.getDocument()));
                    begun = true;
                }
                case CHUNK -> {
                    if (!begun) {
                        throw Failure.invalid("chunk", "comes before the name of its document.");
                    }
                    next.getChunk().writeTo(zip);
                }
                case HEADER, PART_NOT_SET -> throw Failure.invalid("part", "is no document and no bytes of one.");
            }
        }
        if (begun) {
            zip.closeEntry();
        }
    }
}
