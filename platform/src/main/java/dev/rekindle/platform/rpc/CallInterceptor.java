package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.platform.Ids;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Knows the caller and the request id, and lets a call pass only by the rule of its contract. */
final class CallInterceptor implements ServerInterceptor {
    private final IdentityTokens tokens;
    private final Ids ids;
    private final Map<String, AccessRule> rules = new ConcurrentHashMap<>();

    CallInterceptor(IdentityTokens tokens, Ids ids) {
        this.tokens = tokens;
        this.ids = ids;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String requestId = headers.get(Headers.REQUEST_ID);
        Context context = Context.current()
                .withValue(
                        Headers.CURRENT_REQUEST_ID,
                        requestId == null ? ids.next().toString() : requestId);
        try {
            Identity caller = identity(headers);
            AccessRules.check(
                    rules.computeIfAbsent(
                            call.getMethodDescriptor().getFullMethodName(),
                            name -> AccessRules.of(call.getMethodDescriptor())),
                    caller);
            Context known = caller == null ? context : context.withValue(Identity.CURRENT, caller);
            return Contexts.interceptCall(known, call, headers, next);
        } catch (Failure failure) {
            StatusRuntimeException status = RpcService.report(call.getMethodDescriptor(), failure);
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    private @Nullable Identity identity(Metadata headers) {
        String token = headers.get(Headers.IDENTITY);
        return token == null ? null : tokens.verify(token);
    }
}
