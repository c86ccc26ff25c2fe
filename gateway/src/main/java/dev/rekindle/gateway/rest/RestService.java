package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.platform.rpc.Failure;
import java.util.stream.Collectors;

/** Everything below {@code /v1}: hands each request to the endpoint of its method and path. */
final class RestService implements HttpService {
    private final RestRouter router;
    private final Refusals refusals;
    private final long bodyBytesMax;

    /**
     * A service for the paths of a router.
     *
     * @param bodyBytesMax the largest body, where an endpoint does not say otherwise
     */
    RestService(RestRouter router, Refusals refusals, long bodyBytesMax) {
        this.router = router;
        this.refusals = refusals;
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        ctx.setMaxRequestLength(bodyBytesMax);
        try {
            return switch (router.find(req.method(), RequestPath.of(ctx.path()))) {
                case RestRouter.Result.Found(RestEndpoint endpoint, var variables) ->
                    endpoint.serve(ctx, req, variables);
                case RestRouter.Result.WrongMethod(var allowed)
                when req.method() == HttpMethod.OPTIONS ->
                    HttpResponse.of(ResponseHeaders.builder(HttpStatus.NO_CONTENT)
                            .set(
                                    HttpHeaderNames.ALLOW,
                                    allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", ")))
                            .build());
                case RestRouter.Result.WrongMethod(var allowed) ->
                    refusals.answer(ctx, HttpRefusal.methodNotAllowed(req.method(), allowed));
                case RestRouter.Result.Nowhere nowhere -> refusals.nowhere(ctx);
            };
        } catch (Failure failure) {
            return refusals.answer(ctx, failure);
        }
    }
}
