package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.rpc.Headers;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that answer once, by a plain gRPC client before the gateway. */
class GrpcIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";

    private static GatewayFixture fixture;
    private static GrpcClient client;
    private static final BlockingQueue<String> seen = new ArrayBlockingQueue<>(100);

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(JobsServiceGrpc.getGetJobMethod(), GrpcIT::getJob)
                        .build()),
                Map.of("limits.unary_max", "2s"));
        client = new GrpcClient(fixture);
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

    @AfterAll
    static void stop() {
        client.close();
        fixture.close();
    }

    private static JobsServiceGrpc.JobsServiceBlockingStub as(String user) {
        return JobsServiceGrpc.newBlockingStub(client.as(user));
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
        Metadata headers = GrpcClient.header("x-request-id", "my-own-request-id");
        var answered = new AtomicReference<Metadata>();
        var trailers = new AtomicReference<Metadata>();
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
        assertThat(codeOf(() -> JobsServiceGrpc.newBlockingStub(client.anonymous())
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .getJob(job())))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    @Tag("API-02")
    void violations_come_through_with_their_details() throws Exception {
        StatusRuntimeException e = GrpcClient.refusal(
                () -> as("ada").getJob(GetJobRequest.newBuilder().setJobId("x").build()));

        com.google.rpc.Status status = GrpcClient.details(e);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("INVALID_REQUEST");
        assertThat(status.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("job_id");
    }

    @Test
    @Tag("API-05")
    void a_call_that_takes_too_long_ends_with_a_deadline_of_ours() {
        StatusRuntimeException e = GrpcClient.refusal(() -> as("slow").getJob(job()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(e.getStatus().getDescription()).doesNotContain("127.0.0.1").contains("not ready in time");
    }

    @Test
    @Tag("API-05")
    void the_deadline_of_the_client_is_kept() {
        long start = System.nanoTime();
        StatusRuntimeException e = GrpcClient.refusal(
                () -> as("slow").withDeadlineAfter(300, TimeUnit.MILLISECONDS).getJob(job()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
    }

    @Test
    @Tag("API-05")
    void a_message_over_the_limit_is_refused() {
        StatusRuntimeException e = GrpcClient.refusal(() -> as("ada")
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
        StatusRuntimeException e = GrpcClient.refusal(() -> ClientCalls.blockingUnaryCall(
                client.as("ada"), method, CallOptions.DEFAULT, new byte[] {(byte) 0xff, (byte) 0xff, 1}));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(reason(e)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    @Tag("API-04")
    void calls_between_services_are_not_there() {
        assertThat(codeOf(() -> EventsServiceGrpc.newBlockingStub(client.as("ada"))
                        .publishEvents(PublishEventsRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    @Tag("OPS-04")
    void health_tells_of_the_gateway_and_of_the_services_behind_it() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(client.anonymous());
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
                        client.anonymous(), ServerReflectionGrpc.getServerReflectionInfoMethod(), CallOptions.DEFAULT);
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

    private static Status.Code codeOf(Runnable call) {
        return GrpcClient.refusal(call).getStatus().getCode();
    }

    private static String reason(StatusRuntimeException e) {
        try {
            return GrpcClient.details(e).getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException bad) {
            throw new AssertionError(bad);
        }
    }

    /** Bytes as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
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
    }
}
