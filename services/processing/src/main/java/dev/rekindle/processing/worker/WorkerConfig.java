package dev.rekindle.processing.worker;

import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.processing.content.ContentCheckConfig;
import dev.rekindle.processing.engine.onnx.OnnxConfig;
import dev.rekindle.processing.engine.runpod.RunPodConfig;
import dev.rekindle.processing.photo.PhotoConfig;
import dev.rekindle.processing.video.VideoConfig;
import dev.rekindle.queue.QueueConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Settings of a worker.
 *
 * @param worker who it is and what it takes
 * @param times when it looks, gives up, and ends
 */
record WorkerConfig(
        RedisConfig redis,
        BlobsConfig blobs,
        QueueConfig queue,
        PhotoConfig photo,
        VideoConfig video,
        EnginesConfig engines,
        Identity worker,
        Times times) {

    /**
     * Settings of what is not built in.
     *
     * @param clouds what RunPod does, one for each kind of work
     */
    record EnginesConfig(List<RunPodConfig> clouds, OnnxConfig onnx, ContentCheckConfig contentCheck) {
        static EnginesConfig from(Settings settings) {
            return new EnginesConfig(
                    RunPodConfig.all(settings), OnnxConfig.from(settings), ContentCheckConfig.from(settings));
        }
    }

    /**
     * Who the worker is.
     *
     * @param id differs for every process
     * @param concurrency jobs at once
     * @param memoryBytes native memory that all jobs may take together
     * @param folder below which it works
     * @param endsWithParent end as soon as standard input is closed, which it is when the parent dies
     */
    record Identity(
            String id,
            String host,
            List<JobKind> kinds,
            int concurrency,
            long memoryBytes,
            Path folder,
            boolean endsWithParent) {}

    /**
     * Times of a worker.
     *
     * @param beat how often leases are renewed
     * @param tell how often progress is told at the most
     * @param stalledAfter a job without any progress for so long is stopped
     * @param stuckAfter a job that does not end for so long after it was stopped: the process gives itself up
     * @param drainMax how long jobs may go on once the process is told to end; what is left is handed back
     */
    record Times(Duration beat, Duration tell, Duration stalledAfter, Duration stuckAfter, Duration drainMax) {}

    static WorkerConfig from(Settings settings) {
        Settings worker = settings.under("worker");
        Duration second = Duration.ofSeconds(1);
        Duration hour = Duration.ofHours(1);
        String host = host();
        int cores = Runtime.getRuntime().availableProcessors();
        Duration stalledAfter = worker.duration("stalled_after", Duration.ofMinutes(1), second, hour);
        EnginesConfig engines = EnginesConfig.from(settings);
        checkLooks(engines, stalledAfter, settings);
        return new WorkerConfig(
                RedisConfig.from(settings),
                BlobsConfig.from(settings),
                QueueConfig.from(settings),
                PhotoConfig.from(settings),
                VideoConfig.from(settings),
                engines,
                new Identity(
                        worker.text("id", host + "-" + ProcessHandle.current().pid()),
                        host,
                        kinds(worker),
                        worker.number("concurrency", Math.clamp(cores, 1, 3), 1, 64),
                        worker.number("memory_bytes", 2L << 30, 128L << 20, 1L << 40),
                        worker.path("folder", Path.of(System.getProperty("java.io.tmpdir"), "rekindle-work")),
                        worker.flag("ends_with_parent", false)),
                new Times(
                        worker.duration("beat", Duration.ofSeconds(4), Duration.ofMillis(50), Duration.ofMinutes(1)),
                        worker.duration("tell", Duration.ofMillis(500), Duration.ofMillis(20), Duration.ofMinutes(1)),
                        stalledAfter,
                        worker.duration("stuck_after", Duration.ofSeconds(30), second, hour),
                        worker.duration("drain_max", Duration.ofSeconds(6), Duration.ZERO, hour)));
    }

    /** A job in the cloud makes progress when somebody looks at it. */
    private static void checkLooks(EnginesConfig engines, Duration stalledAfter, Settings settings) {
        Duration most = stalledAfter.dividedBy(2);
        if (engines.clouds().stream().anyMatch(cloud -> cloud.isRarelyLookedAt(most))) {
            settings.under("runpod")
                    .problem(
                            "poll_max",
                            "may be half of worker.stalled_after at most, here "
                                    + most.toMillis()
                                    + "ms; a job would seem to stand still between two looks.");
        }
    }

    private static List<JobKind> kinds(Settings worker) {
        List<JobKind> kinds = new ArrayList<>();
        for (String name : worker.list("kinds", List.of("ai", "image", "video"))) {
            try {
                kinds.add(JobKind.valueOf("JOB_KIND_" + name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                worker.problem("kinds", "has \"" + name + "\"; expected ai, image or video.");
            }
        }
        return List.copyOf(kinds);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
