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
record Connections(Database database, Redis redis, Blobs blobs, Queue queue, LaneRoom lanes, Peers peers) {

    static Connections open(JobsConfig config, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        Redis redis = closer.add(Redis.open(config.redis()));
        Blobs blobs = closer.add(Blobs.open(config.blobs()));
        redis.circuit().bindTo(telemetry.metrics());
        blobs.bindTo(telemetry.metrics());
        Queue queue = closer.add(Queue.open(redis, config.queue()));
        return new Connections(
                closer.add(Database.open(config.database(), telemetry.metrics())),
                redis,
                blobs,
                queue,
                new LaneRoom(queue, config.queue()),
                new Peers(
                        channel(config.peers().credits(), tokens, telemetry, closer),
                        channel(config.peers().events(), tokens, telemetry, closer),
                        channel(config.peers().processing(), tokens, telemetry, closer)));
    }

    private static Channel channel(RpcTarget target, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        return closer.add(RpcChannel.open(target, tokens, telemetry)).channel();
    }

    /** Without Redis jobs are still taken, without the store they are still told of: only the database is required. */
    Health health() {
        return new Health(List.of(
                database.health(), redis.health().optional(), blobs.health().optional()));
    }
}
