package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.ContentDisposition;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.call.Reply;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.jobs.v1.ContentHeader;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/photos/{photo_id}/content}: the bytes of a photo, a thumbnail or a result, with ranges and validators;
 * or where the blob store is reachable for clients, a redirect to its signed address.
 */
final class PhotoContent implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/photos/{photo_id}/content");

    private final RestCalls calls;
    private final Replies replies;
    private final Duration requestMax;
    private final boolean redirect;

    PhotoContent(RestCalls calls, Replies replies, Duration requestMax, boolean redirect) {
        this.calls = calls;
        this.replies = replies;
        this.requestMax = requestMax;
        this.redirect = redirect;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        ctx.setRequestTimeout(requestMax);
        return replies.to(ctx, reply -> {
            Identity caller = Exchange.of(ctx).caller();
            AccessRules.check(AccessRules.of(PhotosServiceGrpc.getReadPhotoContentMethod()), caller);
            QueryParams query = ctx.queryParams();
            QueryBinder.only(query, List.of("variant", "download"));
            String photoId = variables.getOrDefault("photo_id", "");
            String variant = query.get("variant", "");
            if (redirect) {
                reply.send(redirect(photoId, variant));
                return;
            }
            ReadPhotoContentRequest whole = ReadPhotoContentRequest.newBuilder()
                    .setPhotoId(photoId)
                    .setVariant(variant)
                    .build();
            read(req, reply, whole, download(query), caller);
        });
    }

    private static boolean download(QueryParams query) {
        return switch (query.get("download", "0")) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            case String other -> throw Failure.invalid("download", "is \"" + other + "\"; expected 1 or 0.");
        };
    }

    private HttpResponse redirect(String photoId, String variant) {
        String url = calls.unary(
                        PhotosServiceGrpc.getGetPhotoContentMethod(),
                        GetPhotoContentRequest.newBuilder()
                                .setPhotoId(photoId)
                                .setVariant(variant)
                                .build())
                .getUrl();
        return HttpResponse.of(ResponseHeaders.builder(HttpStatus.FOUND)
                .set(HttpHeaderNames.LOCATION, url)
                .set(HttpHeaderNames.CACHE_CONTROL, "private, no-store")
                .build());
    }

    private void read(
            HttpRequest req, Reply reply, ReadPhotoContentRequest whole, boolean download, @Nullable Identity caller)
            throws InterruptedException {
        RequestHeaders asked = req.headers();
        boolean head = req.method() == HttpMethod.HEAD;
        String range = head ? null : asked.get(HttpHeaderNames.RANGE);
        // A byte is enough to learn size and tag, which a range must be measured by.
        Content first =
                open(head || range != null ? whole.toBuilder().setLimitBytes(1).build() : whole, caller);
        try {
            ContentHeader header = first.header();
            ResponseHeadersBuilder answer = headers(header, download);
            if (matches(asked.get(HttpHeaderNames.IF_NONE_MATCH), tag(header))) {
                reply.send(
                        HttpResponse.of(answer.status(HttpStatus.NOT_MODIFIED).build()));
            } else if (head) {
                answer.contentLength(header.getSizeBytes());
                reply.send(HttpResponse.of(answer.build()));
            } else if (range == null) {
                answer.contentLength(header.getSizeBytes());
                pass(first, reply, answer);
            } else {
                ByteRange piece = unchanged(asked, header) ? ByteRange.asked(range, header.getSizeBytes()) : null;
                piece(reply, whole, piece, answer, caller);
            }
        } finally {
            first.call().cancel("No more is wanted.", null); // does nothing to a call that has ended
        }
    }

    private void piece(
            Reply reply,
            ReadPhotoContentRequest whole,
            @Nullable ByteRange piece,
            ResponseHeadersBuilder answer,
            @Nullable Identity caller)
            throws InterruptedException {
        ReadPhotoContentRequest request = piece == null
                ? whole
                : whole.toBuilder()
                        .setOffsetBytes(piece.first())
                        .setLimitBytes(piece.length())
                        .build();
        Content content = open(request, caller);
        long size = content.header().getSizeBytes();
        if (piece == null) {
            answer.contentLength(size);
        } else {
            answer.status(HttpStatus.PARTIAL_CONTENT)
                    .contentLength(piece.length())
                    .set(HttpHeaderNames.CONTENT_RANGE, "bytes " + piece.first() + "-" + piece.last() + "/" + size);
        }
        pass(content, reply, answer);
    }

    /** Content that has begun to come: its header is there, its bytes follow. */
    private record Content(
            ContentHeader header, BlockingClientCall<ReadPhotoContentRequest, ReadPhotoContentResponse> call) {}

    private Content open(ReadPhotoContentRequest request, @Nullable Identity caller) throws InterruptedException {
        var call = calls.serverStreaming(PhotosServiceGrpc.getReadPhotoContentMethod(), request, caller);
        try {
            ReadPhotoContentResponse first = call.read();
            if (first == null || !first.hasHeader()) {
                call.cancel("The header is missing.", null);
                throw Failure.internal("ReadPhotoContent did not begin with a header.", null);
            }
            return new Content(first.getHeader(), call);
        } catch (StatusException e) {
            throw WireFailures.of(e);
        }
    }

    private static void pass(Content content, Reply reply, ResponseHeadersBuilder headers) throws InterruptedException {
        Reply.Stream stream = reply.open(headers.build());
        try {
            for (var part = content.call().read();
                    part != null;
                    part = content.call().read()) {
                if (!part.getChunk().isEmpty()) {
                    stream.write(
                            HttpData.wrap(Unpooled.wrappedBuffer(part.getChunk().asReadOnlyByteBuffer())));
                }
            }
            stream.end();
        } catch (StatusException e) {
            throw WireFailures.of(e);
        }
    }

    private static ResponseHeadersBuilder headers(ContentHeader header, boolean download) {
        ResponseHeadersBuilder answer = ResponseHeaders.builder(HttpStatus.OK)
                .set(HttpHeaderNames.CONTENT_TYPE, header.getContentType())
                .set(HttpHeaderNames.ETAG, tag(header))
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                // Asked again each time, which costs little thanks to the tag: the next user of this browser may be
                // another.
                .set(HttpHeaderNames.CACHE_CONTROL, "private, no-cache")
                .set(HttpHeaderNames.VARY, "authorization")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
        if (download) {
            answer.set(
                    HttpHeaderNames.CONTENT_DISPOSITION,
                    ContentDisposition.builder("attachment")
                            .filename(
                                    header.getFilename().isEmpty() ? "photo" : header.getFilename(),
                                    StandardCharsets.UTF_8)
                            .build()
                            .asHeaderValue());
        }
        return answer;
    }

    private static String tag(ContentHeader header) {
        String etag = header.getEtag();
        return etag.startsWith("\"") || etag.startsWith("W/\"") ? etag : "\"" + etag + "\"";
    }

    private static boolean matches(@Nullable String ifNoneMatch, String tag) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(","))
                        .map(String::strip)
                        .anyMatch(candidate ->
                                candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag));
    }

    /** False where If-Range says that the client's part is of other content. */
    private static boolean unchanged(RequestHeaders asked, ContentHeader header) {
        String ifRange = asked.get(HttpHeaderNames.IF_RANGE);
        return ifRange == null || ifRange.equals(tag(header));
    }
}
