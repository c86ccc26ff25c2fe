package dev.rekindle.processing.worker;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.photo.PhotoConfig;
import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.video.VideoConfig;
import dev.rekindle.queue.Entry;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.queue.Results;
import dev.rekindle.testkit.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A queue and a store of its own for one test, and orders to put into them. */
final class WorkerBench implements AutoCloseable {
    private static final Ids ids = Ids.timeOrdered();

    private static final String CLOUD_KEY = "key";
    private static final String CLOUD_ENDPOINT = "ep1";

    private final Closer closer = new Closer();
    private final Map<String, String> queueSettings = new HashMap<>();
    private final Map<String, String> engineSettings = new HashMap<>();
    private final Path folder;
    private final Redis redis;
    private final Queue queue;
    private final BlobsConfig blobsConfig;
    private final Blobs blobs;
    private final Results results;
    private final Telemetry telemetry;
    private final List<ResultEntry> seen = new ArrayList<>();
    final AtomicInteger drained = new AtomicInteger();
    final AtomicInteger givenUp = new AtomicInteger();

    WorkerBench(Path folder) {
        this(folder, Servers.blobsConfig());
    }

    /** A bench whose store is that one. */
    WorkerBench(Path folder, BlobsConfig blobsConfig) {
        this.folder = folder;
        this.blobsConfig = blobsConfig;
        queueSettings.put("queue.namespace", "worker-" + ids.next());
        for (String lane : List.of("forever_tier", "paid_priority", "free_tier")) {
            queueSettings.put("queue.lane." + lane + ".claims_per_second_max", "0");
        }
        redis = closer.add(Servers.openRedis());
        blobs = closer.add(Blobs.open(blobsConfig));
        queue = closer.add(Queue.open(redis, queueConfig()));
        results = queue.results("jobs", "test");
        telemetry = closer.add(Telemetry.start("worker-test", Settings.of(Map.of())));
    }

    private QueueConfig queueConfig() {
        return QueueConfig.from(Settings.of(queueSettings));
    }

    Queue queue() {
        return queue;
    }

    Redis redis() {
        return redis;
    }

    Blobs blobs() {
        return blobs;
    }

    Path folder() {
        return folder;
    }

    Map<String, String> queueSettings() {
        return queueSettings;
    }

    /** Settings of engines of the workers started from now on. */
    Map<String, String> engineSettings() {
        return engineSettings;
    }

    /** A stand-in for RunPod that tells nobody of ends; the caller closes it. */
    static RunPodServer openCloud() throws IOException {
        return openCloud("");
    }

    /**
     * A stand-in for RunPod; the caller closes it.
     *
     * @param webhooks where it may tell of ends
     */
    static RunPodServer openCloud(String webhooks) throws IOException {
        return RunPodServer.start(
                new RunPodServer.Config(
                        0,
                        CLOUD_KEY,
                        CLOUD_ENDPOINT,
                        Duration.ZERO,
                        Duration.ofMillis(50),
                        Duration.ofMinutes(30),
                        webhooks),
                Clock.systemUTC());
    }

    /**
     * Has workers started from now on send work to a stand-in.
     *
     * @param endpoint the setting of the endpoint, which says what work
     * @param failuresMax that many failures open its circuit
     */
    void useCloud(RunPodServer cloud, String endpoint, int failuresMax) {
        engineSettings.putAll(Map.of(
                "runpod.base_url",
                cloud.baseUrl().toString(),
                "runpod.key",
                CLOUD_KEY,
                endpoint,
                CLOUD_ENDPOINT,
                "runpod.input",
                "url",
                "runpod.poll_min",
                "10ms",
                "runpod.poll_max",
                "50ms",
                "runpod.circuit.failures_max",
                String.valueOf(failuresMax),
                "runpod.networks_allowed",
                "127.0.0.0/8"));
    }

    /** Starts a worker in this JVM; the caller closes it. */
    WorkerMain startWorker(String id, Duration stalledAfter) {
        WorkerConfig config = new WorkerConfig(
                Servers.redisConfig(),
                blobsConfig,
                queueConfig(),
                PhotoConfig.from(Settings.of(Map.of())),
                VideoConfig.from(Settings.of(Map.of())),
                WorkerConfig.EnginesConfig.from(Settings.of(engineSettings)),
                new WorkerConfig.Identity(
                        id,
                        "test",
                        List.of(JobKind.JOB_KIND_AI, JobKind.JOB_KIND_IMAGE, JobKind.JOB_KIND_VIDEO),
                        2,
                        1L << 30,
                        folder,
                        false),
                new WorkerConfig.Times(
                        Duration.ofMillis(300),
                        Duration.ofMillis(50),
                        stalledAfter,
                        Duration.ofSeconds(20),
                        Duration.ofMillis(200)));
        return WorkerMain.start(
                config,
                telemetry,
                Clock.systemUTC(),
                new Worker.Ends(drained::incrementAndGet, givenUp::incrementAndGet));
    }

    /** Puts an order for that photo into the queue; answers its id. */
    String order(byte[] photo, JobSpec spec, Duration attemptTimeout) {
        return order(List.of(photo), spec, attemptTimeout);
    }

    /** The same for several photos. */
    String order(List<byte[]> photos, JobSpec spec, Duration attemptTimeout) {
        String kind = spec.hasPreparation() || spec.hasImage() ? "image" : "ai";
        return order(photos, MediaMetadata.getDefaultInstance(), kind, spec, attemptTimeout);
    }

    /** The same for a video of that type. */
    String order(byte[] video, MediaType type, JobSpec spec, Duration attemptTimeout) {
        MediaMetadata metadata = MediaMetadata.newBuilder()
                .setType(type)
                .setVideo(VideoMetadata.getDefaultInstance())
                .build();
        return order(List.of(video), metadata, "video", spec, attemptTimeout);
    }

    private String order(
            List<byte[]> files, MediaMetadata metadata, String kind, JobSpec spec, Duration attemptTimeout) {
        String id = ids.next().toString();
        List<WorkInput> inputs = new ArrayList<>();
        for (byte[] file : files) {
            String photoId = inputs.isEmpty() ? id : ids.next().toString();
            String key = "users/u/photos/" + photoId + "/original";
            blobs.put(key, file, "application/octet-stream");
            inputs.add(WorkInput.newBuilder()
                    .setPhotoId(photoId)
                    .setBlobKey(key)
                    .setMetadata(metadata)
                    .build());
        }
        WorkOrder order = WorkOrder.newBuilder()
                .setJobId(id)
                .setUserId("u")
                .addAllInputs(inputs)
                .setSpec(spec)
                .setPipeline(spec.getPreparation().getPipeline())
                .setResolution(Resolution.RESOLUTION_480P)
                .setWatermark(true)
                .setAttemptTimeout(Durations.fromMillis(attemptTimeout.toMillis()))
                .setOutputPrefix("users/u/jobs/" + id + "/")
                .setTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .build();
        int fresh = queue.enqueue(
                List.of(new Entry(id, "free_tier", kind, 5, 64L << 20, 0, attemptTimeout, order.toByteString(), null)));
        if (fresh != 1) {
            throw new IllegalStateException("not enqueued");
        }
        return id;
    }

    /** Reads results until one of that type comes for the job. */
    ResultEntry await(String id, ResultEntry.Type type) throws InterruptedException {
        return await(type + " of " + id, entry -> entry.id().equals(id) && entry.type() == type);
    }

    /** Reads results until one of that type comes for any job. */
    ResultEntry await(ResultEntry.Type type) throws InterruptedException {
        return await(type.name(), entry -> entry.type() == type);
    }

    private ResultEntry await(String what, Predicate<ResultEntry> wanted) throws InterruptedException {
        for (int i = 0; i < 120; i++) {
            for (ResultEntry entry : seen) {
                if (wanted.test(entry)) {
                    return entry;
                }
            }
            seen.addAll(results.read(50, Duration.ofMillis(500)));
        }
        throw new AssertionError("No " + what + " among " + seen);
    }

    /** The worker's last word on a job. */
    WorkReport awaitEnd(String id) throws InterruptedException {
        return report(await(id, ResultEntry.Type.FINISHED));
    }

    /** The stages told of a job so far. */
    List<String> stages(String id) {
        return seen.stream()
                .filter(entry -> entry.id().equals(id) && entry.type() == ResultEntry.Type.REPORT)
                .map(entry -> report(entry).getStageCompleted().getStage())
                .toList();
    }

    private static WorkReport report(ResultEntry entry) {
        try {
            return WorkReport.parseFrom(entry.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    byte[] blob(String key) {
        try (Blobs.Content content = blobs.get(key)) {
            return content.bytes().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closer.close();
    }
}
