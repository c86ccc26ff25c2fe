package dev.rekindle.jobs;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Whether a job can be done with the photos named. */
final class CheckPhotos {
    private static final int COMPOSED_MIN = 2;
    private static final int COMPOSED_MAX = 3;

    private CheckPhotos() {}

    /**
     * Refuses photos that are too few, too many, not the user's, of the wrong sort, or that could not be prepared.
     *
     * @param own those of the photos that are the user's
     * @param field the field that names them, for the refusal
     */
    static void run(Map<UUID, PhotosRecord> own, List<UUID> ids, JobSpec spec, String field) {
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
            PhotosRecord photo = own.get(id);
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
            requireSort(photo, Protos.read(MediaMetadata.parser(), photo.getMetadata()), spec, field);
        }
    }

    /** Videos are worked on from the uploaded file, and only by video jobs. */
    private static void requireSort(PhotosRecord photo, MediaMetadata metadata, JobSpec spec, String field) {
        if (metadata.hasVideo() != spec.hasVideo()) {
            throw Failure.invalid(
                    field,
                    "names " + photo.getId() + ", which is a " + (metadata.hasVideo() ? "video" : "picture")
                            + "; this work takes a " + (spec.hasVideo() ? "video" : "picture"));
        }
        if (!spec.hasVideo()) {
            return;
        }
        if (photo.getOriginalDeletedAt() != null || photo.getOriginalLostAt() != null) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The file of video " + photo.getId() + " is no longer kept; upload it again.");
        }
        if (photo.getState().equals("READY")) {
            VideoOutputs.requireWithin(VideoOutputs.of(spec.getVideo()), metadata.getVideo());
        }
    }
}
