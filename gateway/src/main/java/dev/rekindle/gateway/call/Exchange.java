package dev.rekindle.gateway.call;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.platform.rpc.Headers;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Context;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of one request of a client.
 *
 * @param requestId one id for all that the request causes
 * @param traceId the trace it belongs to; empty where there is none
 * @param caller who sends it; null as long as nobody is known
 */
public record Exchange(
        String requestId, String traceId, @Nullable Identity caller) {
    private static final AttributeKey<Exchange> ATTRIBUTE = AttributeKey.valueOf(Exchange.class, "EXCHANGE");

    /** In whose name calls to the mesh are made; absent: in nobody's. */
    static final Context.Key<Identity> SENDER = Context.key("rekindle-sender");

    /** The exchange of a request. Every request has one: it is made before any service sees it. */
    public static Exchange of(ServiceRequestContext ctx) {
        Exchange exchange = ctx.attr(ATTRIBUTE);
        if (exchange == null) {
            throw new IllegalStateException("The request has no exchange.");
        }
        return exchange;
    }

    /** True once a request has an exchange; a request that breaks HTTP itself never gets one. */
    public static boolean known(ServiceRequestContext ctx) {
        return ctx.hasAttr(ATTRIBUTE);
    }

    /** Makes this the exchange of a request. */
    public void attachTo(ServiceRequestContext ctx) {
        ctx.setAttr(ATTRIBUTE, this);
    }

    /** The same exchange once its sender is known. */
    public Exchange by(Identity identity) {
        return new Exchange(requestId, traceId, identity);
    }

    /**
     * A context for calls to the mesh in the name of this exchange's caller. It is cancelled when the request ends, in
     * whatever way, so that no call goes on for a client that has gone.
     */
    public Context.CancellableContext open(ServiceRequestContext ctx) {
        Context.CancellableContext context = Context.ROOT
                .withValues(Headers.CURRENT_REQUEST_ID, requestId, SENDER, caller)
                .withCancellation();
        var _ = ctx.log().whenComplete().thenRun(() -> context.cancel(null));
        return context;
    }

    /** A context for calls the gateway makes in its own name, for example to verify an API key. */
    public static Context ownContext(String requestId, Identity gateway) {
        return Context.ROOT.withValues(Headers.CURRENT_REQUEST_ID, requestId, SENDER, gateway);
    }
}
