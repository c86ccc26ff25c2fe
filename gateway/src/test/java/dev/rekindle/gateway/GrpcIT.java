package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
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
import dev.rekindle.platform.rpc.Headers;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A plain gRPC client before the gateway. */
class GrpcIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final int BIG_BYTES = 64 << 10;

    private static GatewayFixture fixture;
    private static ManagedChannel channel;
    private static final BlockingQueue<String> seen = new ArrayBlockingQueue<>(100);
    private static final AtomicInteger sent = new AtomicInteger();
    private static volatile CountDownLatch cancelled = new CountDownLatch(1);

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .unary(JobsServiceGrpc.getGetJobMethod(), GrpcIT::getJob)
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
        channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.gateway.port())
                .usePlaintext()
                .flowControlWindow(BIG_BYTES)
                .maxInboundMessageSize(8 << 20)
                .build();
    }

    private static GetJobResponse getJob(GetJobRequest request) throws InterruptedException {
        if (Identity.currentUser().equals("slow")) {
            new CountDownLatch(1).await(30, TimeUnit.SECONDS);
        }
        seen.add(Identity.currentUser() + " " + Headers.CURRENT_REQUEST_ID.get());
        return GetJobResponse.newBuilder()
                .setJob(Job.newBuilder().setId(request.getJobId()).setUserId(Identity.currentUser()))
                .build();
    }

    private static WatchJobResponse watch(int number) {
        return WatchJobResponse.newBuilder()
                .setEventId(String.valueOf(number))
                .setJob(Job.newBuilder().setId("x".repeat(BIG_BYTES)))
                .build();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        fixture.close();
    }

    private static JobsServiceGrpc.JobsServiceBlockingStub as(String user) {
        return JobsServiceGrpc.newBlockingStub(ClientInterceptors.intercept(channel, headers(user)));
    }

    private static ClientInterceptor headers(String user) {
        Metadata headers = new Metadata();
        put(headers, "authorization", "Bearer " + fixture.token(user));
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static void put(Metadata headers, String name, String value) {
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    private static GetJobRequest job() {
        return GetJobRequest.newBuilder().setJobId(ID).build();
    }

    @Test
    @Tag("CARD-04")
    void a_unary_call_goes_through_in_the_name_of_its_caller() {
        assertThat(as("ada").getJob(job()).getJob().getUserId()).isEqualTo("ada");
    }

    @Test
    @Tag("API-06")
    void the_request_id_of_the_client_reaches_the_service_and_comes_back() throws Exception {
        seen.clear();
        Metadata headers = new Metadata();
        put(headers, "x-request-id", "my-own-request-id");
        var answered = new java.util.concurrent.atomic.AtomicReference<Metadata>();
        var trailers = new java.util.concurrent.atomic.AtomicReference<Metadata>();
        as("ada")
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(headers),
                        MetadataUtils.newCaptureMetadataInterceptor(answered, trailers))
                .getJob(job());

        assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("ada my-own-request-id");
        assertThat(Objects.requireNonNull(answered.get()).get(Headers.REQUEST_ID))
                .isEqualTo("my-own-request-id");
    }

    @Test
    @Tag("API-04")
    void an_identity_made_up_by_the_client_is_dropped() {
        Metadata headers = new Metadata();
        IdentityKeys forged =
                new IdentityKeys("gateway", IdentityKeys.generate().getPrivate(), Map.of());
        headers.put(
                Headers.IDENTITY,
                new IdentityTokens(forged, Clock.systemUTC()).sign(Identity.service("gateway", Instant.MAX)));

        assertThat(as("ada")
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .getJob(job())
                        .getJob()
                        .getUserId())
                .isEqualTo("ada");
        assertThat(codeOf(() -> JobsServiceGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .getJob(job())))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    @Tag("API-02")
    void violations_come_through_with_their_details() throws Exception {
        StatusRuntimeException e = refusal(
                () -> as("ada").getJob(GetJobRequest.newBuilder().setJobId("x").build()));

        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(e));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("INVALID_REQUEST");
        assertThat(status.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("job_id");
    }

    @Test
    @Tag("API-02")
    void a_stream_that_fails_tells_when_to_come_back() throws Exception {
        Iterator<WatchJobResponse> stream = as("ada").watchJob(watchJob(1));
        assertThat(stream.next().getEventId()).isEqualTo("0");
        StatusRuntimeException e = refusal(stream::next);

        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(e));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getSeconds())
                .isEqualTo(7);
    }

    @Test
    @Tag("CARD-02")
    void a_stream_comes_through_whole_and_in_order() {
        Iterator<WatchJobResponse> stream = as("ada").watchJob(watchJob(200));
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
                ClientInterceptors.intercept(channel, headers("ada")),
                JobsServiceGrpc.getWatchJobMethod(),
                CallOptions.DEFAULT,
                watchJob(10_000));
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
                ClientInterceptors.intercept(channel, headers("ada")),
                JobsServiceGrpc.getWatchJobMethod(),
                CallOptions.DEFAULT,
                watchJob(10_000));
        assertThat(call.read()).isNotNull();
        call.cancel("enough", null);

        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("API-05")
    void a_call_that_takes_too_long_ends_with_a_deadline_of_ours() {
        StatusRuntimeException e = refusal(() -> as("slow").getJob(job()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(e.getStatus().getDescription()).doesNotContain("127.0.0.1").contains("not ready in time");
    }

    @Test
    @Tag("API-05")
    void the_deadline_of_the_client_is_kept() {
        long start = System.nanoTime();
        StatusRuntimeException e = refusal(
                () -> as("slow").withDeadlineAfter(300, TimeUnit.MILLISECONDS).getJob(job()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
    }

    @Test
    @Tag("PHO-01")
    void a_stream_of_the_client_goes_through_with_back_pressure() throws Exception {
        BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call = ClientCalls.blockingClientStreamingCall(
                ClientInterceptors.intercept(channel, headers("ada")),
                PhotosServiceGrpc.getWriteUploadMethod(),
                CallOptions.DEFAULT);
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

    @Test
    @Tag("API-05")
    void a_message_over_the_limit_is_refused() {
        StatusRuntimeException e = refusal(() -> as("ada")
                .getJob(GetJobRequest.newBuilder().setJobId("x".repeat(5 << 20)).build()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(reason(e)).isEqualTo("TOO_LARGE");
    }

    @Test
    @Tag("API-02")
    void rubbish_for_a_message_is_an_invalid_request() {
        MethodDescriptor<byte[], GetJobResponse> method = JobsServiceGrpc.getGetJobMethod().toBuilder(
                        new Bytes(), JobsServiceGrpc.getGetJobMethod().getResponseMarshaller())
                .build();
        StatusRuntimeException e = refusal(() -> ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, headers("ada")), method, CallOptions.DEFAULT, new byte[] {
                    (byte) 0xff, (byte) 0xff, 1
                }));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(reason(e)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    @Tag("API-04")
    void calls_between_services_are_not_there() {
        assertThat(codeOf(() -> dev.rekindle.events.v1.EventsServiceGrpc.newBlockingStub(
                                ClientInterceptors.intercept(channel, headers("ada")))
                        .publishEvents(dev.rekindle.events.v1.PublishEventsRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    @Tag("OPS-04")
    void health_tells_of_the_gateway_and_of_the_services_behind_it() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(health.check(HealthCheckRequest.newBuilder()
                                .setService(JobsServiceGrpc.SERVICE_NAME)
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(codeOf(() -> health.check(
                        HealthCheckRequest.newBuilder().setService("nobody").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    @Tag("API-01")
    void reflection_lists_the_services_and_their_files() throws Exception {
        BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
                ClientCalls.blockingBidiStreamingCall(
                        channel, ServerReflectionGrpc.getServerReflectionInfoMethod(), CallOptions.DEFAULT);
        call.write(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(call.read().getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains("rekindle.jobs.v1.JobsService", "rekindle.events.v1.EventsService", "grpc.health.v1.Health");
        call.write(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("rekindle.jobs.v1.JobsService")
                .build());
        assertThat(call.read().getFileDescriptorResponse().getFileDescriptorProtoCount())
                .isPositive();
        call.halfClose();
    }

    private static WatchJobRequest watchJob(int count) {
        return WatchJobRequest.newBuilder()
                .setJobId(ID)
                .setResumeAfter(String.valueOf(count))
                .build();
    }

    private static Status.Code codeOf(Runnable call) {
        return refusal(call).getStatus().getCode();
    }

    private static StatusRuntimeException refusal(Runnable call) {
        Throwable thrown = catchThrowable(call::run);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        return (StatusRuntimeException) thrown;
    }

    private static String reason(StatusRuntimeException e) {
        try {
            return Objects.requireNonNull(StatusProto.fromThrowable(e))
                    .getDetails(0)
                    .unpack(ErrorInfo.class)
                    .getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException bad) {
            throw new AssertionError(bad);
        }
    }

    /** Bytes as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public java.io.InputStream stream(byte[] value) {
            return new java.io.ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(java.io.InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }
}
