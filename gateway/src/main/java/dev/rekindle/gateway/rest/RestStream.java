package dev.rekindle.gateway.rest;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.call.Reply;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An RPC that answers with a stream, as server-sent events or lines of JSON. The next message is taken from the service
 * when the client has taken the one before. What fails before the first message is a problem with its own status.
 */
final class RestStream implements RestEndpoint {

    /** What all streams share. */
    record Frame(
            Replies replies,
            RestCalls calls,
            Deadlines deadlines,
            OpenStreams streams,
            Refusals refusals,
            Duration keepAlive) {}

    private final RestBinding binding;
    private final RestRequest request;
    private final Frame frame;
    private final JsonNames names;

    RestStream(RestBinding binding, RestRequest request, Frame frame) {
        this.binding = binding;
        this.request = request;
        this.frame = frame;
        this.names = JsonNames.of(binding);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        return frame.replies().to(ctx, reply -> {
            Identity caller = Exchange.of(ctx).caller();
            AccessRules.check(binding.rpc().rule(), caller);
            EventForm form = EventForm.of(
                    Accepted.choose(req.headers(), EventForm.EVENT_STREAM, EventForm.LINES),
                    binding.rpc().proto().getOutputType());
            Message message = read(ctx, req, variables);
            ctx.clearRequestTimeout();
            BlockingClientCall<Message, Message> call =
                    frame.calls().serverStreaming(binding.rpc().method(), message, caller);
            try (OpenStreams.Entry _ = frame.streams().add(() -> call.cancel("The gateway stops.", null))) {
                pass(ctx, reply, form, call, caller);
            }
        });
    }

    private Message read(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        try {
            return request.read(ctx, req, variables);
        } catch (RuntimeException e) {
            throw names.in(e);
        }
    }

    private void pass(
            ServiceRequestContext ctx,
            Reply reply,
            EventForm form,
            BlockingClientCall<Message, Message> call,
            @Nullable Identity caller)
            throws InterruptedException {
        Reply.@Nullable Stream stream = null;
        try {
            while (true) {
                HttpData piece;
                try {
                    Message message = call.read(frame.keepAlive().toMillis(), TimeUnit.MILLISECONDS);
                    if (message == null) {
                        break;
                    }
                    piece = form.message(message);
                } catch (TimeoutException e) {
                    piece = form.keepAlive();
                }
                stream = stream == null ? open(reply, form) : stream;
                stream.write(piece);
            }
            stream = stream == null ? open(reply, form) : stream;
            HttpData end = form.end();
            if (!end.isEmpty()) {
                stream.write(end);
            }
            stream.end();
        } catch (StatusException e) {
            Failure failure = explain(e, caller);
            if (stream == null) {
                throw failure;
            }
            tell(ctx, stream, form, failure);
        }
    }

    private Failure explain(StatusException e, @Nullable Identity caller) {
        Failure failure = names.named(frame.deadlines().explain(WireFailures.of(e), caller));
        return frame.streams().isStopping() && failure.reason() == Reason.REASON_CANCELLED
                ? OpenStreams.shutdown()
                : failure;
    }

    private void tell(ServiceRequestContext ctx, Reply.Stream stream, EventForm form, Failure failure)
            throws InterruptedException {
        if (failure.reason() == Reason.REASON_CANCELLED) {
            throw failure;
        }
        stream.write(form.error(frame.refusals().problem(ctx, failure).toJson()));
        stream.end();
    }

    private static Reply.Stream open(Reply reply, EventForm form) {
        return reply.open(ResponseHeaders.builder(HttpStatus.OK)
                .contentType(form.type())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-accel-buffering", "no")
                .build());
    }
}
