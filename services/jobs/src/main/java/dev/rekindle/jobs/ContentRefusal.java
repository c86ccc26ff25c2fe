package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.platform.rpc.Failure;

/**
 * A photo that the operator's check of content refused: prepared, but neither used nor shown until an operator has decided
 * about its flag.
 */
final class ContentRefusal {
    private static final JobError ERROR = JobError.newBuilder()
            .setReason(Reason.REASON_CONTENT_REFUSED)
            .setMessage("The photo was refused by a check of content and waits for a review.")
            .setFailureClass(FailureClass.FAILURE_CLASS_DATA)
            .setStage("check_content")
            .build();

    private ContentRefusal() {}

    /** Refuses it. Answers what its owner is told. */
    static JobError refuse(PhotosRecord photo) {
        photo.setState("FAILED");
        photo.setError(ERROR.toByteArray());
        return ERROR;
    }

    /** An operator found nothing wrong with it: it is what it would have been. */
    static void lift(PhotosRecord photo) {
        if (isRefused(photo)) {
            photo.setState("READY");
            photo.setError(null);
        }
    }

    private static boolean isRefused(PhotosRecord photo) {
        return photo.getState().equals("FAILED")
                && photo.getError() != null
                && Protos.read(JobError.parser(), photo.getError()).getReason() == Reason.REASON_CONTENT_REFUSED;
    }

    /**
     * Returns unless it is refused.
     *
     * @throws Failure CONTENT_REFUSED if it is
     */
    static void requireNone(PhotosRecord photo) {
        if (isRefused(photo)) {
            throw Failure.of(Reason.REASON_CONTENT_REFUSED, ERROR.getMessage());
        }
    }
}
