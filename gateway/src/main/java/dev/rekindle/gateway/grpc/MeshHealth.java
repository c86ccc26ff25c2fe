package dev.rekindle.gateway.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;

/**
 * The gRPC health protocol: "" is the gateway itself, the name of a service is answered by the service that has it.
 */
public final class MeshHealth extends HealthGrpc.HealthImplBase {
    private final Map<String, Channel> channels = new HashMap<>();
    private final HealthStatusManager own = new HealthStatusManager();
    private final HealthGrpc.HealthImplBase ownService = (HealthGrpc.HealthImplBase) own.getHealthService();

    public MeshHealth(Mesh mesh) {
        Contract.SERVICES.forEach(service -> channels.put(service.getName(), mesh.channel(service.getName())));
        setServing(false);
    }

    /** Tells whether the gateway takes calls. */
    public void setServing(boolean serving) {
        own.setStatus(
                "",
                serving ? HealthCheckResponse.ServingStatus.SERVING : HealthCheckResponse.ServingStatus.NOT_SERVING);
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        Channel channel = channels.get(request.getService());
        if (channel == null) {
            ownService.check(request, answers);
        } else {
            onward().run(() -> HealthGrpc.newStub(channel).check(request, new Guarded(answers)));
        }
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
        Channel channel = channels.get(request.getService());
        if (channel == null) {
            ownService.watch(request, answers);
        } else {
            onward().run(() -> HealthGrpc.newStub(channel).watch(request, new Guarded(answers)));
        }
    }

    /** A context in which a watch ends with the request it answers. */
    private static Context onward() {
        ServiceRequestContext ctx = ServiceRequestContext.current();
        return Exchange.of(ctx).open(ctx);
    }

    /** Answers passed on, with the addresses inside taken out of errors. */
    private record Guarded(StreamObserver<HealthCheckResponse> answers) implements StreamObserver<HealthCheckResponse> {
        @Override
        public void onNext(HealthCheckResponse answer) {
            answers.onNext(answer);
        }

        @Override
        public void onError(Throwable thrown) {
            Failure failure = WireFailures.of(thrown);
            answers.onError(Failures.toStatus(failure));
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }
}
