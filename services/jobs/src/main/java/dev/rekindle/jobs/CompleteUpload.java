package dev.rekindle.jobs;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.tables.tables.records.UploadsRecord;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaEnd;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.DSLContext;

/**
 * Makes a photo of an upload: checks by the content what it is, and puts its preparation into the queue. Content that is
 * refused is deleted with its upload.
 */
final class CompleteUpload {
    private static final int HEADER_BYTES_MAX = 16 << 20;

    private final Database database;
    private final Uploads uploads;
    private final Stores stores;
    private final ChangeJob change;
    private final Blobs blobs;
    private final Sources sources;

    record Stores(UploadStore uploads, PhotoStore photos, JobEvents events, Outbox outbox) {}

    /** Where ids, times, limits and the numbers of lanes come from. */
    record Sources(Ids ids, Clock clock, JobsConfig config, LaneRoom lanes) {}

    CompleteUpload(Database database, Uploads uploads, Stores stores, ChangeJob change, Blobs blobs, Sources sources) {
        this.database = database;
        this.uploads = uploads;
        this.stores = stores;
        this.change = change;
        this.blobs = blobs;
        this.sources = sources;
    }

    /** Answers the id of the photo. Completing again answers it again. */
    UUID run(Uploader by, CompleteUploadRequest request, Peers.Terms terms, String traceparent) {
        UploadsRecord upload = uploads.find(database.sql(), by, UUID.fromString(request.getUploadId()));
        if (upload.getState().equals("COMPLETED")) {
            return upload.getId();
        }
        Uploads.requireOpen(upload);
        if (request.hasCorners() && upload.getPipeline().equals("quick_processing")) {
            throw Failure.invalid("corners", "are for full_processing; quick_processing cuts nothing out.");
        }
        long size = assemble(upload);
        MediaMetadata metadata;
        try {
            metadata = inspect(upload, size);
        } catch (Failure failure) {
            if (!failure.retryable()) {
                boolean ignored = uploads.drop(upload); // another call may have been faster
            }
            throw failure;
        }
        Corners corners = request.hasCorners()
                ? request.getCorners()
                : upload.getCorners() == null ? null : Protos.read(Corners.parser(), upload.getCorners());
        JobsRecord job = metadata.hasVideo()
                ? videoPreparation(upload, terms, traceparent)
                : preparation(upload, corners, terms, traceparent);
        database.transact(sql -> insert(sql, upload, metadata, corners, job));
        return upload.getId();
    }

    /** Makes one blob of the parts, where there are any. Answers its size. */
    private long assemble(UploadsRecord upload) {
        long offset = upload.getOffsetBytes();
        if (upload.getSizeBytes() > 0 && offset > 0 && offset < upload.getSizeBytes()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "Only " + offset + " of " + upload.getSizeBytes() + " bytes have arrived; send the rest first.");
        }
        if (!upload.getPartsId().isEmpty() && blobs.find(upload.getBlobKey()).isEmpty()) {
            String[] etags = upload.getPartEtags();
            blobs.completeParts(
                    upload.getBlobKey(),
                    upload.getPartsId(),
                    IntStream.range(0, etags.length)
                            .mapToObj(place -> new Blobs.Part(place + 1, etags[place]))
                            .toList());
        }
        return blobs.find(upload.getBlobKey())
                .map(Blobs.BlobInfo::sizeBytes)
                .orElseThrow(() -> Failure.of(Reason.REASON_STATE_CONFLICT, "No bytes have arrived; send them first."));
    }

    private MediaMetadata inspect(UploadsRecord upload, long size) {
        if (upload.getSizeBytes() > 0 && size != upload.getSizeBytes()) {
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    "The file has " + size + " bytes; " + upload.getSizeBytes() + " were announced.");
        }
        JobsConfig.Limits limits = sources.config().limits();
        MediaHeader header = MediaHeader.read(
                ByteSource.ofRanges(size, HEADER_BYTES_MAX, (offset, length) -> range(upload, offset, length)),
                limits.pictures().withBytesMax(limits.uploadBytesMax()));
        long sizeMax = header.isImage() ? limits.photoBytesMax() : limits.videoBytesMax();
        if (size > sizeMax) {
            throw Failure.of(
                    Reason.REASON_TOO_LARGE,
                    "The " + (header.isImage() ? "photo" : "video") + " has " + size + " bytes; at most " + sizeMax
                            + " are allowed.");
        }
        String sha256 = readThrough(upload, header.metadata().getType());
        if (!upload.getSha256().isEmpty() && !upload.getSha256().equals(sha256)) {
            throw Failure.of(
                    Reason.REASON_CHECKSUM_MISMATCH,
                    "The file's SHA-256 is " + sha256 + "; " + upload.getSha256() + " was announced.");
        }
        return header.metadata().toBuilder().setSha256(sha256).build();
    }

    private byte[] range(UploadsRecord upload, long offset, int length) {
        try (Blobs.Content content = blobs.get(upload.getBlobKey(), offset, length)) {
            return content.bytes().readNBytes(length);
        } catch (IOException e) {
            throw storageFailed(e);
        }
    }

    /** Reads the whole file once: is its end there? Answers its SHA-256 in hexadecimal. */
    private String readThrough(UploadsRecord upload, MediaType type) {
        try (Blobs.Content content = blobs.get(upload.getBlobKey());
                DigestInputStream bytes =
                        new DigestInputStream(content.bytes(), MessageDigest.getInstance("SHA-256"))) {
            MediaEnd.require(type, bytes);
            bytes.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(bytes.getMessageDigest().digest());
        } catch (IOException e) {
            throw storageFailed(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Failure storageFailed(IOException e) {
        return Failure.of(Reason.REASON_STORAGE_FAILED, "The picture store did not answer. Please try again.")
                .withDetail(String.valueOf(e.getMessage()), e);
    }

    private JobsRecord preparation(
            UploadsRecord upload,
            @org.jspecify.annotations.Nullable Corners corners,
            Peers.Terms terms,
            String traceparent) {
        PreparationSpec.Builder spec = PreparationSpec.newBuilder().setPipeline(upload.getPipeline());
        if (corners != null) {
            spec.setCorners(corners);
        }
        return preparation(upload, spec, JobTypes.kindOf(JobType.JOB_TYPE_PREPARATION), terms, traceparent);
    }

    /** A video is only looked at; how long it may be goes along, because only a worker sees how long it is. */
    private JobsRecord videoPreparation(UploadsRecord upload, Peers.Terms terms, String traceparent) {
        PreparationSpec.Builder spec = PreparationSpec.newBuilder().setPipeline(upload.getPipeline());
        if (terms.limits().hasVideoDurationMax()) {
            spec.setVideoDurationMax(terms.limits().getVideoDurationMax());
        }
        return preparation(upload, spec, JobKind.JOB_KIND_VIDEO, terms, traceparent);
    }

    private JobsRecord preparation(
            UploadsRecord upload, PreparationSpec.Builder spec, JobKind kind, Peers.Terms terms, String traceparent) {
        String laneName = JobTypes.laneOf(terms.limits().getTier());
        LaneLimits lane = sources.lanes().limits(laneName);
        JobsRecord job = NewJobs.row(
                sources.ids().next(),
                upload.getUserId(),
                JobType.JOB_TYPE_PREPARATION,
                JobSpec.newBuilder().setPreparation(spec).build(),
                sources.clock());
        job.setKind(JobTypes.nameOf(kind));
        job.setLane(laneName);
        job.setPriority(Priority.PRIORITY_HIGH_VALUE);
        job.setAttemptsMax(lane.attemptsMax());
        job.setAttemptTimeoutMillis(JobTypes.attemptTimeout(kind, lane).toMillis());
        job.setTier(terms.limits().getTier().name());
        job.setChargedAt(job.getCreatedAt()); // costs nothing
        job.setClientId(upload.getClientId());
        job.setSessionId(upload.getSessionId());
        job.setTraceparent(traceparent);
        return job;
    }

    private boolean insert(
            DSLContext sql,
            UploadsRecord seen,
            MediaMetadata metadata,
            @org.jspecify.annotations.Nullable Corners corners,
            JobsRecord job) {
        UploadsRecord upload = stores.uploads()
                .lock(sql, seen.getUserId(), seen.getId())
                .orElseThrow(() -> Failure.notFound("upload", seen.getId()));
        if (upload.getState().equals("COMPLETED")) {
            return false; // another call completed it at the same moment
        }
        Uploads.requireOpen(upload);
        upload.setState("COMPLETED");
        stores.uploads().update(sql, upload);
        stores.photos().insert(sql, photo(upload, metadata, corners, job));
        job.setPixels((long) metadata.getWidth() * metadata.getHeight());
        change.insert(sql, job, List.of(upload.getId()), new ChangeJob.Change("job.created"));
        ChangeJob.setState(job, dev.rekindle.jobs.v1.JobState.JOB_STATE_QUEUED);
        job.setQueuedAt(job.getCreatedAt());
        Job queued = change.apply(sql, job, new ChangeJob.Change("job.queued", Debts.enqueue(job)));
        stores.outbox()
                .add(
                        sql,
                        JobEvents.debt(stores.events()
                                .photoChanged(
                                        queued,
                                        "photo.uploaded",
                                        PhotoEvent.newBuilder()
                                                .setFilename(upload.getFilename())
                                                .build())));
        return true;
    }

    private static PhotosRecord photo(
            UploadsRecord upload,
            MediaMetadata metadata,
            @org.jspecify.annotations.Nullable Corners corners,
            JobsRecord job) {
        PhotosRecord photo = new PhotosRecord();
        photo.setId(upload.getId());
        photo.setUserId(upload.getUserId());
        photo.setState("PREPARING");
        photo.setFilename(upload.getFilename());
        photo.setOriginalKey(upload.getBlobKey());
        photo.setSha256(metadata.getSha256());
        photo.setMetadata(metadata.toByteArray());
        photo.setCorners(corners == null ? null : corners.toByteArray());
        photo.setPreparationJobId(job.getId());
        photo.setFlagged(false);
        photo.setClientId(upload.getClientId());
        photo.setSessionId(upload.getSessionId());
        photo.setCreatedAt(job.getCreatedAt());
        photo.setUpdatedAt(job.getCreatedAt());
        return photo;
    }
}
