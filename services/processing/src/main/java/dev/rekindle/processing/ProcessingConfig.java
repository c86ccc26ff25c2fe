package dev.rekindle.processing;

import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.queue.QueueConfig;
import java.util.List;

/**
 * Settings of the processing service. It neither decodes nor stores: workers are in Redis, photos with jobs.
 *
 * @param runPod true where the workers have RunPod do the work, so that the engines told are those there are
 */
record ProcessingConfig(RedisConfig redis, RpcServerConfig rpc, QueueConfig queue, RpcTarget jobs, boolean runPod) {

    static ProcessingConfig from(Settings settings) {
        return new ProcessingConfig(
                RedisConfig.from(settings),
                RpcServerConfig.from(settings),
                QueueConfig.from(settings),
                RpcTarget.from(settings, "jobs", List.of(PhotosServiceGrpc.getServiceDescriptor())),
                settings.flag("engines.runpod", false));
    }
}
