package dev.rekindle.gateway;

import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.ServerServiceDefinition;
import java.security.KeyPair;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A mesh of real gRPC servers with the real interceptors, whose methods a test writes itself. */
final class MeshFixture implements AutoCloseable {
    private static final RequestValidator VALIDATOR = new RequestValidator();

    private final Closer closer = new Closer();
    private final KeyPair gatewayKeys = IdentityKeys.generate();
    private final Map<String, RpcServer> servers = new LinkedHashMap<>();

    /** Starts the four rooms; each serves what is given of its package. */
    MeshFixture(List<ServerServiceDefinition> services) {
        Map<String, List<ServerServiceDefinition>> byRoom = new HashMap<>();
        Mesh.ROOMS.forEach(room -> byRoom.put(room, new ArrayList<>()));
        for (ServerServiceDefinition service : services) {
            String room = service.getServiceDescriptor().getName().split("\\.", -1)[1];
            byRoom.getOrDefault(room, new ArrayList<>()).add(service);
        }
        byRoom.forEach((room, own) -> servers.put(room, start(room, own)));
    }

    private RpcServer start(String room, List<ServerServiceDefinition> services) {
        IdentityKeys keys = new IdentityKeys(
                room, IdentityKeys.generate().getPrivate(), Map.of("gateway", gatewayKeys.getPublic()));
        Settings settings = Settings.of(Map.of());
        Telemetry telemetry = closer.add(Telemetry.start(room, settings));
        return closer.add(RpcServer.start(
                RpcServerConfig.from(settings),
                new IdentityTokens(keys, Clock.systemUTC()),
                VALIDATOR,
                telemetry,
                services));
    }

    /** Settings by which a gateway reaches this mesh. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("identity.private_key", IdentityKeys.encode(gatewayKeys.getPrivate()));
        servers.forEach((room, server) -> settings.put("services." + room, "dns:///127.0.0.1:" + server.port()));
        return settings;
    }

    /** Ends one room. */
    void stop(String room) {
        RpcServer server = servers.get(room);
        if (server != null) {
            server.close();
        }
    }

    @Override
    public void close() {
        closer.close();
    }
}
