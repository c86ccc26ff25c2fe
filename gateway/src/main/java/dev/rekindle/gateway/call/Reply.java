package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, made by a thread that may block. Until something is answered a failure becomes a problem;
 * after that it breaks the answer off, so that nobody takes a part for the whole.
 */
public final class Reply {
    private final ServiceRequestContext ctx;
    private final Refusals refusals;
    private final Duration stallMax;
    private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    private @Nullable Stream stream;

    Reply(ServiceRequestContext ctx, Refusals refusals, Duration stallMax) {
        this.ctx = ctx;
        this.refusals = refusals;
        this.stallMax = stallMax;
    }

    HttpResponse response() {
        return HttpResponse.of(response);
    }

    void run(Replies.Work work) {
        try {
            work.run(this);
            if (!response.isDone()) {
                throw new IllegalStateException("The work ended without an answer.");
            }
        } catch (Exception e) {
            Stream open = stream;
            if (open != null) {
                open.breakOff(e);
            } else {
                response.complete(refusals.answer(ctx, e));
            }
        }
    }

    /** Answers with one whole response. */
    public void send(HttpResponse whole) {
        if (!response.complete(whole)) {
            throw new IllegalStateException("The request is answered already.");
        }
    }

    /** Answers with headers, and a body that comes piece by piece. */
    public Stream open(ResponseHeaders headers) {
        HttpResponseWriter writer = HttpResponse.streaming();
        writer.write(headers);
        Stream opened = new Stream(writer);
        stream = opened;
        send(writer);
        return opened;
    }

    /** A body written piece by piece: a piece is taken when the client has taken the one before. */
    public final class Stream {
        private final HttpResponseWriter writer;

        private Stream(HttpResponseWriter writer) {
            this.writer = writer;
        }

        /**
         * Writes a piece and waits until it is on its way.
         *
         * @throws Failure CANCELLED if the client has gone or takes nothing any more
         */
        public void write(HttpData data) throws InterruptedException {
            if (!writer.tryWrite(data)) {
                throw gone("The client went away.");
            }
            try {
                writer.whenConsumed().get(stallMax.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw gone(String.valueOf(e.getCause()));
            } catch (TimeoutException e) {
                cutOff();
                throw gone("The client took nothing for " + stallMax + ".");
            }
        }

        /** Ends the body. */
        public void end() {
            writer.close();
        }

        private void breakOff(Throwable cause) {
            refusals.problem(ctx, cause);
            // As if cut by the client: the connection or stream is reset, so that the part is seen to be a part.
            writer.close(AbortedStreamException.get());
            ctx.cancel(cause);
        }

        /** Ends the whole connection where a reader that takes nothing would keep it for ever. */
        private void cutOff() {
            Channel channel = ctx.log().partial().channel();
            if (channel != null && !ctx.sessionProtocol().isMultiplex()) {
                var _ = channel.close();
            }
        }

        private static Failure gone(String detail) {
            return Failure.of(Reason.REASON_CANCELLED, "The caller went away.").withDetail(detail, null);
        }
    }
}
