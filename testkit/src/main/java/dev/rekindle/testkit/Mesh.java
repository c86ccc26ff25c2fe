package dev.rekindle.testkit;

import dev.rekindle.common.v1.Role;
import dev.rekindle.embedded.FreePorts;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys, ports and settings by which services of a test find and trust each other, as they do in production. */
public final class Mesh {
    private static final List<String> PROCESSES = List.of("gateway", "jobs", "credits", "events", "processing");
    private static final Map<String, KeyPair> KEYS =
            PROCESSES.stream().collect(Collectors.toMap(name -> name, name -> IdentityKeys.generate()));

    private Mesh() {}

    /** The settings by which a process of that name knows itself and trusts the others. */
    public static Map<String, String> identity(String process) {
        KeyPair own = keys(process);
        return Map.of(
                "identity.private_key",
                IdentityKeys.encode(own.getPrivate()),
                "identity.trusted_keys",
                PROCESSES.stream()
                        .map(name -> name + ":" + IdentityKeys.encode(keys(name).getPublic()))
                        .collect(Collectors.joining(",")));
    }

    /** The tokens of a process of that name. */
    public static IdentityTokens tokens(String process) {
        return new IdentityTokens(
                new IdentityKeys(
                        process,
                        keys(process).getPrivate(),
                        PROCESSES.stream()
                                .collect(Collectors.toMap(
                                        name -> name, name -> keys(name).getPublic()))),
                Clock.systemUTC());
    }

    private static KeyPair keys(String process) {
        KeyPair keys = KEYS.get(process);
        if (keys == null) {
            throw new IllegalArgumentException(process + " is no process of the mesh");
        }
        return keys;
    }

    /** A signed-in user. */
    public static Identity user(String id) {
        return new Identity(id, Set.of(Role.ROLE_USER), null, Instant.MAX);
    }

    /** An operator. */
    public static Identity admin(String id) {
        return new Identity(id, Set.of(Role.ROLE_ADMIN), null, Instant.MAX);
    }

    /** A channel to a port on which the gateway vouches for the identity. */
    public static RpcChannel channel(int port, Identity identity, Telemetry telemetry) {
        IdentityTokens gateway = tokens("gateway");
        return RpcChannel.open(RpcTarget.clear("dns:///127.0.0.1:" + port), () -> gateway.sign(identity), telemetry);
    }

    /** A channel to a port on which a service speaks for itself. */
    public static RpcChannel channel(int port, String service, Telemetry telemetry) {
        return RpcChannel.open(RpcTarget.clear("dns:///127.0.0.1:" + port), tokens(service), telemetry);
    }

    /** Serves services of a test's own, behind the same interceptors as in production. */
    public static RpcServer serve(String process, Telemetry telemetry, List<ServerServiceDefinition> services) {
        return RpcServer.start(
                new RpcServerConfig("127.0.0.1", 0, 4 << 20, 1000, true, Duration.ofSeconds(1)),
                tokens(process),
                new RequestValidator(),
                telemetry,
                services);
    }

    /** Telemetry of a test. */
    public static Telemetry telemetry() {
        return Telemetry.start("test", Settings.of(Map.of()));
    }

    /** Settings of the test's database of that name. */
    public static Map<String, String> database(DatabaseConfig config) {
        return Map.of(
                "database.url", config.url(),
                "database.user", config.user(),
                "database.password", config.password().reveal());
    }

    /** Settings of the shared Redis. */
    public static Map<String, String> redis() {
        RedisConfig config = Servers.redisConfig();
        return Map.of("redis.url", config.url());
    }

    /** Settings of the shared store. */
    public static Map<String, String> blobs() {
        BlobsConfig config = Servers.blobsConfig();
        return Map.of(
                "blobs.endpoint", config.endpoint().toString(),
                "blobs.bucket", config.bucket(),
                "blobs.access_key", config.accessKey(),
                "blobs.secret_key", config.secretKey().reveal());
    }

    /** Several maps as settings; later ones win. */
    @SafeVarargs
    public static Settings settings(Map<String, String>... parts) {
        Map<String, String> all = new HashMap<>();
        for (Map<String, String> part : parts) {
            all.putAll(part);
        }
        return Settings.of(all);
    }

    /** A port nobody listens on at this moment. */
    public static int freePort() {
        try {
            return FreePorts.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
