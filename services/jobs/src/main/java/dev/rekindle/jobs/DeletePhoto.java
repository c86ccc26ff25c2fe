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
import java.util.function.Predicate;
import org.jooq.DSLContext;

/** Deletes a photo: its open jobs are cancelled, its rows go, and its blobs are swept. Its ended jobs stay as history. */
final class DeletePhoto {
    private final Database database;
    private final PhotoStore photos;
    private final JobStore jobs;
    private final CancelJob cancel;
    private final Outbox outbox;
    private final Consequences consequences;

    /** What else changes with a photo that goes: its flag, and what its owner is told. */
    record Consequences(DecideFlag flags, JobEvents events) {}

    DeletePhoto(
            Database database,
            PhotoStore photos,
            JobStore jobs,
            CancelJob cancel,
            Outbox outbox,
            Consequences consequences) {
        this.database = database;
        this.photos = photos;
        this.jobs = jobs;
        this.cancel = cancel;
        this.outbox = outbox;
        this.consequences = consequences;
    }

    /** Deletes a photo at its owner's wish. */
    void run(String userId, UUID photoId) {
        run(userId, photoId, sql -> {
            consequences.flags().closeForOwner(sql, userId, photoId);
            return true;
        });
    }

    /** @param decision committed together with the deletion; false: nothing is to be deleted any more */
    void run(String userId, UUID photoId, Predicate<DSLContext> decision) {
        if (photos.find(database.sql(), userId, photoId).isEmpty()) {
            throw Failure.notFound("photo", photoId);
        }
        for (UUID jobId : jobs.openOfPhoto(database.sql(), photoId)) {
            cancelQuietly(userId, jobId);
        }
        database.transact(sql -> delete(sql, userId, photoId, decision));
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

    private boolean delete(DSLContext sql, String userId, UUID photoId, Predicate<DSLContext> decision) {
        PhotosRecord photo = photos.lock(sql, userId, photoId).orElse(null);
        if (photo == null || !decision.test(sql)) {
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
        debts.add(JobEvents.debt(consequences
                .events()
                .photoChanged(
                        about,
                        "photo.deleted",
                        PhotoEvent.newBuilder().setFilename(photo.getFilename()).build())));
        jobs.deleteOutputsOfPhoto(sql, photoId);
        photos.delete(sql, photoId);
        outbox.add(sql, debts);
        return true;
    }
}
