package dev.rekindle.gateway.web;

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
import dev.rekindle.gateway.auth.AuthConfig;
import dev.rekindle.gateway.auth.IssuerConfig;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Refusals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/** A few fixed documents: the explorer, the OpenAPI document, and what the PWA must know before it signs anybody in. */
public final class Pages {
    private final Refusals refusals;

    public Pages(Refusals refusals) {
        this.refusals = refusals;
    }

    /** A document that is made when it is first asked for. */
    public HttpService document(MediaType type, Supplier<HttpData> content) {
        Once once = new Once(content);
        return (ctx, req) -> answer(ctx, req, type, once.get());
    }

    /** A file of this program, for the explorer. */
    public HttpService resource(String name, MediaType type) {
        return document(type, () -> HttpData.wrap(read(name)));
    }

    private HttpResponse answer(ServiceRequestContext ctx, HttpRequest req, MediaType type, HttpData content) {
        if (req.method() != HttpMethod.GET && req.method() != HttpMethod.HEAD) {
            return refusals.answer(
                    ctx, HttpRefusal.methodNotAllowed(req.method(), List.of(HttpMethod.GET, HttpMethod.HEAD)));
        }
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(type)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, PageHeaders.policyOfPage(List.of()))
                        .build(),
                content);
    }

    /** How people sign in, for the PWA: embedded, by OpenID Connect, or not at all. */
    public static HttpData signIn(AuthConfig auth) {
        JsonObject json = new JsonObject();
        IssuerConfig issuer = auth.issuers().stream()
                .filter(candidate -> !candidate.clientId().isEmpty())
                .findFirst()
                .orElse(null);
        if (auth.embedded() != null) {
            json.addProperty("signIn", "embedded");
            json.addProperty("issuer", auth.embedded().issuer());
            json.addProperty("clientId", "");
        } else if (issuer != null) {
            json.addProperty("signIn", "oidc");
            json.addProperty("issuer", issuer.issuer());
            json.addProperty("clientId", issuer.clientId());
            json.addProperty("audience", issuer.audience());
        } else {
            json.addProperty("signIn", "none");
            json.addProperty("issuer", "");
            json.addProperty("clientId", "");
        }
        return HttpData.ofUtf8(json.toString());
    }

    private static byte[] read(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in this program");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value made at most once, when it is first wanted. */
    private static final class Once {
        private final Supplier<HttpData> supplier;
        private @org.jspecify.annotations.Nullable HttpData value;

        Once(Supplier<HttpData> supplier) {
            this.supplier = supplier;
        }

        synchronized HttpData get() {
            if (value == null) {
                value = supplier.get();
            }
            return value;
        }
    }
}
