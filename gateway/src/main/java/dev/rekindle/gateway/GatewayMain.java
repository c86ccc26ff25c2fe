package dev.rekindle.gateway;

import com.linecorp.armeria.server.Server;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.gateway.auth.AuthConfig;
import dev.rekindle.gateway.auth.BearerAuthenticator;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.gateway.auth.EmbeddedSignIn;
import dev.rekindle.gateway.auth.JwtAuthenticator;
import dev.rekindle.gateway.auth.SecretAuthenticator;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.gateway.grpc.GrpcProxy;
import dev.rekindle.gateway.grpc.MeshHealth;
import dev.rekindle.gateway.limit.Limiter;
import dev.rekindle.gateway.rest.EventSocket;
import dev.rekindle.gateway.rest.RestBinder;
import dev.rekindle.gateway.web.HealthPages;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthCheck;
import dev.rekindle.platform.telemetry.Telemetry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The gateway process: one public port in front of the mesh. */
public final class GatewayMain implements ProcessMain.Running {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);

    private final Closer closer;
    private final Server server;
    private final Health health;

    private GatewayMain(Closer closer, Server server, Health health) {
        this.closer = closer;
        this.server = server;
        this.health = health;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("gateway", GatewayMain::start);
    }

    /** Opens the port; when this returns, the gateway has warmed up and takes requests. */
    public static GatewayMain start(Settings settings, Telemetry telemetry, Clock clock) throws InterruptedException {
        Closer closer = new Closer();
        try {
            return start(
                    GatewayConfig.from(settings), IdentityKeys.from("gateway", settings), telemetry, clock, closer);
        } catch (InterruptedException | BadSettings e) {
            closer.close();
            throw e;
        } catch (RuntimeException e) {
            closer.close();
            settings.check(); // a bad setting explains it better
            throw e;
        }
    }

    private static GatewayMain start(
            GatewayConfig config, IdentityKeys keys, Telemetry telemetry, Clock clock, Closer closer)
            throws InterruptedException {
        Ids ids = Ids.timeOrdered();
        AtomicBoolean ready = new AtomicBoolean();

        Mesh mesh = closer.add(Mesh.open(config.targets(), new IdentityTokens(keys, clock), telemetry));
        Refusals refusals = new Refusals(clock, ids);
        Replies replies =
                new Replies(refusals, config.rest().idleMax(), config.calls().requestsMax());
        Deadlines deadlines = new Deadlines(clock, config.calls().unaryMax());
        OpenStreams streams = new OpenStreams(config.calls().streamsMax());
        MeshHealth meshHealth = new MeshHealth(mesh);

        AuthConfig.Embedded embedded = config.auth().embedded();
        EmbeddedIssuer issuer =
                embedded == null ? null : new EmbeddedIssuer(embedded.privateKey(), embedded.issuer(), clock);
        HttpClient http =
                closer.add(HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build());
        BearerAuthenticator authenticator = new BearerAuthenticator(
                new JwtAuthenticator(config.auth(), issuer, http, clock),
                SecretAuthenticator.all(
                        mesh.channel(ApiKeysServiceGrpc.SERVICE_NAME),
                        mesh.channel(PhotosServiceGrpc.SERVICE_NAME),
                        clock,
                        ids));

        RestBinder rest = new RestBinder(config.rest(), mesh, deadlines, streams, refusals, replies);
        Limiter limiter = closer.add(Limiter.open(config.rateLimits(), refusals, telemetry.metrics()));
        Health health = health(mesh, limiter, ready);
        HealthPages probes = new HealthPages(health, replies, clock);
        FrontDoor door = new FrontDoor(config, refusals, authenticator, limiter)
                .grpc(new GrpcProxy(mesh, deadlines, streams), meshHealth)
                .rest(rest.service())
                .socket(EventSocket.PATH, rest.socket(authenticator, config.socket(), telemetry.metrics(), clock))
                .page("/health/live", probes.live())
                .page("/health/ready", probes.ready())
                .page("/health", probes.ready());
        Site.addTo(door, config, refusals);
        if (embedded != null && issuer != null) {
            door.pages(EmbeddedSignIn.PREFIX, new EmbeddedSignIn(issuer, embedded, replies));
        }

        Server server = door.build(telemetry, ids);
        server.start().join();
        closer.add(() -> server.stop().join());
        closer.add(streams);
        closer.add(() -> {
            ready.set(false);
            meshHealth.setServing(false);
        });
        WarmUp.run(server.activeLocalPort(), config.http().tls() != null);
        ready.set(true);
        meshHealth.setServing(true);
        return new GatewayMain(closer, server, health);
    }

    private static Health health(Mesh mesh, Limiter limiter, AtomicBoolean ready) {
        List<HealthCheck> checks = new ArrayList<>();
        checks.add(HealthCheck.of("gateway", () -> {
            if (!ready.get()) {
                throw new IllegalStateException("The gateway starts or stops.");
            }
        }));
        checks.addAll(mesh.checks());
        checks.addAll(limiter.checks());
        return new Health(checks);
    }

    /** The public port. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public Health health() {
        return health;
    }

    @Override
    public void close() {
        closer.close();
    }
}
