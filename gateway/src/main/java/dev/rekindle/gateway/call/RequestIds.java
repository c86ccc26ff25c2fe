package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import dev.rekindle.platform.Ids;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.regex.Pattern;

/** Gives every request its id: the client's own where it is a sane one, else a new one. The answer carries it too. */
public final class RequestIds extends SimpleDecoratingHttpService {
    /** The header in both directions. */
    public static final String HEADER = "x-request-id";

    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private final Ids ids;

    public RequestIds(HttpService delegate, Ids ids) {
        super(delegate);
        this.ids = ids;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) throws Exception {
        String sent = req.headers().get(HEADER);
        String id =
                sent != null && SANE.matcher(sent).matches() ? sent : ids.next().toString();
        SpanContext span = Span.current().getSpanContext();
        new Exchange(id, span.isValid() ? span.getTraceId() : "", null).attachTo(ctx);
        ctx.setAdditionalResponseHeader(HEADER, id);
        return unwrap().serve(ctx, req);
    }
}
