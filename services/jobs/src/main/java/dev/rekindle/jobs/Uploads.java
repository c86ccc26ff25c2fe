package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.HandoffsRecord;
import dev.rekindle.jobs.tables.tables.records.UploadsRecord;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.UploadState;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSource;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes on their way in. They are stored in parts of 8 MiB as they arrive, at most one part of each upload in memory;
 * what is stored stays when a stream breaks, and the next stream goes on from there.
 */
final class Uploads {
    private static final Logger log = LoggerFactory.getLogger(Uploads.class);
    private static final String CALL = "CreateUpload";
    private static final int PART_BYTES = 8 << 20;
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final Database database;
    private final UploadStore store;
    private final Stores stores;
    private final Blobs blobs;
    private final Sources sources;

    record Stores(UploadStore uploads, RequestIdStore requestIds, HandoffStore handoffs, Outbox outbox) {}

    /** Where ids, times and limits come from. */
    record Sources(Ids ids, Clock clock, JobsConfig config) {}

    Uploads(Database database, Stores stores, Blobs blobs, Sources sources) {
        this.database = database;
        this.store = stores.uploads();
        this.stores = stores;
        this.blobs = blobs;
        this.sources = sources;
    }

    /** @param bytesMax what the user's tier allows */
    Upload create(Uploader by, CreateUploadRequest request, long bytesMax) {
        blobs.requireWorking();
        long max = Math.min(bytesMax, sources.config().limits().uploadBytesMax());
        if (request.getSizeBytes() > max) {
            throw tooLarge(request.getSizeBytes(), max);
        }
        UUID id = sources.ids().next();
        UploadsRecord row = database.transact(sql -> {
            Optional<UUID> earlier = stores.requestIds()
                    .claim(
                            sql,
                            by.userId(),
                            CALL,
                            request.getRequestId(),
                            request,
                            id,
                            Protos.utc(sources.clock().instant()));
            if (earlier.isPresent()) {
                return find(sql, by, earlier.get());
            }
            UploadsRecord made = row(id, by.userId(), request);
            if (by.handoffId() != null) {
                useHandoff(sql, by, made);
            }
            store.insert(sql, made);
            return made;
        });
        return view(row);
    }

    /** The upload belongs to the session the hand-over is for, and takes one of its places. */
    private void useHandoff(DSLContext sql, Uploader by, UploadsRecord made) {
        UUID handoffId = Objects.requireNonNull(by.handoffId());
        HandoffsRecord handoff = stores.handoffs()
                .lock(sql, by.userId(), handoffId, made.getCreatedAt())
                .orElseThrow(() -> Failure.of(
                        Reason.REASON_CREDENTIALS_EXPIRED,
                        "The hand-over has ended. Show a new code on the other screen."));
        int max = sources.config().handoffs().uploadsMax();
        if (handoff.getUploadCount() >= max) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "With one code " + max
                            + " photos can be sent, and they were. Show a new code on the other screen.");
        }
        if (!made.getSessionId().isEmpty() && !made.getSessionId().equals(handoff.getSessionId())) {
            throw Failure.invalid(
                    "session_id", "is \"" + made.getSessionId() + "\"; expected none, or that of the hand-over.");
        }
        handoff.setUploadCount(handoff.getUploadCount() + 1);
        stores.handoffs().update(sql, handoff);
        made.setSessionId(handoff.getSessionId());
        made.setHandoffId(handoffId);
    }

    private UploadsRecord row(UUID id, String userId, CreateUploadRequest request) {
        UploadsRecord row = new UploadsRecord();
        row.setId(id);
        row.setUserId(userId);
        row.setState("OPEN");
        row.setFilename(request.getFilename());
        row.setSizeBytes(request.getSizeBytes());
        row.setSha256(request.getSha256());
        row.setCorners(request.hasCorners() ? request.getCorners().toByteArray() : null);
        row.setPipeline(request.getPipeline());
        row.setClientId(request.getClientId());
        row.setSessionId(request.getSessionId());
        row.setBlobKey(BlobKeys.original(userId, id));
        row.setPartsId("");
        row.setPartEtags(new String[0]);
        row.setOffsetBytes(0L);
        row.setCreatedAt(Protos.utc(sources.clock().instant()));
        row.setExpiresAt(row.getCreatedAt().plus(sources.config().times().uploadsKept()));
        return row;
    }

    Upload get(Uploader by, UUID uploadId) {
        return view(find(database.sql(), by, uploadId));
    }

    /** Stores what a stream brings. Answers how far the bytes are stored. */
    Upload write(Uploader by, MessageSource<WriteUploadRequest> stream, long bytesMax) throws InterruptedException {
        WriteUploadRequest first = stream.next();
        if (first == null || !first.hasHeader()) {
            throw Failure.invalid("header", "is expected as the first message");
        }
        WriteUploadHeader header = first.getHeader();
        UploadsRecord row = find(database.sql(), by, UUID.fromString(header.getUploadId()));
        requireOpen(row);
        blobs.requireWorking();
        if (header.getOffsetBytes() != row.getOffsetBytes()) {
            throw offsetMismatch(header.getOffsetBytes(), row.getOffsetBytes());
        }
        long max = Math.min(bytesMax, sources.config().limits().uploadBytesMax());
        new Writer(by, row, header.getLast(), max).run(stream);
        return view(find(database.sql(), by, row.getId()));
    }

    /** One stream being stored. */
    private final class Writer {
        private final Uploader by;
        private final UploadsRecord row;
        private final boolean last;
        private final long bytesMax;
        private final byte[] part;
        private int filled;

        Writer(Uploader by, UploadsRecord row, boolean last, long bytesMax) {
            this.by = by;
            this.row = row;
            this.last = last;
            this.bytesMax = bytesMax;
            long left = row.getSizeBytes() == 0 ? PART_BYTES : row.getSizeBytes() - row.getOffsetBytes() + 1;
            this.part = new byte[Math.clamp(left, 1, PART_BYTES)];
        }

        void run(MessageSource<WriteUploadRequest> stream) throws InterruptedException {
            for (WriteUploadRequest next = stream.next(); next != null; next = stream.next()) {
                if (next.hasHeader()) {
                    throw Failure.invalid("header", "is expected only as the first message");
                }
                take(next.getChunk());
            }
            if (last && (filled > 0 || row.getOffsetBytes() == 0)) {
                store();
            }
        }

        private void take(ByteString chunk) {
            long reached = row.getOffsetBytes() + filled + chunk.size();
            if (reached > bytesMax) {
                throw tooLarge(reached, bytesMax);
            }
            if (row.getSizeBytes() > 0 && reached > row.getSizeBytes()) {
                throw Failure.invalid(
                        "chunk",
                        "brings the upload to " + reached + " bytes; " + row.getSizeBytes() + " were announced");
            }
            int taken = 0;
            while (taken < chunk.size()) {
                int length = Math.min(part.length - filled, chunk.size() - taken);
                chunk.substring(taken, taken + length).copyTo(part, filled);
                filled += length;
                taken += length;
                if (filled == part.length && part.length == PART_BYTES) {
                    store();
                }
            }
        }

        private void store() {
            long from = row.getOffsetBytes();
            if (from == 0 && filled < PART_BYTES) {
                // Small enough for one piece, and it is the last: no need of parts.
                blobs.put(row.getBlobKey(), Arrays.copyOf(part, filled), CONTENT_TYPE);
            } else {
                if (row.getPartsId().isEmpty()) {
                    row.setPartsId(blobs.beginParts(row.getBlobKey(), CONTENT_TYPE));
                }
                int number = row.getPartEtags().length + 1;
                Blobs.Part stored = blobs.putPart(row.getBlobKey(), row.getPartsId(), number, part, filled);
                String[] etags = Arrays.copyOf(row.getPartEtags(), number);
                etags[number - 1] = stored.etag();
                row.setPartEtags(etags);
            }
            row.setOffsetBytes(from + filled);
            filled = 0;
            if (!Uploads.this.store.advance(database.sql(), row, from)) {
                throw offsetMismatch(from, find(database.sql(), by, row.getId()).getOffsetBytes());
            }
        }
    }

    void abort(Uploader by, UUID uploadId) {
        UploadsRecord row = find(database.sql(), by, uploadId);
        if (!drop(row) && find(database.sql(), by, uploadId).getState().equals("COMPLETED")) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT, "The upload is completed; delete the photo " + row.getId() + ".");
        }
    }

    /**
     * Ends an upload that will not be completed; its bytes are deleted by debt, so that a store that is away at this
     * moment does not keep them for ever.
     *
     * @return false: it was not open any more, nothing has changed
     */
    boolean drop(UploadsRecord seen) {
        if (!seen.getState().equals("OPEN")) {
            return false;
        }
        if (!seen.getPartsId().isEmpty()) {
            blobs.abortParts(seen.getBlobKey(), seen.getPartsId());
        }
        boolean dropped = database.transact(sql -> store.lock(sql, seen.getUserId(), seen.getId())
                .filter(row -> row.getState().equals("OPEN"))
                .map(row -> {
                    row.setState("ABORTED");
                    store.update(sql, row);
                    stores.outbox().add(sql, Debts.blobs(List.of(row.getBlobKey())));
                    return true;
                })
                .orElse(false));
        return dropped;
    }

    /** Drops uploads nobody went on with. True if there may be more. */
    boolean dropExpired(int max) {
        List<UploadsRecord> expired =
                store.expired(database.sql(), Protos.utc(sources.clock().instant()), max);
        int dropped = 0;
        for (UploadsRecord row : expired) {
            try {
                dropped += drop(row) ? 1 : 0;
            } catch (Failure failure) {
                log.warn("Upload {} has expired and cannot be dropped yet: {}", row.getId(), failure.detail());
            }
        }
        return dropped == max;
    }

    UploadsRecord find(DSLContext sql, Uploader by, UUID uploadId) {
        return store.find(sql, by, uploadId).orElseThrow(() -> Failure.notFound("upload", uploadId));
    }

    static void requireOpen(UploadsRecord row) {
        if (!row.getState().equals("OPEN")) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The upload is " + row.getState().toLowerCase(java.util.Locale.ROOT) + "; begin a new one.");
        }
    }

    private static Failure tooLarge(long bytes, long max) {
        return Failure.of(
                Reason.REASON_TOO_LARGE, "The file has at least " + bytes + " bytes; at most " + max + " are allowed.");
    }

    private static Failure offsetMismatch(long given, long stored) {
        return Failure.of(
                Reason.REASON_OFFSET_MISMATCH,
                "The bytes begin at " + given + "; the upload stands at " + stored + ". Go on from there.");
    }

    Upload view(UploadsRecord row) {
        Upload.Builder upload = Upload.newBuilder()
                .setId(row.getId().toString())
                .setState(UploadState.valueOf("UPLOAD_STATE_" + row.getState()))
                .setFilename(row.getFilename())
                .setSizeBytes(row.getSizeBytes())
                .setOffsetBytes(row.getOffsetBytes())
                .setExpireTime(Protos.timestamp(row.getExpiresAt()))
                .setCreateTime(Protos.timestamp(row.getCreatedAt()));
        if (row.getState().equals("COMPLETED")) {
            upload.setPhotoId(row.getId().toString());
        }
        Blobs.@Nullable Signed signed = signed(row);
        if (signed != null) {
            upload.setUploadUrl(signed.url().toString()).putAllUploadHeaders(signed.headers());
        }
        return upload.build();
    }

    /** A signed address for the whole content, where it could be used. */
    private Blobs.@Nullable Signed signed(UploadsRecord row) {
        boolean untouched = row.getState().equals("OPEN") && row.getOffsetBytes() == 0;
        return untouched && row.getSizeBytes() > 0 && blobs.reachableForClients()
                ? blobs.signPut(row.getBlobKey(), row.getSizeBytes(), CONTENT_TYPE)
                : null;
    }
}
