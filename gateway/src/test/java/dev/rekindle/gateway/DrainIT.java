package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that ends while calls are under way, and streams whose readers may no longer listen. */
class DrainIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
    private static final long WAIT_SECONDS = 20;

    private final CountDownLatch asked = new CountDownLatch(2);
    private final CountDownLatch go = new CountDownLatch(1);
    private GatewayFixture fixture;
    private GrpcClient client;

    @BeforeEach
    void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(JobsServiceGrpc.getGetJobMethod(), request -> {
                            asked.countDown();
                            go.await(WAIT_SECONDS, TimeUnit.SECONDS);
                            return GetJobResponse.newBuilder()
                                    .setJob(Job.newBuilder().setId(request.getJobId()))
                                    .build();
                        })
                        .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), (request, answers) -> {
                            CountDownLatch gone = new CountDownLatch(1);
                            answers.onCancel(gone::countDown);
                            answers.send(WatchJobResponse.newBuilder()
                                    .setEventId("e1")
                                    .build());
                            gone.await(WAIT_SECONDS, TimeUnit.SECONDS);
                        })
                        .build()),
                Map.of());
        client = new GrpcClient(fixture);
    }

    @AfterEach
    void stop() {
        go.countDown();
        client.close();
        fixture.close();
    }

    private boolean isReady() {
        try {
            return fixture.gateway.health().report().ready();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Iterator<WatchJobResponse> watch(Channel channel) {
        Iterator<WatchJobResponse> stream = JobsServiceGrpc.newBlockingStub(channel)
                .watchJob(WatchJobRequest.newBuilder().setJobId(ID).build());
        assertThat(stream.next().getEventId()).isEqualTo("e1");
        return stream;
    }

    @Test
    @Tag("PRC-04")
    void calls_under_way_are_answered_before_the_gateway_ends() throws Exception {
        CompletableFuture<GetJobResponse> grpc = CompletableFuture.supplyAsync(
                () -> JobsServiceGrpc.newBlockingStub(client.as("ada"))
                        .getJob(GetJobRequest.newBuilder().setJobId(ID).build()),
                THREADS);
        CompletableFuture<HttpResponse<String>> rest = fixture.http()
                .sendAsync(fixture.as("ada", "/v1/jobs/" + ID).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(asked.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> end = CompletableFuture.runAsync(fixture.gateway::close, THREADS);
        Until.so("the gateway says that it ends", () -> !isReady());
        Until.steady(() -> grpc.isDone() || rest.isDone() || end.isDone() ? 1 : 0); // time to do wrong
        assertThat(List.of(grpc, rest, end)).noneMatch(CompletableFuture::isDone);
        go.countDown();

        assertThat(grpc.get(WAIT_SECONDS, TimeUnit.SECONDS).getJob().getId()).isEqualTo(ID);
        assertThat(rest.get(WAIT_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        end.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @Tag("PRC-04")
    void readers_over_grpc_are_told_to_come_back_when_the_gateway_ends() throws Exception {
        Iterator<WatchJobResponse> stream = watch(client.as("ada"));
        CompletableFuture<Void> end = CompletableFuture.runAsync(fixture.gateway::close, THREADS);
        StatusRuntimeException refusal = GrpcClient.refusal(stream::next);

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refusal.getStatus().getDescription()).isEqualTo("This server shuts down; connect again and go on.");
        assertThat(GrpcClient.details(refusal)
                        .getDetails(1)
                        .unpack(RetryInfo.class)
                        .getRetryDelay()
                        .getSeconds())
                .isEqualTo(1);
        end.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @Tag("API-04")
    void a_stream_over_grpc_does_not_outlive_the_credentials_of_its_reader() {
        // Tokens are good for 30 s past their end, so that clocks need not agree: this one has 2 s left.
        String token = fixture.issuer.token("ada", Set.of(Role.ROLE_USER), Duration.ofSeconds(-28));
        Iterator<WatchJobResponse> stream = watch(ClientInterceptors.intercept(
                client.anonymous(),
                MetadataUtils.newAttachHeadersInterceptor(GrpcClient.header("authorization", "Bearer " + token))));
        StatusRuntimeException refusal = GrpcClient.refusal(stream::next);

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal.getStatus().getDescription()).startsWith("Your credentials have expired");
    }
}
