package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;

/** Deletes a photo: its open jobs are cancelled, its rows go, and its blobs are swept. Its ended jobs stay as history. */
final class DeletePhoto {
    private final Database database;
    private final PhotoStore photos;
    private final JobStore jobs;
    private final CancelJob cancel;
    private final Outbox outbox;
    private final JobEvents events;

    DeletePhoto(
            Database database, PhotoStore photos, JobStore jobs, CancelJob cancel, Outbox outbox, JobEvents events) {
        this.database = database;
        this.photos = photos;
        this.jobs = jobs;
        this.cancel = cancel;
        this.outbox = outbox;
        this.events = events;
    }

    void run(String userId, UUID photoId) {
        if (photos.find(database.sql(), userId, photoId).isEmpty()) {
            throw Failure.notFound("photo", photoId);
        }
        for (UUID jobId : jobs.openOfPhoto(database.sql(), photoId)) {
            cancelQuietly(userId, jobId);
        }
        database.transact(sql -> delete(sql, userId, photoId));
        outbox.wake(Topics.all());
    }

    private void cancelQuietly(String userId, UUID jobId) {
        try {
            cancel.run(userId, jobId);
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_STATE_CONFLICT) {
                throw failure; // ended in the meantime is as good as cancelled
            }
        }
    }

    private boolean delete(DSLContext sql, String userId, UUID photoId) {
        PhotosRecord photo = photos.lock(sql, photoId).orElse(null);
        if (photo == null) {
            return false;
        }
        List<String> keys = new ArrayList<>();
        keys.add(BlobKeys.photoPrefix(userId, photoId));
        // Those of preparations that are history already stand with the photo only.
        photos.variantsOf(sql, photoId).forEach(variant -> keys.add(variant.getBlobKey()));
        jobs.jobsOfPhoto(sql, photoId).forEach(jobId -> keys.add(BlobKeys.outputPrefix(userId, jobId)));
        List<Outbox.Message> debts = new ArrayList<>(Debts.blobs(keys));
        Job about = Job.newBuilder()
                .setUserId(userId)
                .setClientId(photo.getClientId())
                .setSessionId(photo.getSessionId())
                .addPhotoIds(photoId.toString())
                .build();
        debts.add(JobEvents.debt(events.photoChanged(
                about,
                "photo.deleted",
                PhotoEvent.newBuilder().setFilename(photo.getFilename()).build())));
        jobs.deleteOutputsOfPhoto(sql, photoId);
        photos.delete(sql, photoId);
        outbox.add(sql, debts);
        return true;
    }
}
