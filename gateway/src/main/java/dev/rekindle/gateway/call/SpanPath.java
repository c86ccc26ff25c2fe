package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.instrumenter.AttributesExtractor;
import org.jspecify.annotations.Nullable;

/** Has traces show paths as the access log does: without what in them is secret. */
public final class SpanPath implements AttributesExtractor<ServiceRequestContext, RequestLog> {
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");

    @Override
    public void onStart(AttributesBuilder attributes, Context parent, ServiceRequestContext ctx) {
        attributes.put(PATH, AccessLog.shown(ctx.path()));
    }

    @Override
    public void onEnd(
            AttributesBuilder attributes,
            Context context,
            ServiceRequestContext ctx,
            @Nullable RequestLog log,
            @Nullable Throwable error) {
        // All is told at the start.
    }
}
