package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A good client of one user: deadlines on every call, and what may be asked again is asked again, for a while. */
final class Caller implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration TOKEN_LIFE = Duration.ofHours(12);
    private static final long CALL_SECONDS_MAX = 10;
    private static final long STREAM_SECONDS_MAX = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String user;
    private final Diary diary;
    private final ManagedChannel connection;
    private final Channel channel;

    Caller(String user, int gatewayPort, EmbeddedIssuer issuer, Diary diary, Role... roles) {
        this.user = user;
        this.diary = diary;
        this.connection = NettyChannelBuilder.forAddress("127.0.0.1", gatewayPort, InsecureChannelCredentials.create())
                .maxInboundMessageSize(16 << 20)
                .build();
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + issuer.token(user, Set.of(roles), TOKEN_LIFE));
        this.channel = ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    String user() {
        return user;
    }

    /** For calls whose deadline is set by whoever makes them. */
    Channel channel() {
        return channel;
    }

    JobsServiceGrpc.JobsServiceBlockingStub jobs() {
        return JobsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }

    PhotosServiceGrpc.PhotosServiceBlockingStub photos() {
        return PhotosServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }

    CreditsServiceGrpc.CreditsServiceBlockingStub credits() {
        return CreditsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }

    EventsServiceGrpc.EventsServiceBlockingStub events() {
        return EventsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }

    JobsServiceGrpc.JobsServiceBlockingStub jobStreams() {
        return JobsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(STREAM_SECONDS_MAX, TimeUnit.SECONDS);
    }

    EventsServiceGrpc.EventsServiceBlockingStub eventStreams() {
        return EventsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(STREAM_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /**
     * Asks until there is an answer.
     *
     * @throws StatusRuntimeException a refusal, or the last trouble of a minute of troubles
     */
    <T> T patiently(Supplier<T> call) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = 100; ; pause = Math.min(1_000, pause * 2)) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                diary.count("answer " + e.getStatus().getCode());
                if (!mayBeAskedAgain(e) || System.nanoTime() > end) {
                    throw e;
                }
            }
            connection.resetConnectBackoff();
            TimeUnit.MILLISECONDS.sleep(pause);
        }
    }

    /** True if the same call may succeed later. */
    static boolean mayBeAskedAgain(StatusRuntimeException e) {
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
            default -> Failures.of(e).retryable();
        };
    }

    /** Waits a moment before a stream is opened again. */
    void pause() throws InterruptedException {
        connection.resetConnectBackoff();
        TimeUnit.MILLISECONDS.sleep(200);
    }

    @Override
    public void close() {
        connection.shutdownNow();
        try {
            if (!connection.awaitTermination(2, TimeUnit.SECONDS)) {
                diary.count("channels that did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
