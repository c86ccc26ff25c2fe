package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Where answers are made: each request on a virtual thread of its own, so that its code reads from top to bottom, blocks
 * as it likes, and returns or throws. Calls it makes to the mesh end with the request.
 */
public final class Replies {
    private final Refusals refusals;
    private final Duration stallMax;
    private final Semaphore room;

    /**
     * Makes answers.
     *
     * @param stallMax how long a reader may take nothing of a stream before it is cut
     * @param requestsMax how many answers may be made at once
     */
    public Replies(Refusals refusals, Duration stallMax, int requestsMax) {
        this.refusals = refusals;
        this.stallMax = stallMax;
        this.room = new Semaphore(requestsMax);
    }

    /** What answers one request. It gives one answer, or throws. */
    @FunctionalInterface
    public interface Work {
        void run(Reply reply) throws Exception;
    }

    /** Begins the work; its answer comes when the work gives it. */
    public HttpResponse to(ServiceRequestContext ctx, Work work) {
        if (!room.tryAcquire()) {
            return refusals.answer(ctx, Failure.of(Reason.REASON_OVERLOADED, "Too many requests at once."));
        }
        Reply reply = new Reply(ctx, refusals, stallMax);
        Context.CancellableContext calls = Exchange.of(ctx).open(ctx);
        io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();
        Thread.ofVirtual().name("reply").start(trace.wrap(calls.wrap(() -> {
            try {
                reply.run(work);
            } finally {
                room.release();
            }
        })));
        return reply.response();
    }
}
