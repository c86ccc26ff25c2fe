package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.queue.Queue;
import io.grpc.Channel;
import java.util.List;

/** What this service is connected to. */
record Connections(Database database, Redis redis, Blobs blobs, Queue queue, Peers peers) {

    static Connections open(JobsConfig config, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        Redis redis = closer.add(Redis.open(config.redis()));
        return new Connections(
                closer.add(Database.open(config.database(), telemetry.metrics())),
                redis,
                closer.add(Blobs.open(config.blobs())),
                closer.add(Queue.open(redis, config.queue())),
                new Peers(
                        channel(config.peers().credits(), tokens, telemetry, closer),
                        channel(config.peers().events(), tokens, telemetry, closer),
                        channel(config.peers().processing(), tokens, telemetry, closer)));
    }

    private static Channel channel(RpcTarget target, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        return closer.add(RpcChannel.open(target, tokens, telemetry)).channel();
    }

    Health health() {
        return new Health(List.of(database.health(), redis.health(), blobs.health()));
    }
}
