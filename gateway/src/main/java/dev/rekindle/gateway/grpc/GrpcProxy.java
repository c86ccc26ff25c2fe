package dev.rekindle.gateway.grpc;

import com.google.protobuf.Message;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Contract.Rpc;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.platform.rpc.AccessRules;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public RPCs of the mesh as services of this server. A call is forwarded to the service that has it; requests are
 * parsed here, so that rubbish stops at the door, and answers pass as the bytes they are.
 */
public final class GrpcProxy {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final Mesh mesh;
    private final Deadlines deadlines;
    private final OpenStreams streams;

    public GrpcProxy(Mesh mesh, Deadlines deadlines, OpenStreams streams) {
        this.mesh = mesh;
        this.deadlines = deadlines;
        this.streams = streams;
    }

    /** All services with a public RPC. RPCs for services alone are not there at all. */
    public List<ServerServiceDefinition> services() {
        return Contract.SERVICES.stream()
                .filter(service -> !Contract.publicRpcs(service).isEmpty())
                .map(this::service)
                .toList();
    }

    private ServerServiceDefinition service(ServiceDescriptor descriptor) {
        Channel channel = mesh.channel(descriptor.getName());
        ServiceDescriptor.Builder forwarded = ServiceDescriptor.newBuilder(descriptor.getName())
                .setSchemaDescriptor(descriptor.getSchemaDescriptor());
        List<Forwarding> forwardings = Contract.publicRpcs(descriptor).stream()
                .map(rpc -> new Forwarding(
                        rpc,
                        rpc.method().toBuilder(rpc.method().getRequestMarshaller(), BYTES)
                                .build()))
                .toList();
        forwardings.forEach(forwarding -> forwarded.addMethod(forwarding.method()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(forwarded.build());
        for (Forwarding forwarding : forwardings) {
            service.addMethod(forwarding.method(), (call, headers) -> start(forwarding, channel, call));
        }
        return service.build();
    }

    private record Forwarding(Rpc rpc, MethodDescriptor<Message, byte[]> method) {}

    private ServerCall.Listener<Message> start(
            Forwarding forwarding, Channel channel, ServerCall<Message, byte[]> call) {
        ServiceRequestContext ctx = ServiceRequestContext.current();
        Exchange exchange = Exchange.of(ctx);
        AccessRules.check(forwarding.rpc().rule(), exchange.caller());
        // Everything of one call happens on its event loop: the relay needs no lock.
        EventLoop loop = ctx.eventLoop().withoutContext();
        Context.CancellableContext scope = exchange.open(ctx);
        Context before = scope.attach();
        try {
            ClientCall<Message, byte[]> onward = channel.newCall(
                    forwarding.method(),
                    options(forwarding.rpc(), ctx, exchange).withExecutor(loop));
            GrpcRelay<Message, byte[]> relay =
                    new GrpcRelay<>(call, onward, failure -> deadlines.explain(failure, exchange.caller()));
            if (!forwarding.rpc().isUnary()) {
                OpenStreams.Entry entry = streams.add(() -> loop.execute(() -> relay.breakOff(OpenStreams.shutdown())));
                var _ = ctx.log().whenComplete().thenRun(entry::close);
            }
            // Nothing of the client's headers goes on: identity, request id and trace are put by the channel.
            relay.start(new Metadata());
            return relay.requests();
        } finally {
            scope.detach(before);
        }
    }

    private CallOptions options(Rpc rpc, ServiceRequestContext ctx, Exchange exchange) {
        Duration patience = patience(ctx);
        return rpc.isUnary() ? deadlines.unary(patience) : deadlines.stream(patience, exchange.caller());
    }

    /** The client's own deadline, from the grpc-timeout header. */
    private static @Nullable Duration patience(ServiceRequestContext ctx) {
        return ctx.requestTimeoutMillis() == 0 ? null : Duration.ofMillis(ctx.requestTimeoutMillis());
    }
}
