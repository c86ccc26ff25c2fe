package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC service made of methods that return or throw. Each call runs on a virtual thread, so methods block as they
 * like, and one that ends has answered: there is no observer to forget. A method of the contract that nothing is bound
 * to answers UNIMPLEMENTED.
 */
public final class RpcService {
    private static final Logger log = LoggerFactory.getLogger(RpcService.class);

    /** One request, one answer. */
    @FunctionalInterface
    public interface Unary<Q, R> {
        R call(Q request) throws Exception;
    }

    /** One request, many answers; the stream ends when the method does. */
    @FunctionalInterface
    public interface ServerStreaming<Q, R> {
        void call(Q request, MessageSink<R> answers) throws Exception;
    }

    /** Many requests, one answer. */
    @FunctionalInterface
    public interface ClientStreaming<Q, R> {
        R call(MessageSource<Q> requests) throws Exception;
    }

    private RpcService() {}

    /** Begins a service of the contract, for example {@code JobsServiceGrpc.getServiceDescriptor()}. */
    public static Builder of(ServiceDescriptor descriptor) {
        return new Builder(descriptor);
    }

    /** Binds methods of the contract to methods of a class. */
    public static final class Builder {
        private final ServiceDescriptor descriptor;
        private final Map<String, ServerCallHandler<?, ?>> handlers = new HashMap<>();

        private Builder(ServiceDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        public <Q, R> Builder unary(MethodDescriptor<Q, R> method, Unary<Q, R> body) {
            return bind(method, (call, headers) -> new UnaryListener<>(call, body));
        }

        public <Q, R> Builder serverStreaming(MethodDescriptor<Q, R> method, ServerStreaming<Q, R> body) {
            return bind(method, (call, headers) -> new ServerStreamingListener<>(call, body));
        }

        public <Q, R> Builder clientStreaming(MethodDescriptor<Q, R> method, ClientStreaming<Q, R> body) {
            return bind(method, (call, headers) -> new ClientStreamingListener<>(call, body));
        }

        private <Q, R> Builder bind(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
            if (!descriptor.getMethods().contains(method)) {
                throw new IllegalArgumentException(
                        method.getFullMethodName() + " is no method of " + descriptor.getName());
            }
            if (handlers.put(method.getFullMethodName(), handler) != null) {
                throw new IllegalArgumentException(method.getFullMethodName() + " is bound twice");
            }
            return this;
        }

        public ServerServiceDefinition build() {
            ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor);
            for (MethodDescriptor<?, ?> method : descriptor.getMethods()) {
                addTo(service, method);
            }
            return service.build();
        }

        @SuppressWarnings("unchecked") // bind() put the handler there for this very method
        private <Q, R> void addTo(ServerServiceDefinition.Builder service, MethodDescriptor<Q, R> method) {
            ServerCallHandler<Q, R> handler = (ServerCallHandler<Q, R>) handlers.get(method.getFullMethodName());
            service.addMethod(method, handler == null ? Builder::unimplemented : handler);
        }

        private static <Q, R> ServerCall.Listener<Q> unimplemented(ServerCall<Q, R> call, Metadata headers) {
            Failure failure = Failure.of(
                    Reason.REASON_UNIMPLEMENTED,
                    call.getMethodDescriptor().getBareMethodName() + " is not available on this server yet.");
            close(call, report(call.getMethodDescriptor(), failure));
            return new ServerCall.Listener<>() {};
        }
    }

    /** Ends a call with the failure an exception stands for; logs it once, with its detail, where it is ours to mend. */
    static StatusRuntimeException report(MethodDescriptor<?, ?> method, Throwable thrown) {
        Failure failure = Failures.of(thrown);
        if (failure.reason() == Reason.REASON_INTERNAL) {
            log.error("{} failed: {}", method.getFullMethodName(), failure.detail(), thrown);
        } else if (failure.retryable()) {
            log.warn("{} refused: {} {}", method.getFullMethodName(), failure.message(), failure.detail());
        } else {
            log.debug("{} refused: {} {}", method.getFullMethodName(), failure.message(), failure.detail());
        }
        return Failures.toStatus(failure);
    }

    private static void close(ServerCall<?, ?> call, StatusRuntimeException status) {
        if (!call.isCancelled()) {
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }
    }

    private static final class UnaryListener<Q, R> extends ServerCall.Listener<Q> {
        private final ServerCall<Q, R> call;
        private final Unary<Q, R> body;
        private @Nullable Q request;
        private int requestCount;

        UnaryListener(ServerCall<Q, R> call, Unary<Q, R> body) {
            this.call = call;
            this.body = body;
            call.request(2); // a second message would be a client's mistake, and is seen as such
        }

        @Override
        public void onMessage(Q message) {
            request = message;
            requestCount++;
        }

        @Override
        public void onHalfClose() {
            try (CallScope _ = CallScope.open()) {
                if (request == null || requestCount > 1) {
                    throw Failure.invalid("", "One request was expected, " + requestCount + " came.");
                }
                R answer = body.call(request);
                if (!call.isCancelled()) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(answer);
                    call.close(Status.OK, new Metadata());
                }
            } catch (Exception e) {
                close(call, report(call.getMethodDescriptor(), e));
            }
        }
    }

    private static final class ServerStreamingListener<Q, R> extends ServerCall.Listener<Q> {
        private final ServerCall<Q, R> call;
        private final ServerStreaming<Q, R> body;
        private final MessageSink<R> sink;
        private @Nullable Q request;

        ServerStreamingListener(ServerCall<Q, R> call, ServerStreaming<Q, R> body) {
            this.call = call;
            this.body = body;
            this.sink = new MessageSink<>(call);
            call.request(2);
        }

        @Override
        public void onMessage(Q message) {
            request = message;
        }

        @Override
        public void onHalfClose() {
            Q first = request;
            // A thread of its own: this one must stay free to hear that the reader is ready or gone.
            Thread.ofVirtual().start(CallScope.carry(() -> run(first)));
        }

        private void run(@Nullable Q first) {
            try (CallScope _ = CallScope.open()) {
                if (first == null) {
                    throw Failure.invalid("", "A request was expected, none came.");
                }
                body.call(first, sink);
                sink.end(Status.OK, new Metadata());
            } catch (Exception e) {
                StatusRuntimeException status = report(call.getMethodDescriptor(), e);
                Metadata trailers = status.getTrailers();
                sink.end(status.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        }

        @Override
        public void onReady() {
            sink.signalReady();
        }

        @Override
        public void onCancel() {
            sink.signalCancelled();
        }
    }

    private static final class ClientStreamingListener<Q, R> extends ServerCall.Listener<Q> {
        private final MessageSource<Q> source;

        ClientStreamingListener(ServerCall<Q, R> call, ClientStreaming<Q, R> body) {
            this.source = new MessageSource<>(call);
            Thread.ofVirtual().start(CallScope.carry(() -> run(call, body)));
        }

        private void run(ServerCall<Q, R> call, ClientStreaming<Q, R> body) {
            try (CallScope _ = CallScope.open()) {
                R answer = body.call(source);
                if (!call.isCancelled()) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(answer);
                    call.close(Status.OK, new Metadata());
                }
            } catch (Exception e) {
                close(call, report(call.getMethodDescriptor(), e));
            }
        }

        @Override
        public void onMessage(Q message) {
            source.offer(message);
        }

        @Override
        public void onHalfClose() {
            source.end(false);
        }

        @Override
        public void onCancel() {
            source.end(true);
        }
    }
}
