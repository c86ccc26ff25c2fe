package dev.rekindle.platform.rpc;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.tls.MeshTls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a process serves gRPC.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param messageBytesMax the largest request message
 * @param callsMax calls of one connection at once
 * @param reflection whether grpc reflection is served
 * @param connectionAgeMax how long callers use one connection; when they make the next they look names up again, and so
 *     find new instances
 * @param tls null serves in clear; else callers without a certificate of the mesh are refused
 */
public record RpcServerConfig(
        String host,
        int port,
        int messageBytesMax,
        int callsMax,
        boolean reflection,
        Duration drainMax,
        Duration connectionAgeMax,
        @Nullable MeshTls tls) {
    private static final Duration CONNECTION_AGE = Duration.ofMinutes(5);

    /** In clear. */
    public RpcServerConfig(
            String host, int port, int messageBytesMax, int callsMax, boolean reflection, Duration drainMax) {
        this(host, port, messageBytesMax, callsMax, reflection, drainMax, CONNECTION_AGE, null);
    }

    public static RpcServerConfig from(Settings settings) {
        Settings rpc = settings.under("rpc");
        return new RpcServerConfig(
                rpc.text("host", "127.0.0.1"),
                rpc.number("port", 0, 0, 65535),
                rpc.number("message_bytes_max", 4 << 20, 1 << 16, 64 << 20),
                rpc.number("calls_max", 20_000, 1, 1_000_000),
                rpc.flag("reflection", true),
                rpc.duration("drain_max", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(5)),
                rpc.duration("connection_age_max", CONNECTION_AGE, Duration.ofSeconds(1), Duration.ofDays(1)),
                MeshTls.from(settings));
    }
}
