package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams, by a plain gRPC client before the gateway. */
class GrpcStreamIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";

    private static GatewayFixture fixture;
    private static GrpcClient client;
    private static final AtomicInteger sent = new AtomicInteger();
    private static volatile CountDownLatch cancelled = new CountDownLatch(1);

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), (request, answers) -> {
                                    answers.onCancel(() -> cancelled.countDown());
                                    int count = Integer.parseInt(request.getResumeAfter());
                                    for (int i = 0; i < count; i++) {
                                        answers.send(watch(i));
                                        sent.incrementAndGet();
                                    }
                                    if (count == 1) {
                                        throw Failure.of(Reason.REASON_RATE_LIMITED, "Slower, please.")
                                                .withRetryDelay(Duration.ofSeconds(7));
                                    }
                                })
                                .build(),
                        RpcService.of(PhotosServiceGrpc.getServiceDescriptor())
                                .clientStreaming(PhotosServiceGrpc.getWriteUploadMethod(), requests -> {
                                    WriteUploadRequest header = Objects.requireNonNull(requests.next());
                                    long size = 0;
                                    for (var next = requests.next(); next != null; next = requests.next()) {
                                        size += next.getChunk().size();
                                    }
                                    return WriteUploadResponse.newBuilder()
                                            .setUpload(Upload.newBuilder()
                                                    .setId(header.getHeader().getUploadId())
                                                    .setOffsetBytes(size))
                                            .build();
                                })
                                .build()),
                Map.of("limits.unary_max", "2s"));
        client = new GrpcClient(fixture);
    }

    private static WatchJobResponse watch(int number) {
        return WatchJobResponse.newBuilder()
                .setEventId(String.valueOf(number))
                .setJob(Job.newBuilder().setId("x".repeat(GrpcClient.WINDOW_BYTES)))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        fixture.close();
    }

    private static WatchJobRequest watchJob(int count) {
        return WatchJobRequest.newBuilder()
                .setJobId(ID)
                .setResumeAfter(String.valueOf(count))
                .build();
    }

    @Test
    @Tag("API-02")
    void a_stream_that_fails_tells_when_to_come_back() throws Exception {
        Iterator<WatchJobResponse> stream =
                JobsServiceGrpc.newBlockingStub(client.as("ada")).watchJob(watchJob(1));
        assertThat(stream.next().getEventId()).isEqualTo("0");
        StatusRuntimeException e = GrpcClient.refusal(stream::next);

        com.google.rpc.Status status = GrpcClient.details(e);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getSeconds())
                .isEqualTo(7);
    }

    @Test
    @Tag("CARD-02")
    void a_stream_comes_through_whole_and_in_order() {
        Iterator<WatchJobResponse> stream =
                JobsServiceGrpc.newBlockingStub(client.as("ada")).watchJob(watchJob(200));
        for (int i = 0; i < 200; i++) {
            assertThat(stream.next().getEventId()).isEqualTo(String.valueOf(i));
        }
        assertThat(stream.hasNext()).isFalse();
    }

    @Test
    @Tag("EV-05")
    void a_slow_reader_holds_the_service_back() throws Exception {
        sent.set(0);
        BlockingClientCall<WatchJobRequest, WatchJobResponse> call = ClientCalls.blockingV2ServerStreamingCall(
                client.as("ada"), JobsServiceGrpc.getWatchJobMethod(), CallOptions.DEFAULT, watchJob(10_000));
        assertThat(call.read()).isNotNull();
        Until.steady(sent::get);
        // 64 KiB each: what the buffers of two connections hold, and far from all.
        assertThat(sent.get()).isLessThan(200);
        call.cancel("enough", null);
    }

    @Test
    @Tag("API-01")
    void a_client_that_leaves_ends_the_call_behind_the_gateway() throws Exception {
        cancelled = new CountDownLatch(1);
        BlockingClientCall<WatchJobRequest, WatchJobResponse> call = ClientCalls.blockingV2ServerStreamingCall(
                client.as("ada"), JobsServiceGrpc.getWatchJobMethod(), CallOptions.DEFAULT, watchJob(10_000));
        assertThat(call.read()).isNotNull();
        call.cancel("enough", null);

        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("PHO-01")
    void a_stream_of_the_client_goes_through_with_back_pressure() throws Exception {
        BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call = ClientCalls.blockingClientStreamingCall(
                client.as("ada"), PhotosServiceGrpc.getWriteUploadMethod(), CallOptions.DEFAULT);
        call.write(WriteUploadRequest.newBuilder()
                .setHeader(WriteUploadHeader.newBuilder().setUploadId(ID))
                .build());
        ByteString chunk = ByteString.copyFrom(new byte[1 << 20]);
        for (int i = 0; i < 20; i++) {
            call.write(WriteUploadRequest.newBuilder().setChunk(chunk).build());
        }
        call.halfClose();
        assertThat(call.read().getUpload().getOffsetBytes()).isEqualTo(20L << 20);
    }
}
