package dev.rekindle.platform.rpc;

import io.grpc.Context;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.slf4j.MDC;

/** Puts the ids of the present call into every line this thread logs, until closed. */
final class CallScope implements AutoCloseable {
    private CallScope() {}

    static CallScope open() {
        MDC.put("request_id", Headers.CURRENT_REQUEST_ID.get());
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            MDC.put("trace_id", span.getTraceId());
        }
        return new CallScope();
    }

    /** The work, to run on another thread as part of the present call. */
    static Runnable carry(Runnable work) {
        return Context.current().wrap(io.opentelemetry.context.Context.current().wrap(work));
    }

    @Override
    public void close() {
        MDC.remove("request_id");
        MDC.remove("trace_id");
    }
}
