package dev.rekindle.platform.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;

/** The present trace as the text of W3C Trace Context, for places where no header can carry it, such as a queue. */
public final class Traces {
    private Traces() {}

    /** {@code 00-<trace id>-<span id>-<flags>}; empty outside a trace. */
    public static String current() {
        SpanContext span = Span.current().getSpanContext();
        return span.isValid()
                ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex()
                : "";
    }

    /** A context whose spans are children of the one in the text; the present context where it has none. */
    public static Context parent(String traceparent) {
        String[] parts = traceparent.split("-", -1);
        if (parts.length != 4) {
            return Context.current();
        }
        SpanContext span = SpanContext.createFromRemoteParent(
                parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
        return span.isValid() ? Context.current().with(Span.wrap(span)) : Context.current();
    }
}
