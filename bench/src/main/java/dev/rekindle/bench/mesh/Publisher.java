package dev.rekindle.bench.mesh;

import com.google.protobuf.Timestamp;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Headers;
import dev.rekindle.platform.rpc.IdentityTokens;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Clock;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Publishes events at a pace, in the name of jobs, as its outbox does: kept ones, in batches of what is due. */
final class Publisher implements AutoCloseable {
    private static final int BATCH_MAX = 100;
    private static final int BROADCASTS = 5;
    private static final long CALL_SECONDS_MAX = 30;
    private static final long NANOS = 1_000_000_000L;

    private final ManagedChannel channel;
    private final IdentityTokens tokens;
    private final Receipts receipts;
    private final Clock clock = Clock.systemUTC();
    private final Ids ids = Ids.timeOrdered();
    private final SplittableRandom random = new SplittableRandom(1);

    Publisher(World world, Receipts receipts) {
        this.channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", world.port("events"), InsecureChannelCredentials.create())
                .build();
        this.tokens = world.vouching("jobs");
        this.receipts = receipts;
    }

    /** Publishes at a rate for a while, each event to one of the readers; the rate that was reached. */
    double publish(int readers, int rate, int seconds) {
        long total = (long) rate * seconds;
        long begun = System.nanoTime();
        long sent = 0;
        while (sent < total) {
            long due = Math.min(total, 1 + (System.nanoTime() - begun) * rate / NANOS);
            if (due == sent) {
                LockSupport.parkNanos(begun + sent * NANOS / rate - System.nanoTime());
                continue;
            }
            PublishEventsRequest.Builder batch = PublishEventsRequest.newBuilder();
            for (; sent < due && batch.getEventsCount() < BATCH_MAX; sent++) {
                Event event = event(Audience.user(random.nextInt(readers)));
                receipts.expect(event.getId(), begun + sent * NANOS / rate, 1);
                batch.addEvents(event);
            }
            send(batch.build());
        }
        return total * (double) NANOS / (System.nanoTime() - begun);
    }

    /** Publishes a few events to all readers, one a second; the rate. */
    double publishToAll(int readers) throws InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < BROADCASTS; i++) {
            Event event = event("");
            receipts.expect(event.getId(), System.nanoTime(), readers);
            send(PublishEventsRequest.newBuilder().addEvents(event).build());
            TimeUnit.SECONDS.sleep(1);
        }
        return BROADCASTS * (double) NANOS / (System.nanoTime() - begun);
    }

    private Event event(String user) {
        Instant now = clock.instant();
        return Event.newBuilder()
                .setId(ids.next().toString())
                .setType("job.stage.completed")
                .setSource("rekindle.bench")
                .setVersion("1")
                .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setUserId(user)
                .setJobId(ids.next().toString())
                .setJob(JobEvent.newBuilder()
                        .setState("PROCESSING")
                        .setJobType("PHOTO_RESTORATION")
                        .setLane("free_tier")
                        .setStage("denoise")
                        .setPercent(50))
                .build();
    }

    private void send(PublishEventsRequest batch) {
        Metadata headers = new Metadata();
        headers.put(Headers.IDENTITY, tokens.own());
        int published = EventsServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                .publishEvents(batch)
                .getPublishedCount();
        if (published != batch.getEventsCount()) {
            throw new IllegalStateException(published + " of " + batch.getEventsCount() + " events were published.");
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
