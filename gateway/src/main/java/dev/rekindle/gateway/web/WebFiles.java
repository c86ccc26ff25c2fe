package dev.rekindle.gateway.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.HttpFile;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Refusals;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of the PWA. An address that is no file but that a person goes to is answered by the page itself, which knows
 * its own addresses; a missing script or picture is simply not there.
 */
public final class WebFiles implements HttpService {
    /** Built files carry a hash of their content in their names, so a name never changes what it means. */
    private static final String HASHED_PREFIX = "/assets/";

    private static final String FOREVER = "public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";

    private final @Nullable Path root;
    private final String policy;
    private final Refusals refusals;

    public WebFiles(WebConfig config, List<String> connectOrigins, Refusals refusals) {
        this.root =
                config.root() == null ? null : config.root().toAbsolutePath().normalize();
        this.policy = PageHeaders.policyOfPage(connectOrigins);
        this.refusals = refusals;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) throws Exception {
        String path = ctx.decodedPath();
        if (root == null && path.equals("/")) {
            return HttpResponse.of(ResponseHeaders.of(HttpStatus.FOUND, HttpHeaderNames.LOCATION, "/explorer"));
        }
        Path file = root == null ? null : find(root, path, req);
        if (file == null) {
            return refusals.nowhere(ctx);
        }
        if (req.method() != HttpMethod.GET && req.method() != HttpMethod.HEAD) {
            return refusals.answer(
                    ctx, HttpRefusal.methodNotAllowed(req.method(), List.of(HttpMethod.GET, HttpMethod.HEAD)));
        }
        HttpFile found = HttpFile.builder(file)
                .setHeader(HttpHeaderNames.CACHE_CONTROL, path.startsWith(HASHED_PREFIX) ? FOREVER : ASK_AGAIN)
                .setHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy)
                .build();
        return HttpResponse.of(found.readAttributes(ctx.blockingTaskExecutor()).thenApply(attributes -> {
            try {
                return attributes == null
                        ? refusals.nowhere(ctx)
                        : found.asService().serve(ctx, req);
            } catch (Exception e) {
                return HttpResponse.ofFailure(e);
            }
        }));
    }

    private static @Nullable Path find(Path root, String path, HttpRequest req) {
        boolean named = path.lastIndexOf('.') > path.lastIndexOf('/');
        if (!named) {
            return path.equals("/") || wantsPage(req) ? root.resolve("index.html") : null;
        }
        try {
            Path file = root.resolve(path.substring(1)).normalize();
            return file.startsWith(root) ? file : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static boolean wantsPage(HttpRequest req) {
        return req.headers().accept().stream().anyMatch(type -> type.is(MediaType.create("text", "html")));
    }
}
