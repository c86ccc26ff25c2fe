package dev.rekindle.platform.rpc;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * Where and how a process serves gRPC.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param messageBytesMax the largest request message
 * @param callsMax calls of one connection at once
 * @param reflection whether grpc reflection is served
 */
public record RpcServerConfig(
        String host, int port, int messageBytesMax, int callsMax, boolean reflection, Duration drainMax) {

    public static RpcServerConfig from(Settings settings) {
        Settings rpc = settings.under("rpc");
        return new RpcServerConfig(
                rpc.text("host", "127.0.0.1"),
                rpc.number("port", 0, 0, 65535),
                rpc.number("message_bytes_max", 4 << 20, 1 << 16, 64 << 20),
                rpc.number("calls_max", 20_000, 1, 1_000_000),
                rpc.flag("reflection", true),
                rpc.duration("drain_max", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(5)));
    }
}
