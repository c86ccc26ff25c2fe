package dev.rekindle.processing;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.queue.QueueConfig;

/**
 * Settings of the processing service. It neither decodes nor stores, so it needs Redis only.
 *
 * @param runPod true where the workers have RunPod do the work, so that the engines told are those there are
 */
record ProcessingConfig(RedisConfig redis, RpcServerConfig rpc, QueueConfig queue, boolean runPod) {

    static ProcessingConfig from(Settings settings) {
        return new ProcessingConfig(
                RedisConfig.from(settings),
                RpcServerConfig.from(settings),
                QueueConfig.from(settings),
                settings.flag("engines.runpod", false));
    }
}
