package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.multipart.BodyPart;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Corners;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/photos} as multipart/form-data: a photo in one request. The file goes into the store while it comes; a
 * request that fails leaves nothing behind.
 */
final class PhotoUpload implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/photos");

    /** The names of the parts, in words for refusals. */
    private static final String PARTS = "file, corners, pipeline, filename, client_id, session_id";

    private static final int FIELD_BYTES_MAX = 16 << 10;

    private final PhotoUploads uploads;
    private final Replies replies;
    private final UploadLimits limits;

    PhotoUpload(PhotoUploads uploads, Replies replies, UploadLimits limits) {
        this.uploads = uploads;
        this.replies = replies;
        this.limits = limits;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        limits.apply(ctx);
        return replies.to(ctx, reply -> {
            Identity caller = Exchange.of(ctx).caller();
            AccessRules.check(AccessRules.of(PhotosServiceGrpc.getCreateUploadMethod()), caller);
            QueryBinder.only(ctx.queryParams(), List.of());
            MediaType type = req.contentType();
            if (type == null || !type.is(MediaType.MULTIPART_FORM_DATA)) {
                throw HttpRefusal.unsupportedType(String.valueOf(type), "multipart/form-data");
            }
            if (type.parameters()
                    .getOrDefault("boundary", List.of(""))
                    .getFirst()
                    .isEmpty()) {
                throw Failure.invalid("Content-Type", "has no boundary; expected multipart/form-data with one.");
            }
            if (req.headers().contentLength() > limits.bytesMax() + FIELD_BYTES_MAX) {
                throw WireFailures.tooLarge(limits.bytesMax());
            }
            Photo photo = read(ctx, req, caller);
            reply.send(UploadContent.json(HttpStatus.CREATED, photo)
                    .mapHeaders(headers -> headers.withMutations(
                            answer -> answer.set(HttpHeaderNames.LOCATION, "/v1/photos/" + photo.getId()))));
        });
    }

    private Photo read(ServiceRequestContext ctx, HttpRequest req, @Nullable Identity caller)
            throws InterruptedException {
        Map<String, String> fields = new HashMap<>();
        PhotoUploads.Open open = null;
        try (Pull<BodyPart> parts = Pull.from(Multipart.from(req).bodyParts(), ctx.eventLoop(), limits.idleMax())) {
            for (BodyPart part = parts.next(); part != null; part = parts.next()) {
                String name = String.valueOf(part.name());
                try (Pull<HttpData> content = Pull.from(part.content(), ctx.eventLoop(), limits.idleMax())) {
                    switch (name) {
                        case "file" -> {
                            if (open != null) {
                                throw Failure.invalid("file", "is given twice; expected one file a request.");
                            }
                            open = uploads.open(create(fields, part, req));
                            if (!open.isDone()) {
                                uploads.write(open, content, limits.bytesMax(), caller);
                            }
                        }
                        case "corners" -> put(fields, name, content);
                        case "filename", "client_id", "session_id", "pipeline" -> {
                            if (open != null) {
                                throw Failure.invalid(name, "comes after the file; expected it before.");
                            }
                            put(fields, name, content);
                        }
                        default -> throw Failure.invalid(name, "is not a part of this form; expected " + PARTS + ".");
                    }
                    while (content.next() != null) {
                        // what is left of a part has no use but must be read for the next to come
                    }
                }
            }
            if (open == null) {
                throw Failure.invalid("file", "is missing; expected a part of that name.");
            }
            return uploads.complete(open, complete(open.uploadId(), fields));
        } catch (RuntimeException | InterruptedException e) {
            if (open != null) {
                uploads.abort(open);
            }
            throw e;
        }
    }

    private static void put(Map<String, String> fields, String name, Pull<HttpData> content)
            throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (HttpData data = content.next(); data != null; data = content.next()) {
            bytes.writeBytes(data.array());
            if (bytes.size() > FIELD_BYTES_MAX) {
                throw Failure.invalid(name, "is longer than " + FIELD_BYTES_MAX + " bytes.");
            }
        }
        if (fields.put(name, bytes.toString(StandardCharsets.UTF_8)) != null) {
            throw Failure.invalid(name, "is given twice.");
        }
    }

    private static CreateUploadRequest create(Map<String, String> fields, BodyPart part, HttpRequest req) {
        String filename = part.filename();
        return CreateUploadRequest.newBuilder()
                .setFilename(fields.getOrDefault("filename", filename == null ? "" : filename))
                .setClientId(fields.getOrDefault("client_id", ""))
                .setSessionId(fields.getOrDefault("session_id", ""))
                .setPipeline(fields.getOrDefault("pipeline", ""))
                .setRequestId(req.headers().get(RestRequest.IDEMPOTENCY_KEY, ""))
                .build();
    }

    private static CompleteUploadRequest complete(String uploadId, Map<String, String> fields) {
        CompleteUploadRequest.Builder request =
                CompleteUploadRequest.newBuilder().setUploadId(uploadId);
        String corners = fields.get("corners");
        if (corners != null) {
            Corners.Builder read = Corners.newBuilder();
            JsonTranscoder.read(corners, "corners", read);
            request.setCorners(read);
        }
        return request.build();
    }
}
