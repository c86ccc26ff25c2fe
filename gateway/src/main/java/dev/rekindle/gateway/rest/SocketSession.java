package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Context;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One client on a WebSocket: what it says is done on one thread, what its subscriptions tell comes from one each. */
final class SocketSession {
    private static final Duration WAIT_MAX = Duration.ofHours(1);
    private static final int BURST = 10;
    private static final String ERROR = "error";
    private static final JsonNames NAMES = JsonNames.of(SubscribeRequest.getDescriptor());

    private final EventSocket.Frame frame;
    private final ServiceRequestContext ctx;
    private final SocketWriter writer;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final Instant start;
    private @Nullable Identity caller;
    private @Nullable Context calls;
    private double messagesLeft;
    private Instant lastMessage;

    SocketSession(EventSocket.Frame frame, ServiceRequestContext ctx, SocketWriter writer) {
        this.frame = frame;
        this.ctx = ctx;
        this.writer = writer;
        this.start = frame.clock().instant();
        this.lastMessage = start;
        this.messagesLeft = BURST * (double) frame.config().messagesPerSecondMax();
    }

    /** Serves the client until it goes, may no longer listen, or is refused. */
    void run(WebSocket in) {
        Pull<WebSocketFrame> frames = Pull.from(in, ctx.eventLoop().withoutContext(), WAIT_MAX);
        writer.onEnd(frames::close); // not before: that would cut the connection before the reason is told
        try (OpenStreams.Entry _ = frame.streams().add(() -> writer.close(OpenStreams.shutdown()))) {
            Identity known = Exchange.of(ctx).caller();
            String offered = EventSocket.offeredToken(ctx);
            if (known != null) {
                identified(known);
            } else if (offered != null) {
                identify(offered);
            }
            listen(frames);
            writer.close();
        } catch (InterruptedException e) {
            writer.close(OpenStreams.shutdown());
        } catch (RuntimeException e) {
            refuse(e);
        } finally {
            subscriptions.values().forEach(Subscription::cancel);
        }
    }

    private void refuse(RuntimeException thrown) {
        Failure failure = WireFailures.of(thrown);
        try {
            tell(null, failure);
        } catch (InterruptedException | Failure e) {
            // It has gone; closing below is all there is left to do.
        }
        writer.close(failure);
    }

    private void listen(Pull<WebSocketFrame> frames) throws InterruptedException {
        while (true) {
            WebSocketFrame next;
            try {
                next = frames.next(patience());
            } catch (TimeoutException e) {
                continue; // patience says why, if there is none left
            }
            if (next == null) {
                return;
            }
            switch (next.type()) {
                case TEXT -> {
                    count();
                    if (next.length() > frame.config().messageBytesMax()) {
                        throw WireFailures.tooLarge(frame.config().messageBytesMax());
                    }
                    take(next.text());
                }
                case PING -> {
                    count();
                    writer.pong(next.array());
                }
                case CLOSE -> {
                    return;
                }
                case PONG -> {}
                case BINARY, CONTINUATION -> throw Failure.invalid("", "Messages are texts with JSON.");
            }
        }
    }

    /** How long to wait for a message: until the client must have said who it is, or until its credentials end. */
    private Duration patience() {
        Instant now = frame.clock().instant();
        Identity known = caller;
        if (known == null) {
            Duration left = Duration.between(now, start.plus(frame.config().identifyMax()));
            if (!left.isPositive()) {
                throw Failure.of(Reason.REASON_UNAUTHENTICATED, "You have not said who you are: send identify first.");
            }
            return left;
        }
        if (!now.isBefore(known.expiry())) {
            throw Failure.of(
                    Reason.REASON_CREDENTIALS_EXPIRED,
                    "Your credentials have expired; connect anew with fresh ones and go on from the last event.");
        }
        return known.expiry().isAfter(now.plus(WAIT_MAX)) ? WAIT_MAX : Duration.between(now, known.expiry());
    }

    private void count() {
        Instant now = frame.clock().instant();
        int perSecond = frame.config().messagesPerSecondMax();
        double earned = Duration.between(lastMessage, now).toMillis() / 1000.0 * perSecond;
        messagesLeft = Math.min(BURST * (double) perSecond, messagesLeft + earned) - 1;
        lastMessage = now;
        if (messagesLeft < 0) {
            throw Failure.of(Reason.REASON_RATE_LIMITED, "You send more than " + perSecond + " messages a second.");
        }
    }

    /** Does what a message says. A message that is wrong is told of; the connection stays. */
    private void take(String text) throws InterruptedException {
        SocketMessage message;
        try {
            message = SocketMessage.read(text);
        } catch (Failure failure) {
            tell(SocketMessage.nameIn(text), failure);
            return;
        }
        if (caller == null && !(message instanceof SocketMessage.Identify)) {
            throw Failure.of(Reason.REASON_UNAUTHENTICATED, "Say who you are first: send identify.");
        }
        switch (message) {
            case SocketMessage.Identify(String token) -> {
                if (caller == null) {
                    identify(token);
                } else {
                    tell(null, conflict("You have said who you are already; connect anew to be somebody else."));
                }
            }
            case SocketMessage.Subscribe(String name, SubscribeRequest request) -> subscribe(name, request);
            case SocketMessage.Unsubscribe(String name) -> {
                Subscription subscription = subscriptions.get(name);
                if (subscription == null) {
                    tell(name, conflict("There is no such subscription."));
                } else {
                    subscription.unsubscribe();
                }
            }
            case SocketMessage.Ping _ -> writer.send("pong");
        }
    }

    private static Failure conflict(String message) {
        return Failure.of(Reason.REASON_STATE_CONFLICT, message);
    }

    private void identify(String token) throws InterruptedException {
        identified(frame.authenticator().authenticate("Bearer " + token));
    }

    private void identified(Identity identity) throws InterruptedException {
        AccessRules.check(AccessRules.of(EventsServiceGrpc.getSubscribeMethod()), identity);
        Exchange exchange = Exchange.of(ctx).by(identity);
        exchange.attachTo(ctx);
        calls = exchange.open(ctx);
        caller = identity;
        writer.send("identified");
    }

    private void subscribe(String name, SubscribeRequest request) throws InterruptedException {
        if (subscriptions.containsKey(name)) {
            tell(name, conflict("There is a subscription of this name; unsubscribe first, or choose another."));
            return;
        }
        int max = frame.config().subscriptionsMax();
        if (subscriptions.size() >= max) {
            tell(
                    name,
                    Failure.of(
                            Reason.REASON_RATE_LIMITED, "You have " + max + " subscriptions, all a connection may."));
            return;
        }
        Subscription subscription = new Subscription(name);
        subscriptions.put(name, subscription);
        Thread.ofVirtual()
                .name("subscription")
                .start(Objects.requireNonNull(calls).wrap(() -> subscription.run(request)));
    }

    private void tell(@Nullable String subscription, Failure failure) throws InterruptedException {
        writer.send(
                ERROR,
                subscription,
                "problem",
                frame.refusals().problem(ctx, NAMES.named(failure)).toJson());
    }

    /** One subscription of the client. */
    private final class Subscription {
        private final String name;
        private @Nullable BlockingClientCall<SubscribeRequest, SubscribeResponse> call;
        private boolean ended;
        private boolean wanted = true;

        Subscription(String name) {
            this.name = name;
        }

        void run(SubscribeRequest request) {
            try (OpenStreams.Entry _ = frame.streams().add(() -> {})) {
                BlockingClientCall<SubscribeRequest, SubscribeResponse> opened =
                        frame.calls().serverStreaming(EventsServiceGrpc.getSubscribeMethod(), request, caller);
                opened(opened);
                for (SubscribeResponse next = opened.read(); next != null; next = opened.read()) {
                    pass(next);
                }
                end(null);
            } catch (StatusException e) {
                end(frame.deadlines().explain(WireFailures.of(e), caller));
            } catch (InterruptedException | RuntimeException e) {
                cancel();
                end(WireFailures.of(e));
            }
        }

        private void pass(SubscribeResponse message) throws InterruptedException {
            switch (message.getMessageCase()) {
                case EVENT -> writer.send("event", name, "event", JsonTranscoder.write(message.getEvent()));
                case READY -> writer.send("ready", name, "ready", JsonTranscoder.write(message.getReady()));
                case RESYNC -> writer.send("resync", name, "resync", JsonTranscoder.write(message.getResync()));
                case KEEP_ALIVE -> writer.send("keep_alive", name);
                case MESSAGE_NOT_SET -> {}
            }
        }

        /** The name is free again before the client hears of the end, so that it may use it at once. */
        private void end(@Nullable Failure failure) {
            subscriptions.remove(name, this);
            try {
                if (failure == null || !isWanted()) {
                    writer.send("unsubscribed", name);
                } else if (failure.reason() == Reason.REASON_CREDENTIALS_EXPIRED) {
                    tell(name, failure);
                    writer.close(failure);
                } else if (failure.reason() != Reason.REASON_CANCELLED) {
                    tell(name, failure);
                }
            } catch (InterruptedException | Failure e) {
                cancel(); // the client has gone
            }
        }

        private synchronized void opened(BlockingClientCall<SubscribeRequest, SubscribeResponse> opened) {
            call = opened;
            if (ended) {
                opened.cancel("The client wants no more.", null);
            }
        }

        private synchronized boolean isWanted() {
            return wanted;
        }

        synchronized void unsubscribe() {
            wanted = false;
            cancel();
        }

        synchronized void cancel() {
            ended = true;
            if (call != null) {
                call.cancel("The client wants no more.", null);
            }
        }
    }
}
