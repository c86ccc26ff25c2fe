package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AbortUploadRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.UploadState;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three calls that make a photo of bytes, and the one that takes it all back. */
final class PhotoUploads {
    private static final Logger log = LoggerFactory.getLogger(PhotoUploads.class);
    private static final int TRIES_MAX = 20;

    private final RestCalls calls;
    private final UploadWriter writer;

    PhotoUploads(RestCalls calls, UploadWriter writer) {
        this.calls = calls;
        this.writer = writer;
    }

    /**
     * An upload under way.
     *
     * @param photoId the photo it has become; empty as long as it has not
     */
    record Open(String uploadId, String photoId) {
        boolean isDone() {
            return !photoId.isEmpty();
        }
    }

    /**
     * Opens an upload. With a request id, an upload of that id that was completed is answered as it is; one that broke
     * is given up, and the next is named after the id, so that a client may send the same request until it succeeds.
     */
    Open open(CreateUploadRequest request) {
        String key = request.getRequestId();
        for (int i = 1; i <= TRIES_MAX; i++) {
            CreateUploadRequest attempt = key.isEmpty() || i == 1
                    ? request
                    : request.toBuilder().setRequestId(key + "." + i).build();
            Upload upload = calls.unary(PhotosServiceGrpc.getCreateUploadMethod(), attempt)
                    .getUpload();
            if (upload.getState() == UploadState.UPLOAD_STATE_COMPLETED) {
                return new Open(upload.getId(), upload.getPhotoId());
            }
            if (upload.getState() == UploadState.UPLOAD_STATE_OPEN) {
                if (upload.getOffsetBytes() == 0) {
                    return new Open(upload.getId(), "");
                }
                calls.unary(PhotosServiceGrpc.getAbortUploadMethod(), abort(upload.getId()));
            }
        }
        throw Failure.of(
                Reason.REASON_STATE_CONFLICT,
                "This Idempotency-Key was used for " + TRIES_MAX + " uploads that broke; use a new one.");
    }

    /** Passes the bytes on into the upload. */
    void write(Open open, Pull<HttpData> bytes, long bytesMax, @Nullable Identity caller) throws InterruptedException {
        WriteUploadHeader header = WriteUploadHeader.newBuilder()
                .setUploadId(open.uploadId())
                .setLast(true)
                .build();
        var _ = writer.write(header, bytes, bytesMax, -1, caller);
    }

    /** Makes the photo. */
    Photo complete(Open open, CompleteUploadRequest request) {
        if (open.isDone()) {
            return calls.unary(
                            PhotosServiceGrpc.getGetPhotoMethod(),
                            GetPhotoRequest.newBuilder()
                                    .setPhotoId(open.photoId())
                                    .build())
                    .getPhoto();
        }
        return calls.unary(PhotosServiceGrpc.getCompleteUploadMethod(), request).getPhoto();
    }

    /** Takes back what was begun, even if the client and its request have gone. */
    void abort(Open open) {
        if (open.isDone()) {
            return;
        }
        // A context of its own: that of the request is cancelled with it.
        Context.current().fork().run(() -> {
            try {
                calls.unary(PhotosServiceGrpc.getAbortUploadMethod(), abort(open.uploadId()));
            } catch (RuntimeException e) {
                log.warn("Upload {} of a request that failed could not be given up; it expires", open.uploadId(), e);
            }
        });
    }

    private static AbortUploadRequest abort(String uploadId) {
        return AbortUploadRequest.newBuilder().setUploadId(uploadId).build();
    }
}
