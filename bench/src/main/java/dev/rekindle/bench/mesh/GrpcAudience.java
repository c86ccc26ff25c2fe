package dev.rekindle.bench.mesh;

import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Readers over gRPC, some hundred of which share a connection. */
final class GrpcAudience extends Audience {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final SubscribeRequest REQUEST =
            SubscribeRequest.newBuilder().addRooms("user").addRooms("global").build();
    private static final long END_SECONDS_MAX = 10;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final int gatewayPort;
    private final int perConnection;

    GrpcAudience(World world, EmbeddedIssuer issuer, Receipts receipts, int perConnection) {
        super(issuer, receipts);
        this.gatewayPort = world.gatewayPort();
        this.perConnection = perConnection;
    }

    @Override
    void open(int number) {
        int place = number / perConnection;
        if (place == channels.size()) {
            channels.add(NettyChannelBuilder.forAddress("127.0.0.1", gatewayPort, InsecureChannelCredentials.create())
                    .directExecutor()
                    .build());
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, bearer(number));
        EventsServiceGrpc.newStub(channels.get(place))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .subscribe(REQUEST, new Reader());
    }

    private final class Reader implements StreamObserver<SubscribeResponse> {
        @Override
        public void onNext(SubscribeResponse message) {
            if (message.hasReady()) {
                hasBegun();
            } else if (message.hasEvent()) {
                hasGot(message.getEvent().getId());
            }
        }

        @Override
        public void onError(Throwable thrown) {
            hasEnded();
        }

        @Override
        public void onCompleted() {
            hasEnded();
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels) {
                if (!channel.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("A connection does not end.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
