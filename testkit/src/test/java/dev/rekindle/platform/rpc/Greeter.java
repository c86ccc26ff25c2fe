package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CancelJobResponse;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.platform.tls.MeshTls;
import dev.rekindle.testkit.Mesh;
import io.grpc.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One instance of a service of the contract, which says who answered and refuses as often as a test wants. */
final class Greeter implements AutoCloseable {
    final String name;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger refusals = new AtomicInteger();
    final ConcurrentLinkedQueue<String> requestIds = new ConcurrentLinkedQueue<>();
    private final RpcServer server;

    Greeter(String name, @Nullable MeshTls tls, Telemetry telemetry) {
        this("127.0.0.1", name, tls, telemetry);
    }

    Greeter(String host, String name, @Nullable MeshTls tls, Telemetry telemetry) {
        this.name = name;
        this.server = RpcServer.start(
                new RpcServerConfig(host, 0, 4 << 20, 1000, false, Duration.ofSeconds(1), Duration.ofMinutes(1), tls),
                Mesh.tokens("jobs"),
                new RequestValidator(),
                telemetry,
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(JobsServiceGrpc.getGetJobMethod(), this::getJob)
                        .unary(JobsServiceGrpc.getCreateJobMethod(), this::createJob)
                        .unary(JobsServiceGrpc.getCancelJobMethod(), this::cancelJob)
                        .build()));
    }

    int port() {
        return server.port();
    }

    private void count() {
        calls.incrementAndGet();
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, name + " goes away.");
        }
    }

    /** Answers who answered, and how many milliseconds the caller still waits. */
    private GetJobResponse getJob(GetJobRequest request) {
        count();
        long left = Optional.ofNullable(Context.current().getDeadline())
                .map(deadline -> deadline.timeRemaining(TimeUnit.MILLISECONDS))
                .orElse(-1L);
        return GetJobResponse.newBuilder()
                .setJob(Job.newBuilder().setUserId(name).setRevision(left))
                .build();
    }

    private CreateJobResponse createJob(CreateJobRequest request) {
        requestIds.add(request.getRequestId());
        count();
        return CreateJobResponse.newBuilder()
                .setJob(Job.newBuilder().setUserId(name))
                .build();
    }

    private CancelJobResponse cancelJob(CancelJobRequest request) {
        count();
        return CancelJobResponse.getDefaultInstance();
    }

    @Override
    public void close() {
        server.close();
    }
}
