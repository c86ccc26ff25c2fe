package dev.rekindle.gateway.auth;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.JsonBody;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.platform.rpc.Failure;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sign-in of development, in the shape of an OpenID provider below {@code /dev/oidc/}: a name is enough. It answers
 * only where the browser's address is a local name or a bare address, so that no page from elsewhere can reach it by a
 * name of its own.
 */
public final class EmbeddedSignIn implements HttpService {
    /** Where it lives. */
    public static final String PREFIX = "/dev/oidc/";

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Pattern LOCAL_HOST = Pattern.compile(
            "(localhost|[a-z0-9-]+\\.localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+])(:\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);
    private static final long BODY_BYTES_MAX = 4096;

    private final EmbeddedIssuer issuer;
    private final AuthConfig.Embedded config;
    private final Replies replies;

    public EmbeddedSignIn(EmbeddedIssuer issuer, AuthConfig.Embedded config, Replies replies) {
        this.issuer = issuer;
        this.config = config;
        this.replies = replies;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        return replies.to(ctx, reply -> {
            String authority = String.valueOf(req.authority());
            if (!LOCAL_HOST.matcher(authority).matches()) {
                throw Failure.of(
                        Reason.REASON_PERMISSION_DENIED,
                        "The embedded sign-in is for development; it does not answer as " + authority + ".");
            }
            reply.send(
                    switch (ctx.path().substring(PREFIX.length())) {
                        case ".well-known/openid-configuration" -> {
                            expect(req, HttpMethod.GET);
                            yield json(discovery(req.scheme() + "://" + authority + PREFIX));
                        }
                        case "jwks.json" -> {
                            expect(req, HttpMethod.GET);
                            yield json(issuer.keySet());
                        }
                        case "token" -> {
                            expect(req, HttpMethod.POST);
                            yield json(token(user(JsonBody.text(ctx, req, BODY_BYTES_MAX))));
                        }
                        case String other -> throw Failure.notFound("address", ctx.path());
                    });
        });
    }

    private static void expect(HttpRequest req, HttpMethod method) {
        if (req.method() != method) {
            throw HttpRefusal.methodNotAllowed(req.method(), List.of(method));
        }
    }

    private static String user(String body) {
        @Nullable JsonElement user = JsonBody.parse(body) instanceof JsonObject object ? object.get("user") : null;
        String name = user != null && user.isJsonPrimitive() ? user.getAsString() : "";
        if (!USER.matcher(name).matches()) {
            throw Failure.invalid(
                    "user",
                    "is \"" + name + "\"; expected 1 to 64 letters, digits and any of . _ @ - in {\"user\": …}.");
        }
        return name;
    }

    private String token(String user) {
        Set<Role> roles = EnumSet.of(Role.ROLE_USER);
        if (config.admins().contains(user)) {
            roles.add(Role.ROLE_ADMIN);
        }
        JsonObject json = new JsonObject();
        json.addProperty("access_token", issuer.token(user, roles, config.tokenLife()));
        json.addProperty("expires_in", config.tokenLife().toSeconds());
        json.addProperty("token_type", "Bearer");
        return json.toString();
    }

    private String discovery(String base) {
        JsonObject json = new JsonObject();
        json.addProperty("issuer", issuer.issuer());
        json.addProperty("jwks_uri", base + "jwks.json");
        json.addProperty("token_endpoint", base + "token");
        JsonArray algorithms = new JsonArray();
        algorithms.add("RS256");
        json.add("id_token_signing_alg_values_supported", algorithms);
        json.addProperty("embedded", true);
        return json.toString();
    }

    private static HttpResponse json(String body) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                        .build(),
                HttpData.ofUtf8(body));
    }
}
