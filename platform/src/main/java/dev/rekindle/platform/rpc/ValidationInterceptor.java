package dev.rekindle.platform.rpc;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/** Refuses requests that break a rule of the contract, before any method sees them. */
final class ValidationInterceptor implements ServerInterceptor {
    private final RequestValidator validator;

    ValidationInterceptor(RequestValidator validator) {
        this.validator = validator;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                if (refused) {
                    return;
                }
                try {
                    validator.check((Message) message);
                } catch (Failure failure) {
                    refused = true;
                    StatusRuntimeException status = RpcService.report(call.getMethodDescriptor(), failure);
                    Metadata trailers = status.getTrailers();
                    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
                    super.onCancel(); // ends a method that waits for more of a stream
                    return;
                }
                super.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }
}
