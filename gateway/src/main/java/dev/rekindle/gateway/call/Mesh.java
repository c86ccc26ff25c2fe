package dev.rekindle.gateway.call;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.platform.telemetry.HealthCheck;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The services behind the gateway: one channel each, on which every call goes out in the name of its caller. */
public final class Mesh implements AutoCloseable {
    /** The rooms a mesh has; the package {@code rekindle.jobs.v1} lives in the room "jobs". */
    public static final List<String> ROOMS = List.of("jobs", "credits", "processing", "events");

    private static final long HEALTH_MILLIS_MAX = 1500;

    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final Closer closer = new Closer();

    private Mesh() {}

    /** Opens channels to targets by room. Nothing is connected before the first call. */
    public static Mesh open(Map<String, RpcTarget> targets, IdentityTokens tokens, Telemetry telemetry) {
        Mesh mesh = new Mesh();
        targets.forEach((room, target) -> {
            RpcChannel channel = mesh.closer.add(RpcChannel.open(
                    target,
                    () -> {
                        Identity sender = Exchange.SENDER.get();
                        return sender == null ? null : tokens.sign(sender);
                    },
                    telemetry));
            mesh.channels.put(room, channel.channel());
        });
        return mesh;
    }

    /** The channel to the room a service lives in, by the package of its contract. */
    public Channel channel(String serviceName) {
        String[] parts = serviceName.split("\\.", 3);
        Channel channel = parts.length == 3 ? channels.get(parts[1]) : null;
        if (channel == null) {
            throw new IllegalStateException("No room of the mesh has the service " + serviceName);
        }
        return channel;
    }

    /** Whether each room serves, by the gRPC health protocol. */
    public List<HealthCheck> checks() {
        List<HealthCheck> checks = new ArrayList<>();
        channels.forEach((room, channel) -> checks.add(HealthCheck.of(room, () -> checkServing(room, channel))));
        return checks;
    }

    private static void checkServing(String room, Channel channel) {
        HealthCheckResponse answer = HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(HEALTH_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .check(HealthCheckRequest.getDefaultInstance());
        if (answer.getStatus() != HealthCheckResponse.ServingStatus.SERVING) {
            throw new IllegalStateException(room + " is " + answer.getStatus());
        }
    }

    @Override
    public void close() {
        closer.close();
    }
}
