package dev.rekindle.platform.rpc;

import dev.rekindle.platform.Ids;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.platform.tls.MeshCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A gRPC server: services of ours behind telemetry, identity, access and validation; health and reflection beside. */
public final class RpcServer implements AutoCloseable {
    private final Server server;
    private final HealthStatusManager health;
    private final ExecutorService threads;
    private final RpcServerConfig config;
    private final Optional<MeshCredentials> credentials;

    private RpcServer(
            Server server,
            HealthStatusManager health,
            ExecutorService threads,
            RpcServerConfig config,
            Optional<MeshCredentials> credentials) {
        this.server = server;
        this.health = health;
        this.threads = threads;
        this.config = config;
        this.credentials = credentials;
    }

    /**
     * Starts serving.
     *
     * @throws IllegalStateException if a method has no access rule in its contract
     */
    public static RpcServer start(
            RpcServerConfig config,
            IdentityTokens tokens,
            RequestValidator validator,
            Telemetry telemetry,
            List<ServerServiceDefinition> services) {
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("rpc-", 0).factory());
        HealthStatusManager health = new HealthStatusManager();
        Optional<MeshCredentials> credentials =
                Optional.ofNullable(config.tls()).map(MeshCredentials::serving);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.host(), config.port()),
                        credentials.map(MeshCredentials::server).orElseGet(InsecureServerCredentials::create))
                .executor(threads)
                .maxInboundMessageSize(config.messageBytesMax())
                .maxInboundMetadataSize(16 << 10)
                .maxConcurrentCallsPerConnection(config.callsMax())
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .maxConnectionAge(config.connectionAgeMax().toMillis(), TimeUnit.MILLISECONDS)
                .addService(health.getHealthService());
        for (ServerServiceDefinition service : services) {
            service.getMethods().forEach(method -> AccessRules.of(method.getMethodDescriptor()));
            // The last interceptor named is the first to see a call.
            builder.addService(ServerInterceptors.intercept(
                    service,
                    new ValidationInterceptor(validator),
                    new CallInterceptor(tokens, Ids.timeOrdered()),
                    telemetry.rpcServerMetrics(),
                    telemetry.rpcServerTracing()));
        }
        if (config.reflection()) {
            builder.addService(ProtoReflectionServiceV1.newInstance());
        }
        try {
            Server server = builder.build().start();
            services.forEach(
                    service -> health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
            return new RpcServer(server, health, threads, config, credentials);
        } catch (IOException e) {
            threads.shutdownNow();
            credentials.ifPresent(MeshCredentials::close);
            throw new UncheckedIOException(
                    "gRPC cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage(), e);
        }
    }

    /** The port taken. */
    public int port() {
        return server.getPort();
    }

    /** Tells callers by grpc health whether to send calls here. */
    public void setServing(boolean serving) {
        health.setStatus("", serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Takes no more calls, lets those under way end, then cuts what is left. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(config.drainMax().toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        credentials.ifPresent(MeshCredentials::close);
    }
}
