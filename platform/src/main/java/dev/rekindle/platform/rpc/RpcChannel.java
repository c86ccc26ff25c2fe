package dev.rekindle.platform.rpc;

import dev.rekindle.platform.Ids;
import dev.rekindle.platform.telemetry.Telemetry;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel to one service of the mesh by a gRPC target such as {@code dns:///jobs:7001}: all
 * addresses used in turn, calls that reached no server sent again, a deadline on every unary call, and the identity,
 * request id and trace of the present call passed on.
 */
public final class RpcChannel implements AutoCloseable {
    private static final Duration UNARY_DEADLINE = Duration.ofSeconds(30);
    private static final Ids IDS = Ids.timeOrdered();

    private final ManagedChannel channel;
    private final Channel intercepted;

    private RpcChannel(ManagedChannel channel, Channel intercepted) {
        this.channel = channel;
        this.intercepted = intercepted;
    }

    /** A channel on which this process speaks for itself. */
    public static RpcChannel open(String target, IdentityTokens tokens, Telemetry telemetry) {
        return open(target, tokens::own, telemetry);
    }

    /** A channel whose identity is asked for on each call; a call with none goes out as nobody's. */
    public static RpcChannel open(String target, Supplier<@Nullable String> identity, Telemetry telemetry) {
        // Sent again where the server did not see the call, or was lost with it; whatever creates something does it
        // once
        // by an id, which is given here where the caller gave none.
        Map<String, Object> retry = Map.of(
                "maxAttempts",
                4.0,
                "initialBackoff",
                "0.05s",
                "maxBackoff",
                "1s",
                "backoffMultiplier",
                2.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE"));
        ManagedChannel channel = NettyChannelBuilder.forTarget(target, InsecureChannelCredentials.create())
                .defaultServiceConfig(Map.of(
                        "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
                        "methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retry))))
                .maxInboundMessageSize(16 << 20)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .build();
        Channel intercepted = ClientInterceptors.intercept(
                channel, new OutgoingCalls(identity), telemetry.rpcClientMetrics(), telemetry.rpcClientTracing());
        return new RpcChannel(channel, intercepted);
    }

    /** What stubs are made on. */
    public Channel channel() {
        return intercepted;
    }

    @Override
    public void close() {
        channel.shutdown();
        try {
            if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
                channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private record OutgoingCalls(Supplier<@Nullable String> identity) implements ClientInterceptor {
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
                    super.sendMessage(RepeatIds.give(method, message, IDS));
                }
            };
        }
    }
}
