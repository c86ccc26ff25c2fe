package dev.rekindle.processing;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.queue.QueueConfig;

/** Settings of the processing service. It neither decodes nor stores, so it needs Redis only. */
record ProcessingConfig(RedisConfig redis, RpcServerConfig rpc, QueueConfig queue) {

    static ProcessingConfig from(Settings settings) {
        return new ProcessingConfig(
                RedisConfig.from(settings), RpcServerConfig.from(settings), QueueConfig.from(settings));
    }
}
