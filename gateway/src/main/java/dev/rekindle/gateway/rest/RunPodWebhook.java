package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.v1.ReceiveEngineHintRequest;
import dev.rekindle.processing.v1.ReceiveEngineHintResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code POST /v1/webhooks/runpod/{token}}: RunPod tells that a run has ended. Nobody signs that, so nothing of it is
 * believed: only the token goes on, to whoever waits for it, and the body, which may hold a whole picture, is let go by
 * unread. The answer is the same for every token.
 */
final class RunPodWebhook implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/webhooks/runpod/{token}");

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

    /** More than a request to RunPod and its largest answer, as text, together. */
    private static final long BYTES_MAX = 64L << 20;

    private final RestCalls calls;
    private final Replies replies;
    private final Duration idleMax;

    /** @param idleMax how long the sender may send nothing */
    RunPodWebhook(RestCalls calls, Replies replies, Duration idleMax) {
        this.calls = calls;
        this.replies = replies;
        this.idleMax = idleMax;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        ctx.setMaxRequestLength(BYTES_MAX);
        return replies.to(ctx, reply -> {
            QueryBinder.only(ctx.queryParams(), List.of());
            String token = variables.getOrDefault("token", "");
            if (!TOKEN.matcher(token).matches()) {
                throw Failure.invalid("token", "is not one of ours.");
            }
            if (req.headers().contentLength() > BYTES_MAX) {
                throw WireFailures.tooLarge(BYTES_MAX);
            }
            ReceiveEngineHintRequest hint =
                    ReceiveEngineHintRequest.newBuilder().setToken(token).build();
            // Before the body has come: whoever waits need not wait for that too.
            ReceiveEngineHintResponse answer = Exchange.ownContext(
                            Exchange.of(ctx).requestId(), Identity.service("gateway", Instant.MAX))
                    .call(() -> calls.unary(ProcessingServiceGrpc.getReceiveEngineHintMethod(), hint));
            drop(ctx, req);
            reply.send(UploadContent.json(HttpStatus.OK, answer));
        });
    }

    /** Lets the body go by: a sender that cannot send all of it may take the answer for a failure. */
    private void drop(ServiceRequestContext ctx, HttpRequest req) throws InterruptedException {
        try (Pull<HttpObject> pieces = Pull.from(req, ctx.eventLoop(), idleMax)) {
            for (HttpObject piece = pieces.next(); piece != null; piece = pieces.next()) {
                if (piece instanceof HttpData data) {
                    data.close();
                }
            }
        }
    }
}
