package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CancelJobResponse;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a channel does about calls that go wrong, against a server that answers by a script. */
@Tag("OPS-09")
class RpcChannelIT {
    private final Closer closer = new Closer();
    private final Queue<Status> script = new ConcurrentLinkedQueue<>();
    private final JobsServiceGrpc.JobsServiceBlockingStub jobs = open();

    private JobsServiceGrpc.JobsServiceBlockingStub open() {
        Telemetry telemetry = closer.add(Telemetry.start("test", Settings.of(Map.of())));
        Server server = serve();
        closer.add(server::shutdownNow);
        return JobsServiceGrpc.newBlockingStub(closer.add(RpcChannel.open(
                        RpcTarget.clear("dns:///127.0.0.1:" + server.getPort(), JobsServiceGrpc.getServiceDescriptor()),
                        () -> null,
                        telemetry))
                .channel());
    }

    private Server serve() {
        try {
            return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(new Scripted())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("No port of loopback", e);
        }
    }

    private final class Scripted extends JobsServiceGrpc.JobsServiceImplBase {
        private <T> void answer(T message, StreamObserver<T> answers) {
            Status status = script.poll();
            if (status == null) {
                answers.onNext(message);
                answers.onCompleted();
            } else {
                answers.onError(status.asRuntimeException());
            }
        }

        @Override
        public void getJob(GetJobRequest request, StreamObserver<GetJobResponse> answers) {
            answer(GetJobResponse.getDefaultInstance(), answers);
        }

        @Override
        public void cancelJob(CancelJobRequest request, StreamObserver<CancelJobResponse> answers) {
            answer(CancelJobResponse.getDefaultInstance(), answers);
        }
    }

    @AfterEach
    void end() {
        closer.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "UNKNOWN"})
    void a_call_that_may_be_repeated_outlives_connections_lost_under_it(Status.Code lost) {
        script.addAll(List.of(lost.toStatus(), lost.toStatus(), lost.toStatus()));
        assertThat(jobs.getJob(GetJobRequest.getDefaultInstance())).isEqualTo(GetJobResponse.getDefaultInstance());
        assertThat(script).isEmpty();
    }

    @Test
    void a_mistake_of_a_service_and_what_must_be_done_once_are_not_repeated() {
        script.addAll(List.of(Status.INTERNAL, Status.UNKNOWN, Status.NOT_FOUND));
        assertThatThrownBy(() -> jobs.getJob(GetJobRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("INTERNAL");
        assertThatThrownBy(() -> jobs.cancelJob(CancelJobRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("UNKNOWN");
        assertThat(script).containsExactly(Status.NOT_FOUND);
    }
}
