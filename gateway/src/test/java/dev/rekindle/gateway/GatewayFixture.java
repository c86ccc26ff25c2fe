package dev.rekindle.gateway;

import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Logs;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.ServerServiceDefinition;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real gateway before a mesh of the test's own, with the embedded sign-in. */
final class GatewayFixture implements AutoCloseable {
    static {
        Logs.start(Logs.Format.TEXT, "warn", "");
    }

    private static final String KEY = EmbeddedIssuer.newKey();
    private static final String ISSUER = "http://localhost/dev/oidc";

    final MeshFixture mesh;
    final GatewayMain gateway;
    final Telemetry telemetry;
    final EmbeddedIssuer issuer = new EmbeddedIssuer(new Secret(KEY), ISSUER, Clock.systemUTC());
    private final Closer closer = new Closer();
    private final HttpClient http;

    GatewayFixture(List<ServerServiceDefinition> services, Map<String, String> settings) throws InterruptedException {
        mesh = closer.add(new MeshFixture(services));
        Map<String, String> all = new HashMap<>(mesh.settings());
        all.put("http.port", "0");
        all.put("auth.embedded_signin", "true");
        all.put("auth.embedded.private_key", KEY);
        all.putAll(settings);
        telemetry = closer.add(Telemetry.start("gateway", Settings.of(Map.of())));
        Settings read = Settings.of(all);
        gateway = closer.add(GatewayMain.start(read, telemetry, Clock.systemUTC()));
        read.check();
        http = closer.add(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build());
    }

    GatewayFixture(ServerServiceDefinition... services) throws InterruptedException {
        this(List.of(services), Map.of());
    }

    String token(String user) {
        return issuer.token(user, Set.of(Role.ROLE_USER), Duration.ofHours(1));
    }

    String token(String user, Role... roles) {
        return issuer.token(user, Set.of(roles), Duration.ofHours(1));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.port() + path);
    }

    /** A request of a user. */
    HttpRequest.Builder as(String user, String path) {
        return anonymous(path).header("Authorization", "Bearer " + token(user));
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    /** Sends with HTTP/1.1. */
    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String user, String path) throws Exception {
        return send(as(user, path));
    }

    HttpResponse<String> post(String user, String path, String json) throws Exception {
        return send(as(user, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpClient http() {
        return http;
    }

    @Override
    public void close() {
        closer.close();
    }
}
