package dev.rekindle.processing.worker;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthCheck;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.content.ContentCheck;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.engine.onnx.InstalledModels;
import dev.rekindle.processing.engine.onnx.OnnxEngine;
import dev.rekindle.processing.engine.runpod.Hints;
import dev.rekindle.processing.engine.runpod.OpenRuns;
import dev.rekindle.processing.engine.runpod.RunPodConfig;
import dev.rekindle.processing.engine.runpod.RunPodEngine;
import dev.rekindle.processing.engine.runpod.SharedPictures;
import dev.rekindle.processing.photo.PhotoPipelines;
import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Workspaces;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.processing.video.Videos;
import dev.rekindle.queue.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A worker process: the whole graph. */
public final class WorkerMain implements ProcessMain.Running {
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final int EXIT_GIVEN_UP = 70;
    /**
     * An orphan has so long to start, where it still does, and to give its jobs back. Its stores may have died with its parent,
     * and it would try for long to reach them; jobs that are not given back run again when their leases end.
     */
    private static final Duration ORPHANED_MAX = Duration.ofSeconds(4);

    private final Closer closer;
    private final Health health;

    private WorkerMain(Closer closer, Health health) {
        this.closer = closer;
        this.health = health;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("worker", WorkerMain::start);
    }

    /** Starts a worker that ends the process when it is drained, given up or orphaned. */
    public static WorkerMain start(Settings settings, Telemetry telemetry, Clock clock) {
        WorkerConfig config = WorkerConfig.from(settings);
        settings.check();
        CompletableFuture<WorkerMain> started = new CompletableFuture<>();
        Runnable end = () -> Thread.ofPlatform().name("end").start(() -> {
            // It may have to end before the frame of the process has taken it over, so it is closed here.
            started.join().close();
            System.exit(0);
        });
        if (config.worker().endsWithParent()) {
            ParentWatch.start(System.in, () -> {
                CompletableFuture.delayedExecutor(ORPHANED_MAX.toSeconds(), TimeUnit.SECONDS)
                        .execute(() -> Runtime.getRuntime().halt(0));
                end.run();
            });
        }
        WorkerMain worker = start(
                config,
                telemetry,
                clock,
                new Worker.Ends(end, () -> Runtime.getRuntime().halt(EXIT_GIVEN_UP)));
        started.complete(worker);
        return worker;
    }

    static WorkerMain start(WorkerConfig config, Telemetry telemetry, Clock clock, Worker.Ends ends) {
        Closer closer = new Closer();
        try {
            return start(config, telemetry, clock, ends, closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static WorkerMain start(
            WorkerConfig config, Telemetry telemetry, Clock clock, Worker.Ends ends, Closer closer) {
        // What a worker says to Redis keeps its jobs or ends them: it goes on trying, at its own pace.
        Redis redis = closer.add(Redis.open(config.redis().withoutCircuit()));
        Blobs blobs = closer.add(Blobs.open(config.blobs()));
        blobs.bindTo(telemetry.metrics());
        Queue queue = closer.add(Queue.open(redis, config.queue()));
        Workspaces workspaces = closer.add(Workspaces.open(config.worker().folder()));
        Headroom headroom = new Headroom(workspaces, memoryOfProcess(config));
        WorkerVitals vitals = new WorkerVitals(config.worker(), headroom, blobs.circuit(), clock);
        queue.workers()
                .heartbeat(vitals.describe(
                        WorkerState.WORKER_STATE_STARTING, config.worker().concurrency(), Set.of()));

        int cores = Runtime.getRuntime().availableProcessors();
        Natives.load(Math.max(1, cores / config.worker().concurrency()));
        MemoryBudget memory = new MemoryBudget(config.worker().memoryBytes());
        InstalledModels models =
                closer.add(InstalledModels.load(config.engines().onnx(), memory, System::nanoTime));
        Hints hints = new Hints(new SecureRandom());
        if (config.engines().clouds().stream().anyMatch(RunPodConfig::wantsHints)) {
            closer.add(hints.hear(redis));
        }
        EnginePolicy engines = engines(config, blobs, models, hints, telemetry.metrics(), closer);
        vitals.tell(() -> Stream.concat(engines.described().stream(), OnnxEngine.refused(models).stream())
                .toList());
        PhotoPipelines.Judges judges = new PhotoPipelines.Judges(
                new Interest(),
                closer.add(new ContentCheck(
                        config.engines().contentCheck(), telemetry.metrics(), clock, System::nanoTime)));
        PhotoPipelines pipelines =
                new PhotoPipelines(config.photo(), blobs, engines, memory, judges, new Videos(config.video()));
        RunJob runJob = new RunJob(queue, blobs, pipelines, workspaces, telemetry);
        Worker worker = closer.add(new Worker(queue, runJob, config, vitals, memory, ends));
        worker.start();
        closer.add(Loop.start("sweep-workspaces", SWEEP_EVERY, () -> {
            workspaces.sweep();
            return false;
        }));
        Health health = new Health(List.of(
                redis.health(),
                blobs.health(),
                HealthCheck.of("resources", () -> {
                    if (headroom.room() == Headroom.Room.NONE) {
                        throw new IllegalStateException("memory or disk is full");
                    }
                }),
                HealthCheck.of("worker", () -> {
                    if (!worker.takesJobs()) {
                        throw new IllegalStateException("the worker drains");
                    }
                })));
        return new WorkerMain(closer, health);
    }

    /** The engines in the order in which they are chosen. */
    private static EnginePolicy engines(
            WorkerConfig config,
            Blobs blobs,
            InstalledModels models,
            Hints hints,
            MeterRegistry metrics,
            Closer closer) {
        List<Engine> engines = new ArrayList<>();
        for (RunPodConfig cloud : config.engines().clouds()) {
            RunPodEngine runpod = closer.add(new RunPodEngine(
                    cloud,
                    SharedPictures.in(blobs),
                    OpenRuns.in(blobs),
                    hints,
                    RandomGenerator.getDefault(),
                    System::nanoTime));
            runpod.circuit().bindTo(metrics);
            engines.add(runpod);
        }
        EmbeddedEngine embedded = EmbeddedEngine.load();
        engines.addAll(OnnxEngine.of(models, embedded));
        engines.add(embedded);
        return new EnginePolicy(engines);
    }

    /** Native memory of jobs, and the heap beside it. */
    private static long memoryOfProcess(WorkerConfig config) {
        return config.worker().memoryBytes() + Runtime.getRuntime().maxMemory() + (256L << 20);
    }

    @Override
    public Health health() {
        return health;
    }

    /** Closes everything in order. A second caller waits for the first: a signal and a dead parent may come together. */
    @Override
    public synchronized void close() {
        closer.close();
    }
}
