package dev.rekindle.processing;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.runpod.RunPodEngine;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engines of the mesh in the order in which workers choose them, and last the models that were refused. Which models
 * there are only workers know, because only they load them, and so it is with clips and compositions in the cloud; each says so
 * in the registry.
 */
final class EngineList {
    private static final String MODELS = "onnx:";

    private EngineList() {}

    /** @param runPod true where the workers have RunPod do the work on photos */
    static List<Engine> of(boolean runPod, List<Worker> workers) {
        Map<String, Engine> models = new LinkedHashMap<>();
        Map<List<JobType>, Engine> clouds = new LinkedHashMap<>();
        Engine photos = null;
        Map<String, Engine> refused = new LinkedHashMap<>();
        for (Worker worker : workers) {
            if (worker.getState() == WorkerState.WORKER_STATE_FAILED) {
                continue;
            }
            for (Engine engine : worker.getEnginesList()) {
                if (engine.getState() == EngineState.ENGINE_STATE_REFUSED) {
                    refused.putIfAbsent(engine.getProblem(), engine);
                } else if (engine.getName().startsWith(MODELS)) {
                    models.merge(engine.getName(), engine, EngineList::better);
                } else if (isCloud(engine) && isForPhotos(engine)) {
                    photos = photos == null ? engine : better(photos, engine);
                } else if (isCloud(engine)) {
                    clouds.merge(engine.getJobTypesList(), engine, EngineList::better);
                }
            }
        }
        List<Engine> engines = new ArrayList<>();
        if (runPod) {
            // Before a worker has told how it is, it is as it is configured.
            engines.add(photos == null ? RunPodEngine.described() : photos);
        }
        engines.addAll(clouds.values());
        engines.addAll(models.values());
        engines.add(EmbeddedEngine.described());
        engines.addAll(refused.values());
        return engines;
    }

    private static boolean isCloud(Engine engine) {
        return engine.getName().equals(RunPodEngine.NAME) && engine.getState() != EngineState.ENGINE_STATE_ABSENT;
    }

    /** False of what has endpoints of its own, for clips and compositions. */
    private static boolean isForPhotos(Engine engine) {
        return engine.getJobTypesList().contains(JobType.JOB_TYPE_RESTORATION);
    }

    /** The one that is well: a worker's trouble with a model is not the others'. */
    private static Engine better(Engine one, Engine other) {
        return one.getState() == EngineState.ENGINE_STATE_READY ? one : other;
    }
}
