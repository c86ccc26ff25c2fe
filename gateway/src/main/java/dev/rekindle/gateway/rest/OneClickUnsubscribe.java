package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.multipart.AggregatedBodyPart;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.UnsubscribeEmailRequest;
import dev.rekindle.events.v1.UnsubscribeEmailResponse;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/notifications/email/one-click?token=…}: where List-Unsubscribe of our e-mail leads (RFC 8058). A POST of the
 * form the RFC names ends the e-mails. A GET changes nothing, because programs that look into e-mail follow links: it leads
 * to the page with the button.
 */
final class OneClickUnsubscribe implements RestEndpoint {
    static final PathTemplate PATH = PathTemplate.parse("/v1/notifications/email/one-click");

    private static final String FIELD = "List-Unsubscribe";
    private static final String VALUE = "One-Click";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

    private static final long BYTES_MAX = 4096;

    private final RestCalls calls;
    private final Replies replies;

    OneClickUnsubscribe(RestCalls calls, Replies replies) {
        this.calls = calls;
        this.replies = replies;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        ctx.setMaxRequestLength(BYTES_MAX);
        return replies.to(ctx, reply -> {
            QueryBinder.only(ctx.queryParams(), List.of("token"));
            String token = ctx.queryParams().get("token", "");
            if (!TOKEN.matcher(token).matches()) {
                throw Failure.invalid("token", "is not one of ours; use the link of the e-mail as it is.");
            }
            reply.send(req.method() == HttpMethod.POST ? unsubscribe(req, token) : page(token));
        });
    }

    private static HttpResponse page(String token) {
        return HttpResponse.of(ResponseHeaders.builder(HttpStatus.SEE_OTHER)
                .set(HttpHeaderNames.LOCATION, "/email#unsubscribe=" + token)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .build());
    }

    private HttpResponse unsubscribe(HttpRequest req, String token) {
        if (!VALUE.equals(field(req))) {
            throw Failure.invalid("", "The form must have the field " + FIELD + " with the value " + VALUE + ".");
        }
        UnsubscribeEmailResponse answer = calls.unary(
                NotificationsServiceGrpc.getUnsubscribeEmailMethod(),
                UnsubscribeEmailRequest.newBuilder().setToken(token).build());
        return UploadContent.json(HttpStatus.OK, answer);
    }

    private static @Nullable String field(HttpRequest req) {
        MediaType type = req.contentType();
        if (type != null && type.is(MediaType.FORM_DATA)) {
            return QueryParams.fromQueryString(req.aggregate().join().contentUtf8())
                    .get(FIELD);
        }
        if (type != null && type.is(MediaType.MULTIPART_FORM_DATA)) {
            AggregatedBodyPart part = Multipart.from(req).aggregate().join().field(FIELD);
            return part == null ? null : part.contentUtf8();
        }
        throw HttpRefusal.unsupportedType(
                String.valueOf(type), "application/x-www-form-urlencoded or multipart/form-data");
    }
}
