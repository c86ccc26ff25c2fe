package dev.rekindle.bench.mesh;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.JobsServiceGrpc.JobsServiceBlockingStub;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.platform.rpc.Headers;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * The same reads over every wire, all by one client library with as many connections and HTTP/2, so that only the wire
 * differs. Answers over gRPC and gRPC-Web become messages; those over REST stay bytes.
 */
final class Wires implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final int PAGE_SIZE = 20;
    private static final Duration TOKEN_LIFE = Duration.ofHours(2);

    /** The way of a call. */
    enum Wire {
        DIRECT("gRPC to the service"),
        GRPC("gRPC by the gateway"),
        GRPC_WEB("gRPC-Web by the gateway"),
        REST("REST by the gateway");

        private final String label;

        Wire(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** What is called. */
    enum Read {
        GET_JOB("GetJob"),
        LIST_JOBS("ListJobs, " + PAGE_SIZE + " of them");

        private final String label;

        Read(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private final ClientFactory connections = ClientFactory.builder()
            .workerGroup(CONNECTIONS)
            .maxNumEventLoopsPerEndpoint(CONNECTIONS)
            .build();
    private final JobsServiceBlockingStub direct;
    private final JobsServiceBlockingStub grpc;
    private final JobsServiceBlockingStub grpcWeb;
    private final WebClient rest;
    private final GetJobRequest getJob;
    private final ListJobsRequest listJobs =
            ListJobsRequest.newBuilder().setPageSize(PAGE_SIZE).build();

    /** Wires of a user who has that job and others. */
    Wires(World world, String user, String jobId) {
        this.getJob = GetJobRequest.newBuilder().setJobId(jobId).build();
        IdentityTokens gateway = world.vouching("gateway");
        Identity identity = new Identity(user, Set.of(Role.ROLE_USER), null, Instant.MAX);
        this.direct = GrpcClients.builder("gproto+h2c://127.0.0.1:" + world.port("jobs"))
                .factory(connections)
                .decorator((delegate, ctx, request) -> {
                    ctx.addAdditionalRequestHeader(Headers.IDENTITY.name(), gateway.sign(identity));
                    return delegate.execute(ctx, request);
                })
                .build(JobsServiceBlockingStub.class);
        String bearer = "Bearer " + world.issuer().token(user, Set.of(Role.ROLE_USER), TOKEN_LIFE);
        this.grpc = byGateway(world, "gproto", bearer);
        this.grpcWeb = byGateway(world, "gproto-web", bearer);
        this.rest = WebClient.builder("h2c://127.0.0.1:" + world.gatewayPort())
                .factory(connections)
                .addHeader(HttpHeaderNames.AUTHORIZATION, bearer)
                .build();
    }

    private JobsServiceBlockingStub byGateway(World world, String format, String bearer) {
        return GrpcClients.builder(format + "+h2c://127.0.0.1:" + world.gatewayPort())
                .factory(connections)
                .addHeader(HttpHeaderNames.AUTHORIZATION, bearer)
                .build(JobsServiceBlockingStub.class);
    }

    /** Makes one call; it throws where the answer is not the right one. */
    void call(Wire wire, Read read) {
        switch (wire) {
            case DIRECT -> call(direct, read);
            case GRPC -> call(grpc, read);
            case GRPC_WEB -> call(grpcWeb, read);
            case REST -> callRest(read);
        }
    }

    private void call(JobsServiceBlockingStub stub, Read read) {
        boolean right = switch (read) {
            case GET_JOB -> stub.getJob(getJob).getJob().getId().equals(getJob.getJobId());
            case LIST_JOBS -> stub.listJobs(listJobs).getJobsCount() == PAGE_SIZE;
        };
        if (!right) {
            throw new IllegalStateException(read.label() + " answered something else");
        }
    }

    private void callRest(Read read) {
        String path = switch (read) {
            case GET_JOB -> "/v1/jobs/" + getJob.getJobId();
            case LIST_JOBS -> "/v1/jobs?pageSize=" + PAGE_SIZE;
        };
        AggregatedHttpResponse answer = rest.get(path).aggregate().join();
        if (!answer.status().equals(HttpStatus.OK)) {
            throw new IllegalStateException(path + " answered " + answer.status() + " " + answer.contentUtf8());
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
