package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.rpc.Status;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.Objects;

/** A plain gRPC client before a gateway, and what it is refused with. */
final class GrpcClient implements AutoCloseable {
    /** What it takes of a stream before it has read any. */
    static final int WINDOW_BYTES = 64 << 10;

    private static final int MESSAGE_BYTES_MAX = 8 << 20;

    private final GatewayFixture fixture;
    private final ManagedChannel channel;

    GrpcClient(GatewayFixture fixture) {
        this.fixture = fixture;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.gateway.port())
                .usePlaintext()
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    Channel anonymous() {
        return channel;
    }

    /** For calls of a user. */
    Channel as(String user) {
        Metadata token = header("authorization", "Bearer " + fixture.token(user));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(token));
    }

    static Metadata header(String name, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return headers;
    }

    /** What a call is refused with, which must not succeed. */
    static StatusRuntimeException refusal(Runnable call) {
        Throwable thrown = catchThrowable(call::run);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        return (StatusRuntimeException) thrown;
    }

    static Status details(StatusRuntimeException refusal) {
        return Objects.requireNonNull(StatusProto.fromThrowable(refusal));
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
