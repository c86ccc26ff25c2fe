package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.rpc.AccessRules;
import java.util.List;
import java.util.Map;

/** An RPC that answers once: as JSON, or in another form its answer has. Reads of jobs carry a tag. */
final class RestUnary implements RestEndpoint {
    private final RestBinding binding;
    private final RestRequest request;
    private final RestCalls calls;
    private final Replies replies;
    private final List<AnswerForm> forms;
    private final JsonNames names;
    private final boolean tagged;

    RestUnary(RestBinding binding, RestRequest request, RestCalls calls, Replies replies) {
        this.binding = binding;
        this.request = request;
        this.calls = calls;
        this.replies = replies;
        this.forms = AnswerForm.of(binding.answerType());
        this.names = JsonNames.of(binding);
        this.tagged = binding.method() == HttpMethod.GET
                && binding.rpc().proto().getService().getFullName().equals(JobsServiceGrpc.SERVICE_NAME);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        return replies.to(ctx, reply -> {
            AccessRules.check(binding.rpc().rule(), Exchange.of(ctx).caller());
            AnswerForm form = form(req.headers());
            reply.send(answer(ctx, form, shown(call(ctx, req, variables))));
        });
    }

    private Message call(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        try {
            return calls.unary(binding.rpc(), request.read(ctx, req, variables));
        } catch (RuntimeException e) {
            throw names.in(e);
        }
    }

    private AnswerForm form(RequestHeaders headers) {
        MediaType[] offered = forms.stream().map(AnswerForm::type).toArray(MediaType[]::new);
        MediaType chosen = Accepted.choose(headers, offered);
        return forms.stream()
                .filter(form -> form.type().equals(chosen))
                .findFirst()
                .orElseThrow();
    }

    private Message shown(Message answer) {
        FieldDescriptor field = binding.responseField();
        return field == null ? answer : (Message) answer.getField(field);
    }

    private HttpResponse answer(ServiceRequestContext ctx, AnswerForm form, Message shown) {
        String body = form.write().apply(shown);
        ResponseHeadersBuilder headers = ResponseHeaders.builder(binding.creates() ? HttpStatus.CREATED : HttpStatus.OK)
                .contentType(form.type())
                .set(HttpHeaderNames.CACHE_CONTROL, tagged ? "private, no-cache" : "no-store");
        if (forms.size() > 1) {
            headers.set(HttpHeaderNames.VARY, "accept");
        }
        if (tagged) {
            String tag = EntityTag.of(body);
            headers.set(HttpHeaderNames.ETAG, tag);
            if (EntityTag.isKnown(ctx.request().headers(), tag)) {
                headers.status(HttpStatus.NOT_MODIFIED).remove(HttpHeaderNames.CONTENT_TYPE);
                return HttpResponse.of(headers.build());
            }
        }
        FieldDescriptor id = shown.getDescriptorForType().findFieldByName("id");
        if (binding.creates() && binding.responseField() != null && id != null) {
            headers.set(HttpHeaderNames.LOCATION, ctx.path() + "/" + shown.getField(id));
        }
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(body));
    }
}
