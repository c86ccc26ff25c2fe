package dev.rekindle.processing;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.engine.runpod.Hints;
import dev.rekindle.queue.Queue;
import java.time.Clock;
import java.util.List;

/** The processing service: the whole graph. Workers are processes of their own. */
public final class ProcessingMain implements ProcessMain.Running {
    private final Closer closer;
    private final RpcServer server;
    private final Health health;

    private ProcessingMain(Closer closer, RpcServer server, Health health) {
        this.closer = closer;
        this.server = server;
        this.health = health;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("processing", ProcessingMain::start);
    }

    public static ProcessingMain start(Settings settings, Telemetry telemetry, Clock clock) {
        ProcessingConfig config = ProcessingConfig.from(settings);
        IdentityTokens tokens = new IdentityTokens(IdentityKeys.from("processing", settings), clock);
        settings.check();
        Closer closer = new Closer();
        try {
            return start(config, tokens, telemetry, closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static ProcessingMain start(
            ProcessingConfig config, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        Redis redis = closer.add(Redis.open(config.redis()));
        redis.circuit().bindTo(telemetry.metrics());
        Queue queue = closer.add(Queue.open(redis, config.queue()));
        ProbePhoto probe = new ProbePhoto(
                closer.add(RpcChannel.open(config.jobs(), tokens, telemetry)).channel());
        RpcServer server = closer.add(RpcServer.start(
                config.rpc(),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(new ProcessingService(
                                queue.workers(), config.runPod(), probe, token -> Hints.pass(redis, token))
                        .definition())));
        server.setServing(true);
        return new ProcessingMain(closer, server, new Health(List.of(redis.health())));
    }

    /** The gRPC port taken. */
    public int port() {
        return server.port();
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
