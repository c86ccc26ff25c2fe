package dev.rekindle.platform.rpc;

import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.platform.tls.MeshCredentials;
import dev.rekindle.platform.tls.MeshTls;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel to one service of the mesh: all its instances used in turn, calls repeated by {@link CallPolicy}, a deadline
 * on every unary call, and the deadline, identity, request id and trace of the present call passed on.
 */
public final class RpcChannel implements AutoCloseable {
    private static final Duration UNARY_DEADLINE = Duration.ofSeconds(30);

    /** A server that does not answer a ping, frozen or cut off, is given up so soon after it. */
    private static final Duration PING_EVERY = Duration.ofSeconds(15);

    private static final Duration PING_ANSWER_MAX = Duration.ofSeconds(10);

    /**
     * An instance that was away is tried again so soon. gRPC's own pause grows with the time it was away, up to two minutes: in an
     * upgrade the next instance would be ended while its callers do not know yet that the first one is back.
     */
    private static final Duration RECONNECT_EVERY = Duration.ofMillis(500);

    private final ManagedChannel channel;
    private final Loop reconnecting;
    private final Channel intercepted;
    private final @Nullable MeshCredentials credentials;

    private RpcChannel(ManagedChannel channel, Channel intercepted, @Nullable MeshCredentials credentials) {
        this.channel = channel;
        this.reconnecting = Loop.start("rpc-reconnect", RECONNECT_EVERY, () -> {
            channel.resetConnectBackoff();
            return false;
        });
        this.intercepted = intercepted;
        this.credentials = credentials;
    }

    /** A channel on which this process speaks for itself. */
    public static RpcChannel open(RpcTarget target, IdentityTokens tokens, Telemetry telemetry) {
        return open(target, tokens::own, telemetry);
    }

    /** A channel whose identity is asked for on each call; a call with none goes out as nobody's. */
    public static RpcChannel open(RpcTarget target, Supplier<@Nullable String> identity, Telemetry telemetry) {
        MeshTls tls = target.tls();
        MeshCredentials credentials = tls == null ? null : MeshCredentials.calling(tls);
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(
                        target.uri(), credentials == null ? InsecureChannelCredentials.create() : credentials.channel())
                .defaultServiceConfig(CallPolicy.of(target.services()))
                .maxInboundMessageSize(16 << 20)
                .maxInboundMetadataSize(32 << 10)
                .keepAliveTime(PING_EVERY.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveWithoutCalls(true);
        if (!target.isManaged()) {
            // Who answers for a name in DNS does not decide about our calls.
            builder = builder.disableServiceConfigLookUp();
        }
        ManagedChannel channel = builder.build();
        Channel intercepted = ClientInterceptors.intercept(
                channel,
                new OutgoingCalls(identity, Ids.timeOrdered()),
                telemetry.rpcClientMetrics(),
                telemetry.rpcClientTracing());
        return new RpcChannel(channel, intercepted, credentials);
    }

    /** What stubs are made on. */
    public Channel channel() {
        return intercepted;
    }

    @Override
    public void close() {
        reconnecting.close();
        channel.shutdown();
        try {
            if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
                channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (credentials != null) {
            credentials.close();
        }
    }

    private record OutgoingCalls(Supplier<@Nullable String> identity, Ids ids) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
            CallOptions bounded = unary && options.getDeadline() == null
                    ? options.withDeadlineAfter(UNARY_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    : options;
            return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, bounded)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    String token = identity.get();
                    if (token != null) {
                        headers.put(Headers.IDENTITY, token);
                    }
                    String requestId = Headers.CURRENT_REQUEST_ID.get();
                    if (!requestId.isEmpty() && !headers.containsKey(Headers.REQUEST_ID)) {
                        headers.put(Headers.REQUEST_ID, requestId);
                    }
                    super.start(listener, headers);
                }

                @Override
                public void sendMessage(Q message) {
                    super.sendMessage(RepeatIds.give(method, message, ids));
                }
            };
        }
    }
}
