package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real server and a real channel, with all interceptors between them. */
@Tag("CARD-01")
@Tag("API-02")
class RpcServerIT {
    private static final String ID = "018f0000-0000-7000-8000-000000000001";
    private static final Identity ADA = new Identity("ada", Set.of(Role.ROLE_USER), null, Instant.MAX);
    private static final KeyPair KEYS = IdentityKeys.generate();
    private static final AtomicInteger sent = new AtomicInteger();
    private static final CountDownLatch readerGone = new CountDownLatch(1);

    private static Telemetry telemetry;
    private static IdentityTokens tokens;
    private static RpcServer server;

    @BeforeAll
    static void start() {
        telemetry = Telemetry.start("test", Settings.of(Map.of()));
        tokens = new IdentityTokens(
                new IdentityKeys("gateway", KEYS.getPrivate(), Map.of("gateway", KEYS.getPublic())), Clock.systemUTC());
        server = RpcServer.start(
                new RpcServerConfig("127.0.0.1", 0, 4 << 20, 100, true, Duration.ofSeconds(1)),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .unary(JobsServiceGrpc.getGetJobMethod(), RpcServerIT::getJob)
                                .unary(JobsServiceGrpc.getListJobsMethod(), RpcServerIT::listJobs)
                                .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), RpcServerIT::watchJob)
                                .build(),
                        RpcService.of(PhotosServiceGrpc.getServiceDescriptor())
                                .clientStreaming(PhotosServiceGrpc.getWriteUploadMethod(), RpcServerIT::writeUpload)
                                .build()));
    }

    @AfterAll
    static void stop() {
        server.close();
        telemetry.close();
    }

    private static GetJobResponse getJob(GetJobRequest request) {
        return GetJobResponse.newBuilder()
                .setJob(Job.newBuilder()
                        .setId(request.getJobId())
                        .setUserId(Identity.currentUser())
                        .setTraceId(Headers.CURRENT_REQUEST_ID.get()))
                .build();
    }

    private static ListJobsResponse listJobs(ListJobsRequest request) {
        throw switch (request.getPageToken()) {
            case "away" -> Failure.of(Reason.REASON_OVERLOADED, "Too busy.").withRetryDelay(Duration.ofSeconds(7));
            case String token -> new IllegalStateException("secret detail about " + token);
        };
    }

    private static void watchJob(WatchJobRequest request, MessageSink<WatchJobResponse> answers)
            throws InterruptedException {
        answers.onCancel(readerGone::countDown);
        WatchJobResponse large = WatchJobResponse.newBuilder()
                .setJob(Job.newBuilder().addReport("x".repeat(16 << 10)))
                .build();
        for (int i = 0; i < 10_000; i++) {
            answers.send(large);
            sent.incrementAndGet();
        }
    }

    private static WriteUploadResponse writeUpload(MessageSource<WriteUploadRequest> requests)
            throws InterruptedException {
        long size = 0;
        for (WriteUploadRequest next = requests.next(); next != null; next = requests.next()) {
            size += next.getChunk().size();
        }
        return WriteUploadResponse.newBuilder()
                .setUpload(Upload.newBuilder().setOffsetBytes(size))
                .build();
    }

    private static RpcChannel channel(Identity identity) {
        return RpcChannel.open(
                RpcTarget.clear("dns:///127.0.0.1:" + server.port()), () -> tokens.sign(identity), telemetry);
    }

    private static Failure refusal(Identity identity, Runnable1 call) {
        try (RpcChannel channel = channel(identity)) {
            StatusRuntimeException thrown = catchThrowableOfType(
                    StatusRuntimeException.class, () -> call.run(JobsServiceGrpc.newBlockingStub(channel.channel())));
            assertThat(thrown).isNotNull();
            return Failures.of(thrown);
        }
    }

    private interface Runnable1 {
        void run(JobsServiceGrpc.JobsServiceBlockingStub stub);
    }

    @Test
    void a_call_carries_its_identity_and_request_id() throws Exception {
        try (RpcChannel channel = channel(ADA)) {
            Job job = Context.current()
                    .withValue(Headers.CURRENT_REQUEST_ID, "req-7")
                    .call(() -> JobsServiceGrpc.newBlockingStub(channel.channel())
                            .getJob(GetJobRequest.newBuilder().setJobId(ID).build())
                            .getJob());
            assertThat(job.getUserId()).isEqualTo("ada");
            assertThat(job.getTraceId()).isEqualTo("req-7");
        }
    }

    @Test
    void a_request_that_breaks_a_rule_of_the_contract_is_refused_with_every_field() {
        Failure failure = refusal(
                ADA,
                stub -> stub.listJobs(ListJobsRequest.newBuilder()
                        .setPageSize(-1)
                        .setPhotoId("nonsense")
                        .build()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.violations())
                .extracting(Failure.Violation::field)
                .containsExactlyInAnyOrder("page_size", "photo_id");
    }

    @Test
    void a_failure_arrives_whole_and_a_mistake_of_ours_shows_nothing() {
        Failure busy = refusal(
                ADA,
                stub -> stub.listJobs(
                        ListJobsRequest.newBuilder().setPageToken("away").build()));
        assertThat(busy.reason()).isEqualTo(Reason.REASON_OVERLOADED);
        assertThat(busy.retryDelay()).isEqualTo(Duration.ofSeconds(7));
        Failure ours = refusal(
                ADA,
                stub -> stub.listJobs(
                        ListJobsRequest.newBuilder().setPageToken("x").build()));
        assertThat(ours.reason()).isEqualTo(Reason.REASON_INTERNAL);
        assertThat(ours.message()).doesNotContain("secret");
    }

    @Test
    void a_method_nothing_is_bound_to_says_so() {
        Failure failure = refusal(
                ADA,
                stub -> stub.cancelJob(
                        CancelJobRequest.newBuilder().setJobId(ID).build()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
    }

    @Test
    @Tag("API-04")
    void the_rule_of_the_contract_decides_who_may_call() {
        GetJobRequest request = GetJobRequest.newBuilder().setJobId(ID).build();
        Identity admin = new Identity("root", Set.of(Role.ROLE_ADMIN), null, Instant.MAX);
        assertThat(refusal(admin, stub -> stub.getJob(request)).reason()).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        Identity key = new Identity("ada", Set.of(Role.ROLE_PARTNER), Set.of("jobs:write"), Instant.MAX);
        Failure scope = refusal(key, stub -> stub.getJob(request));
        assertThat(scope.reason()).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        assertThat(scope.message()).contains("jobs:read");
    }

    @Test
    @Tag("EV-05")
    void a_slow_reader_holds_the_sender_back_and_leaving_ends_it() throws Exception {
        try (RpcChannel channel = channel(ADA)) {
            Context.CancellableContext reading = Context.current().withCancellation();
            Iterator<WatchJobResponse> answers = reading.call(() -> JobsServiceGrpc.newBlockingStub(channel.channel())
                    .watchJob(WatchJobRequest.newBuilder().setJobId(ID).build()));
            answers.next();
            answers.next();
            assertThat(sent.get()).isLessThan(1000); // 16 MB at most are under way; all of it would be 160 MB
            reading.cancel(null);
            assertThat(readerGone.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_streamed_request_is_taken_message_by_message() throws Exception {
        try (RpcChannel channel = channel(ADA)) {
            CompletableFuture<WriteUploadResponse> answer = new CompletableFuture<>();
            StreamObserver<WriteUploadRequest> requests = PhotosServiceGrpc.newStub(channel.channel())
                    .writeUpload(new StreamObserver<>() {
                        @Override
                        public void onNext(WriteUploadResponse value) {
                            answer.complete(value);
                        }

                        @Override
                        public void onError(Throwable thrown) {
                            answer.completeExceptionally(thrown);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            requests.onNext(WriteUploadRequest.newBuilder()
                    .setHeader(WriteUploadHeader.newBuilder().setUploadId(ID))
                    .build());
            for (int i = 0; i < 20; i++) {
                requests.onNext(WriteUploadRequest.newBuilder()
                        .setChunk(ByteString.copyFrom(new byte[100_000]))
                        .build());
            }
            requests.onCompleted();
            assertThat(answer.get(20, TimeUnit.SECONDS).getUpload().getOffsetBytes())
                    .isEqualTo(2_000_000);
        }
    }
}
