package dev.rekindle.gateway.auth;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.platform.rpc.Identity;
import io.opentelemetry.context.Context;
import java.util.concurrent.CompletableFuture;

/**
 * Learns who calls before a service sees the request. No credential means nobody; a bad one is refused even where nobody
 * would do, because its sender believes to be somebody.
 */
public final class SignedIn extends SimpleDecoratingHttpService {
    private final Authenticator authenticator;
    private final Refusals refusals;

    public SignedIn(HttpService delegate, Authenticator authenticator, Refusals refusals) {
        super(delegate);
        this.authenticator = authenticator;
        this.refusals = refusals;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) throws Exception {
        String header = req.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (header == null) {
            return unwrap().serve(ctx, req);
        }
        Identity known = authenticator.known(header);
        if (known != null) {
            return serveAs(known, ctx, req);
        }
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        Context trace = Context.current();
        Thread.ofVirtual().name("sign-in").start(() -> {
            try {
                Identity identity = authenticator.authenticate(header);
                ctx.eventLoop().execute(trace.wrap(() -> serveLater(identity, ctx, req, answer)));
            } catch (InterruptedException | RuntimeException e) {
                answer.complete(refusals.answer(ctx, e));
            }
        });
        return HttpResponse.of(answer);
    }

    private void serveLater(
            Identity identity, ServiceRequestContext ctx, HttpRequest req, CompletableFuture<HttpResponse> answer) {
        try {
            answer.complete(serveAs(identity, ctx, req));
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
    }

    private HttpResponse serveAs(Identity identity, ServiceRequestContext ctx, HttpRequest req) throws Exception {
        Exchange.of(ctx).by(identity).attachTo(ctx);
        return unwrap().serve(ctx, req);
    }
}
