package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Identity;
import java.util.List;
import java.util.Map;

/**
 * {@code PUT /v1/uploads/{upload_id}/content}: the bytes of an upload, whole or from where it stands by Content-Range.
 * Answers the upload and how far it has come.
 */
final class UploadContent implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/uploads/{upload_id}/content");

    private final UploadWriter writer;
    private final Replies replies;
    private final UploadLimits limits;

    UploadContent(UploadWriter writer, Replies replies, UploadLimits limits) {
        this.writer = writer;
        this.replies = replies;
        this.limits = limits;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        limits.apply(ctx);
        return replies.to(ctx, reply -> {
            Identity caller = Exchange.of(ctx).caller();
            AccessRules.check(AccessRules.of(PhotosServiceGrpc.getWriteUploadMethod()), caller);
            QueryBinder.only(ctx.queryParams(), List.of());
            String range = req.headers().get(HttpHeaderNames.CONTENT_RANGE);
            ByteRange.Sent sent = range == null ? null : ByteRange.sent(range);
            long first = sent == null ? 0 : sent.piece().first();
            long length =
                    sent == null ? req.headers().contentLength() : sent.piece().length();
            if (first + Math.max(length, 0) > limits.bytesMax() || (sent != null && sent.total() > limits.bytesMax())) {
                throw WireFailures.tooLarge(limits.bytesMax());
            }
            WriteUploadHeader header = WriteUploadHeader.newBuilder()
                    .setUploadId(variables.getOrDefault("upload_id", ""))
                    .setOffsetBytes(first)
                    .setLast(sent == null || sent.isLast())
                    .build();
            try (var bytes = Pull.from(req, ctx.eventLoop(), limits.idleMax())) {
                Upload upload = writer.write(header, bytes, limits.bytesMax() - first, length, caller);
                reply.send(json(HttpStatus.OK, upload));
            }
        });
    }

    static HttpResponse json(HttpStatus status, com.google.protobuf.Message message) {
        return HttpResponse.of(
                ResponseHeaders.builder(status)
                        .contentType(MediaType.JSON)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                        .build(),
                HttpData.ofUtf8(JsonTranscoder.write(message)));
    }
}
