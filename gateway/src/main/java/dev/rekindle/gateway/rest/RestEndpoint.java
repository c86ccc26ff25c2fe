package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Map;

/** What answers the requests of one method and path. */
@FunctionalInterface
interface RestEndpoint {
    /** Begins the answer; must not block. Variables are those of the path, decoded. */
    HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables);
}
