package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketService;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.gateway.auth.Authenticator;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.gateway.call.Refusals;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/events/ws}: the event bus over a WebSocket. A client says who it is, in its first message, in the header
 * Authorization or, as browsers can, among the subprotocols it offers; never in the address, which is logged. Then it
 * begins and ends subscriptions as it likes, each of them the RPC Subscribe.
 */
public final class EventSocket {
    /** Where it is. */
    public static final String PATH = "/v1/events/ws";

    /** The subprotocol spoken here. */
    static final String PROTOCOL = "rekindle.v1";

    private static final String TOKEN_PROTOCOL = "bearer.";
    private static final String PROTOCOLS = "sec-websocket-protocol";

    /** A message that is somewhat too long is still read, so that its client can be told. */
    private static final int FRAMES = 4;

    /**
     * What all connections share.
     *
     * @param open how many there are
     */
    record Frame(
            RestCalls calls,
            Deadlines deadlines,
            OpenStreams streams,
            Refusals refusals,
            Authenticator authenticator,
            SocketConfig config,
            Duration stallMax,
            Clock clock,
            AtomicInteger open) {}

    /** How long after the closing handshake a connection may still stand. */
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    private EventSocket() {}

    private static HttpRefusal upgradeRequired() {
        return HttpRefusal.of(HttpStatus.UPGRADE_REQUIRED, "Here is a WebSocket; connect with Upgrade: websocket.");
    }

    /** The service of a frame. */
    static HttpService service(Frame frame) {
        return WebSocketService.builder((ctx, in) -> open(frame, ctx, in))
                .subprotocols(PROTOCOL)
                .maxFramePayloadLength(FRAMES * frame.config().messageBytesMax())
                .aggregateContinuation(true)
                // No cookie is ever read, so that a page of another origin can do nothing its own token does not allow.
                .allowedOrigins("*")
                .fallbackService((ctx, req) -> frame.refusals().answer(ctx, upgradeRequired()))
                .build();
    }

    private static WebSocket open(Frame frame, ServiceRequestContext ctx, WebSocket in) {
        ctx.logBuilder().name(EventsServiceGrpc.SERVICE_NAME, "Subscribe");
        ctx.clearRequestTimeout();
        ctx.setRequestAutoAbortDelay(CLOSE_MAX);
        WebSocketWriter out = WebSocket.streaming();
        SocketSession session = new SocketSession(frame, ctx, new SocketWriter(out, frame.stallMax()));
        io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();
        Thread.ofVirtual().name("socket").start(trace.wrap(() -> {
            frame.open().incrementAndGet();
            try {
                session.run(in);
            } finally {
                frame.open().decrementAndGet();
            }
        }));
        return out;
    }

    /** The credential among the subprotocols a client offers; null if there is none. */
    static @Nullable String offeredToken(ServiceRequestContext ctx) {
        List<String> offers = ctx.request().headers().getAll(PROTOCOLS);
        for (String offer : offers) {
            for (String protocol : offer.split(",", -1)) {
                String name = protocol.strip();
                if (name.startsWith(TOKEN_PROTOCOL)) {
                    return name.substring(TOKEN_PROTOCOL.length());
                }
            }
        }
        return null;
    }
}
