package dev.rekindle.jobs;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;

/** Whether a job can be done with the photos named. */
final class CheckPhotos {
    private static final int COMPOSED_MIN = 2;
    private static final int COMPOSED_MAX = 3;

    private CheckPhotos() {}

    /**
     * What is known of photos.
     *
     * @param own those that are the user's
     * @param prepared their prepared pictures, where a job is made of those and there are any yet
     */
    record Known(Map<UUID, PhotosRecord> own, Map<UUID, MediaMetadata> prepared) {
        static Known of(DSLContext sql, PhotoStore photos, Map<UUID, PhotosRecord> own, Collection<JobSpec> specs) {
            boolean ofPrepared =
                    specs.stream().anyMatch(spec -> spec.hasImage() && !ImageOutputRules.isOfUpload(spec.getImage()));
            return new Known(own, ofPrepared ? photos.prepared(sql, own.keySet()) : Map.of());
        }
    }

    /**
     * Refuses photos that are too few, too many, not the user's, of the wrong sort, or that could not be prepared, and outputs
     * that cannot be made of them.
     *
     * @param field the field that names them, for the refusal
     */
    static void run(Known known, List<UUID> ids, JobSpec spec, String field) {
        int least = spec.hasComposition() ? COMPOSED_MIN : 1;
        int most = spec.hasComposition() ? COMPOSED_MAX : 1;
        if (ids.size() < least || ids.size() > most) {
            throw Failure.invalid(
                    field,
                    "has " + ids.size() + " photos; this work takes "
                            + (most == 1 ? "one" : COMPOSED_MIN + " or " + COMPOSED_MAX));
        }
        if (new HashSet<>(ids).size() < ids.size()) {
            throw Failure.invalid(field, "names a photo twice; expected different ones");
        }
        for (UUID id : ids) {
            PhotosRecord photo = known.own().get(id);
            if (photo == null) {
                throw Failure.notFound("photo", id);
            }
            ContentRefusal.requireNone(photo);
            if (photo.getState().equals("FAILED")) {
                String why = photo.getError() == null
                        ? ""
                        : ": "
                                + Protos.read(JobError.parser(), photo.getError())
                                        .getMessage();
                throw Failure.of(Reason.REASON_STATE_CONFLICT, "The photo " + id + " could not be prepared" + why);
            }
            MediaMetadata metadata = Protos.read(MediaMetadata.parser(), photo.getMetadata());
            requireSort(photo, metadata, spec, field);
            requireOriginal(photo, spec);
            requireWithin(photo, metadata, spec, known.prepared());
        }
    }

    /** Only video jobs are made of videos. */
    private static void requireSort(PhotosRecord photo, MediaMetadata metadata, JobSpec spec, String field) {
        if (metadata.hasVideo() != spec.hasVideo()) {
            throw Failure.invalid(
                    field,
                    "names " + photo.getId() + ", which is a " + (metadata.hasVideo() ? "video" : "picture")
                            + "; this work takes a " + (spec.hasVideo() ? "video" : "picture"));
        }
    }

    /** Videos are worked on from the uploaded file, as are pictures that only it can give. */
    private static void requireOriginal(PhotosRecord photo, JobSpec spec) {
        boolean needed = spec.hasVideo() || (spec.hasImage() && ImageOutputRules.isOfUpload(spec.getImage()));
        if (needed && (photo.getOriginalDeletedAt() != null || photo.getOriginalLostAt() != null)) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The uploaded file of " + photo.getId() + " is no longer kept; upload it again"
                            + (spec.hasVideo() ? "." : ", or have the outputs made of the prepared picture."));
        }
    }

    /** A picture whose size is not known until it is prepared is held against its outputs by the worker. */
    private static void requireWithin(
            PhotosRecord photo, MediaMetadata metadata, JobSpec spec, Map<UUID, MediaMetadata> prepared) {
        if (spec.hasVideo() && photo.getState().equals("READY")) {
            VideoOutputs.requireWithin(VideoOutputs.of(spec.getVideo()), metadata.getVideo());
        }
        if (spec.hasImage()) {
            MediaMetadata source =
                    ImageOutputRules.isOfUpload(spec.getImage()) ? metadata : prepared.get(photo.getId());
            if (source != null) {
                ImageOutputRules.requireWithin(
                        ImageOutputRules.of(spec.getImage()), source, (long) source.getWidth() * source.getHeight());
            }
        }
    }
}
