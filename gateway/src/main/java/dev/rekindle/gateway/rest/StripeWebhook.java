package dev.rekindle.gateway.rest;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.ReceiveStripeEventRequest;
import dev.rekindle.credits.v1.ReceiveStripeEventResponse;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import java.time.Instant;
import java.util.Map;

/**
 * {@code POST /v1/webhooks/stripe}: what the payment provider tells, passed on byte by byte as it came, because its
 * signature is over the bytes. The credits service checks it; the call goes out in the gateway's own name.
 */
final class StripeWebhook implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/webhooks/stripe");

    private static final String SIGNATURE = "stripe-signature";
    private static final long BYTES_MAX = 1 << 20;

    private final RestCalls calls;
    private final Replies replies;

    StripeWebhook(RestCalls calls, Replies replies) {
        this.calls = calls;
        this.replies = replies;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        ctx.setMaxRequestLength(BYTES_MAX);
        return replies.to(ctx, reply -> {
            String signature = req.headers().get(SIGNATURE);
            if (signature == null) {
                throw Failure.of(Reason.REASON_UNAUTHENTICATED, "The header Stripe-Signature is missing.");
            }
            byte[] payload = req.aggregate().join().content().array();
            ReceiveStripeEventRequest event = ReceiveStripeEventRequest.newBuilder()
                    .setPayload(ByteString.copyFrom(payload))
                    .setSignature(signature)
                    .build();
            ReceiveStripeEventResponse answer = Exchange.ownContext(
                            Exchange.of(ctx).requestId(), Identity.service("gateway", Instant.MAX))
                    .call(() -> calls.unary(BillingServiceGrpc.getReceiveStripeEventMethod(), event));
            reply.send(UploadContent.json(HttpStatus.OK, answer));
        });
    }
}
