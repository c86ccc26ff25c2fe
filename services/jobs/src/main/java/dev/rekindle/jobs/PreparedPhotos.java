package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.processing.v1.ContentFinding;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** What the end of a preparation means for its photo, and for the jobs that were waiting for it. */
final class PreparedPhotos {
    /** Who flags, in what is written down of a flag. */
    private static final String CHECK = "content-check";

    private final PhotoStore photos;
    private final JobStore jobs;
    private final ChangeJob change;
    private final OpenFlag flags;
    private final Clock clock;

    PreparedPhotos(PhotoStore photos, JobStore jobs, ChangeJob change, OpenFlag flags, Clock clock) {
        this.photos = photos;
        this.jobs = jobs;
        this.change = change;
        this.flags = flags;
        this.clock = clock;
    }

    /** True if none of the job's photos has been deleted; none is then until the commit. */
    boolean areThere(DSLContext sql, JobsRecord job) {
        List<UUID> photoIds = jobs.photosOf(sql, job.getId());
        return photos.share(sql, job.getUserId(), photoIds).keySet().containsAll(photoIds);
    }

    /** The photo is ready, and the jobs that waited for it go on. */
    void ready(DSLContext sql, JobsRecord preparation, WorkCompleted completed) {
        UUID photoId = jobs.photosOf(sql, preparation.getId()).getFirst();
        PhotosRecord photo = photos.lock(sql, photoId).orElseThrow();
        for (WorkOutput output : completed.getOutputsList()) {
            PhotoVariantsRecord variant = new PhotoVariantsRecord();
            variant.setPhotoId(photoId);
            variant.setName(output.getName());
            variant.setBlobKey(output.getBlobKey());
            variant.setContentType(output.getContentType());
            variant.setMetadata(output.getMetadata().toByteArray());
            photos.putVariant(sql, variant);
        }
        photo.setState("READY");
        photo.setError(null);
        photo.setUpdatedAt(Protos.utc(clock.instant()));
        if (completed.hasCorners()) {
            photo.setCorners(completed.getCorners().toByteArray());
        }
        if (completed.hasInputMetadata()) {
            photo.setMetadata(merge(photo, completed).toByteArray());
        }
        photos.update(sql, photo);
        if (completed.hasContentFinding()) {
            found(sql, photo, completed.getContentFinding());
        }
        if (!completed.getContentFinding().getRefused()) {
            release(sql, photoId);
        }
    }

    /** The check of content found something: an operator is to look at it, and it may have to wait for that. */
    private void found(DSLContext sql, PhotosRecord photo, ContentFinding finding) {
        if (finding.getRefused()) {
            failWaiting(sql, photo.getId(), ContentRefusal.refuse(photo));
        }
        FlagsRecord _ = flags.run(sql, photo, CHECK, finding.getReason());
        photos.update(sql, photo); // one that is flagged already is not written by that
    }

    /** What the worker read from the whole file, with the checksum known since the upload. */
    private static MediaMetadata merge(PhotosRecord photo, WorkCompleted completed) {
        return completed.getInputMetadata().toBuilder()
                .setSha256(photo.getSha256())
                .build();
    }

    /** The photo cannot be prepared: the jobs that were waiting for it fail, and their credits come back. */
    void failed(DSLContext sql, JobsRecord preparation, JobError error) {
        UUID photoId = jobs.photosOf(sql, preparation.getId()).getFirst();
        photos.lock(sql, photoId).ifPresent(photo -> {
            photo.setState("FAILED");
            photo.setError(error.toByteArray());
            photo.setUpdatedAt(Protos.utc(clock.instant()));
            photos.update(sql, photo);
        });
        failWaiting(sql, photoId, error);
    }

    private void failWaiting(DSLContext sql, UUID photoId, JobError error) {
        for (UUID jobId : jobs.waitingForPhoto(sql, photoId)) {
            jobs.lock(sql, jobId).ifPresent(job -> failWaiting(sql, job, error));
        }
    }

    private void failWaiting(DSLContext sql, JobsRecord job, JobError error) {
        if (JobViews.stateOf(job) != JobState.JOB_STATE_PENDING) {
            return;
        }
        JobError own = JobError.newBuilder()
                .setReason(
                        error.getReason() == Reason.REASON_UNSPECIFIED
                                ? Reason.REASON_CORRUPT_MEDIA
                                : error.getReason())
                .setMessage("The photo could not be prepared: " + error.getMessage())
                .setFailureClass(FailureClass.FAILURE_CLASS_DATA)
                .setStage("preparation")
                .build();
        ChangeJob.setState(job, JobState.JOB_STATE_FAILED);
        job.setEndedAt(Protos.utc(clock.instant()));
        job.setError(own.toByteArray());
        List<Outbox.Message> debts = new ArrayList<>();
        Debts.refund(job, own.getMessage()).ifPresent(debts::add);
        change.apply(sql, job, new ChangeJob.Change(ChangeJob.FAILED, debts));
    }

    private void release(DSLContext sql, UUID photoId) {
        for (UUID jobId : jobs.waitingForPhoto(sql, photoId)) {
            jobs.lock(sql, jobId).ifPresent(job -> {
                var _ = queueIfReady(sql, job); // or it waits for another photo
            });
        }
    }

    /** Puts a charged, pending job whose photos are all ready into its lane. Answers it there; empty if it has to wait on. */
    Optional<Job> queueIfReady(DSLContext sql, JobsRecord job) {
        if (JobViews.stateOf(job) != JobState.JOB_STATE_PENDING || job.getChargedAt() == null) {
            return Optional.empty();
        }
        List<UUID> photoIds = jobs.photosOf(sql, job.getId());
        Map<UUID, PhotosRecord> rows = photos.share(sql, job.getUserId(), photoIds);
        boolean preparation = job.getType().equals("PREPARATION");
        boolean ready = photoIds.stream()
                .allMatch(id -> rows.containsKey(id)
                        && (preparation || rows.get(id).getState().equals("READY")));
        return ready ? Optional.of(queue(sql, job)) : Optional.empty();
    }

    /** Puts those of the charged, pending jobs into their lanes whose photos are ready. */
    void queueReady(DSLContext sql, List<JobsRecord> rows, Map<UUID, PhotosRecord> own) {
        Map<UUID, List<UUID>> photoIds =
                jobs.photosOf(sql, rows.stream().map(JobsRecord::getId).toList());
        List<JobsRecord> ready = rows.stream()
                .filter(job -> photoIds.getOrDefault(job.getId(), List.of()).stream()
                        .allMatch(id ->
                                own.containsKey(id) && own.get(id).getState().equals("READY")))
                .toList();
        if (ready.isEmpty()) {
            return;
        }
        var now = Protos.utc(clock.instant());
        ready.forEach(job -> {
            ChangeJob.setState(job, JobState.JOB_STATE_QUEUED);
            job.setQueuedAt(now);
        });
        change.applyAll(sql, ready, job -> new ChangeJob.Change("job.queued", Debts.enqueue(job)));
    }

    /** Decides about a charged, pending job anew: into its lane, on with waiting, or failed with its photo. */
    void settle(DSLContext sql, JobsRecord job) {
        if (queueIfReady(sql, job).isPresent()) {
            return;
        }
        List<UUID> photoIds = jobs.photosOf(sql, job.getId());
        Map<UUID, PhotosRecord> rows = photos.share(sql, job.getUserId(), photoIds);
        for (UUID id : photoIds) {
            PhotosRecord photo = rows.get(id);
            if (photo == null) {
                failWaiting(
                        sql,
                        job,
                        JobError.newBuilder().setMessage("it was deleted.").build());
                return;
            }
            if (photo.getState().equals("FAILED") && photo.getError() != null) {
                failWaiting(sql, job, Protos.read(JobError.parser(), photo.getError()));
                return;
            }
        }
    }

    /** Puts a pending job into its lane. */
    Job queue(DSLContext sql, JobsRecord job) {
        ChangeJob.setState(job, JobState.JOB_STATE_QUEUED);
        job.setQueuedAt(Protos.utc(clock.instant()));
        return change.apply(sql, job, new ChangeJob.Change("job.queued", Debts.enqueue(job)));
    }

    /** A failed preparation is run again: its photo is being prepared once more. */
    void preparing(DSLContext sql, JobsRecord job) {
        if (!job.getType().equals("PREPARATION")) {
            return;
        }
        photos.lock(sql, jobs.photosOf(sql, job.getId()).getFirst()).ifPresent(photo -> {
            photo.setState("PREPARING");
            photo.setError(null);
            photo.setUpdatedAt(Protos.utc(clock.instant()));
            photos.update(sql, photo);
        });
    }
}
