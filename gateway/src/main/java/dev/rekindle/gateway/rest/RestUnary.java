package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.platform.rpc.AccessRules;
import java.util.Map;

/** An RPC that answers once, as JSON. */
final class RestUnary implements RestEndpoint {
    private final RestBinding binding;
    private final RestRequest request;
    private final RestCalls calls;
    private final Replies replies;

    RestUnary(RestBinding binding, RestRequest request, RestCalls calls, Replies replies) {
        this.binding = binding;
        this.request = request;
        this.calls = calls;
        this.replies = replies;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req, Map<String, String> variables) {
        return replies.to(ctx, reply -> {
            AccessRules.check(binding.rpc().rule(), Exchange.of(ctx).caller());
            Accepted.choose(req.headers(), MediaType.JSON);
            Message answer = calls.unary(binding.rpc(), request.read(ctx, req, variables));
            reply.send(answer(ctx, shown(answer)));
        });
    }

    private Message shown(Message answer) {
        FieldDescriptor field = binding.responseField();
        return field == null ? answer : (Message) answer.getField(field);
    }

    private HttpResponse answer(ServiceRequestContext ctx, Message shown) {
        ResponseHeadersBuilder headers = ResponseHeaders.builder(binding.creates() ? HttpStatus.CREATED : HttpStatus.OK)
                .contentType(MediaType.JSON)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        FieldDescriptor id = shown.getDescriptorForType().findFieldByName("id");
        if (binding.creates() && binding.responseField() != null && id != null) {
            headers.set(HttpHeaderNames.LOCATION, ctx.path() + "/" + shown.getField(id));
        }
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(JsonTranscoder.write(shown)));
    }
}
