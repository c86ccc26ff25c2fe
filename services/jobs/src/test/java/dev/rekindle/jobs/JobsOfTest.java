package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.StorageServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import dev.rekindle.testkit.Servers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/** The jobs service on real stores, a client of it, and a worker a test works by hand. */
final class JobsOfTest implements AutoCloseable {
    static final JobSpec RESTORE = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();
    private static final AtomicInteger namespaces = new AtomicInteger();

    private final Closer closer = new Closer();
    private final Map<String, String> settings;
    private final DatabaseConfig database = Servers.databaseConfig("jobs");
    private final int port = Mesh.freePort();
    private ProcessMain.Running service;
    final Telemetry telemetry = closer.add(Mesh.telemetry());
    final PeersOfTest peers = closer.add(new PeersOfTest(telemetry));
    final Redis redis;
    final Blobs blobs;
    final Queue queue;
    final StirredQueue stirred;

    JobsOfTest(Map<String, String> more) {
        Map<String, String> namespace = Map.of("queue.namespace", "jobs-test-" + namespaces.incrementAndGet());
        redis = closer.add(Redis.open(RedisConfig.from(Mesh.settings(Mesh.redis(), more))));
        blobs = closer.add(Blobs.open(BlobsConfig.from(Mesh.settings(Mesh.blobs(), more))));
        QueueConfig queueConfig = QueueConfig.from(Mesh.settings(namespace, more));
        queue = closer.add(Queue.open(redis, queueConfig));
        stirred = new StirredQueue(redis, queueConfig);
        String peerTarget = "dns:///127.0.0.1:" + peers.port();
        settings = new java.util.HashMap<>(Map.of(
                "rpc.port",
                String.valueOf(port),
                "services.credits",
                peerTarget,
                "services.events",
                peerTarget,
                "services.processing",
                peerTarget,
                "times.reconcile",
                "200ms",
                "times.half_done_max",
                "1s"));
        settings.putAll(namespace);
        settings.putAll(more);
        service = startService(Map.of());
    }

    private ProcessMain.Running startService(Map<String, String> more) {
        return JobsMain.start(
                Mesh.settings(
                        Mesh.identity("jobs"), Mesh.database(database), Mesh.redis(), Mesh.blobs(), settings, more),
                telemetry,
                Clock.systemUTC());
    }

    /** Starts a second process of the service on the same stores. */
    void startAnother() {
        closer.add(startService(Map.of("rpc.port", "0", "instance", "jobs-2")));
    }

    void stopService() {
        service.close();
    }

    /** Starts the service anew on the same stores. */
    void startServiceAgain() {
        service = startService(Map.of());
    }

    /** What the service says of its health. */
    Health.Report health() throws InterruptedException {
        return service.health().report();
    }

    /** 0 closed, 1 half open, 2 open. */
    double circuit(String dependency) {
        return telemetry
                .metrics()
                .get("circuit_breaker_state")
                .tag("dependency", dependency)
                .gauge()
                .value();
    }

    /** The job of a user once it is in that state. */
    Job await(String user, String jobId, JobState state) {
        return Eventually.answers(() -> {
            Job now = job(user, jobId);
            assertThat(now.getState()).isEqualTo(state);
            return now;
        });
    }

    JobsServiceGrpc.JobsServiceBlockingStub jobs(String user) {
        return jobs(Mesh.user(user));
    }

    JobsServiceGrpc.JobsServiceBlockingStub jobs(Identity caller) {
        return JobsServiceGrpc.newBlockingStub(
                closer.add(Mesh.channel(port, caller, telemetry)).channel());
    }

    /** The queue as an operator of that name sees it. */
    QueuesServiceGrpc.QueuesServiceBlockingStub queues(String operator) {
        return QueuesServiceGrpc.newBlockingStub(
                closer.add(Mesh.channel(port, Mesh.admin(operator), telemetry)).channel());
    }

    /** The storage as an operator of that name sees it. */
    StorageServiceGrpc.StorageServiceBlockingStub storage(String operator) {
        return StorageServiceGrpc.newBlockingStub(
                closer.add(Mesh.channel(port, Mesh.admin(operator), telemetry)).channel());
    }

    /** A channel of another service. */
    io.grpc.Channel asService(String name) {
        return closer.add(Mesh.channel(port, name, telemetry)).channel();
    }

    /** The database of the service, for what a test does beside it. */
    Database openDatabase() {
        return closer.add(Database.open(database, telemetry.metrics()));
    }

    PhotosServiceGrpc.PhotosServiceBlockingStub photos(String user) {
        return photos(Mesh.user(user));
    }

    PhotosServiceGrpc.PhotosServiceBlockingStub photos(Identity caller) {
        return PhotosServiceGrpc.newBlockingStub(
                closer.add(Mesh.channel(port, caller, telemetry)).channel());
    }

    Job job(String user, String jobId) {
        return jobs(user)
                .getJob(GetJobRequest.newBuilder().setJobId(jobId).build())
                .getJob();
    }

    Photo photo(String user, String photoId) {
        return photos(user)
                .getPhoto(GetPhotoRequest.newBuilder().setPhotoId(photoId).build())
                .getPhoto();
    }

    /** Uploads bytes whole. */
    Photo upload(String user, byte[] bytes) {
        Upload upload = photos(user)
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("grandma.png")
                        .setSizeBytes(bytes.length)
                        .build())
                .getUpload();
        write(user, upload.getId(), 0, bytes, true);
        return photos(user)
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build())
                .getPhoto();
    }

    Upload write(String user, String uploadId, long offset, byte[] bytes, boolean last) {
        return write(Mesh.user(user), uploadId, offset, bytes, last);
    }

    Upload write(Identity caller, String uploadId, long offset, byte[] bytes, boolean last) {
        var call = PhotosServiceGrpc.newBlockingV2Stub(
                        closer.add(Mesh.channel(port, caller, telemetry)).channel())
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .writeUpload();
        try {
            call.write(WriteUploadRequest.newBuilder()
                    .setHeader(WriteUploadHeader.newBuilder()
                            .setUploadId(uploadId)
                            .setOffsetBytes(offset)
                            .setLast(last))
                    .build());
            for (int at = 0; at < bytes.length; at += 1 << 20) {
                call.write(WriteUploadRequest.newBuilder()
                        .setChunk(ByteString.copyFrom(bytes, at, Math.min(1 << 20, bytes.length - at)))
                        .build());
            }
            call.halfClose();
            return java.util.Objects.requireNonNull(call.read()).getUpload();
        } catch (io.grpc.StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A photo that is prepared. */
    Photo preparedPhoto(String user) {
        Photo photo = upload(user, png(40, 30));
        prepare(claim("image"));
        return Eventually.answers(() -> {
            Photo now = photo(user, photo.getId());
            if (now.getState() != dev.rekindle.jobs.v1.PhotoState.PHOTO_STATE_READY) {
                throw new AssertionError("still " + now.getState());
            }
            return now;
        });
    }

    Job createJob(String user, Photo photo) {
        return jobs(user).createJob(request(photo).build()).getJob();
    }

    /** A wish for a job of its own, whatever was done with the photo before. */
    static CreateJobRequest.Builder request(Photo photo) {
        return CreateJobRequest.newBuilder()
                .addPhotoIds(photo.getId())
                .setSpec(RESTORE)
                .setAllowDuplicate(true);
    }

    /** Claims the next job of a kind, as a worker does. */
    Claim claim(String kind) {
        try {
            List<Claim> claims =
                    queue.claim(new Claimer("worker-1", Set.of(kind), 1L << 40), 1, Duration.ofSeconds(20));
            if (claims.isEmpty()) {
                throw new AssertionError("No " + kind + " job came");
            }
            return claims.getFirst();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Claims this job. Work comes at least once, so a job that has just ended may come again; it is passed over, and its
     * lease runs out.
     */
    Claim claim(Job job) {
        for (int passed = 0; passed < 10; passed++) {
            Claim claim = claim("ai");
            if (claim.id().equals(job.getId())) {
                return claim;
            }
        }
        throw new AssertionError("Job " + job.getId() + " did not come");
    }

    /** Does the work of a preparation. */
    void prepare(Claim claim) {
        finish(claim, "prepared", "thumb_150");
    }

    /** Ends a job well, with outputs of these names. */
    boolean finish(Claim claim, String... outputs) {
        return finish(claim, WorkCompleted.newBuilder().addReport("Mended 3 scratches"), outputs);
    }

    /** The same, with more to tell. */
    boolean finish(Claim claim, WorkCompleted.Builder completed, String... outputs) {
        for (String name : outputs) {
            String key = order(claim).getOutputPrefix() + claim.attempt() + "-" + claim.leaseId() + "/" + name;
            byte[] bytes = png(20, 15);
            blobs.put(key, bytes, "image/png");
            completed.addOutputs(WorkOutput.newBuilder()
                    .setName(name)
                    .setBlobKey(key)
                    .setContentType("image/png")
                    .setMetadata(MediaMetadata.newBuilder()
                            .setType(MediaType.MEDIA_TYPE_PNG)
                            .setWidth(20)
                            .setHeight(15)
                            .setSizeBytes(bytes.length)));
        }
        return queue.finish(
                claim,
                Ending.COMPLETED,
                WorkReport.newBuilder().setCompleted(completed).build().toByteString());
    }

    /** Ends an attempt as failed, with a failure of this class. */
    void fail(Claim claim, FailureClass failureClass) {
        fail(claim, failureClass, Reason.REASON_ENGINE_FAILED);
    }

    void fail(Claim claim, FailureClass failureClass, Reason reason) {
        queue.finish(
                claim,
                Ending.FAILED,
                WorkReport.newBuilder()
                        .setFailed(WorkFailed.newBuilder()
                                .setError(JobError.newBuilder()
                                        .setReason(reason)
                                        .setMessage("The engine failed.")
                                        .setFailureClass(failureClass))
                                .setDetail("stack of the engine")
                                .setCostMicroUsd(1500))
                        .build()
                        .toByteString());
    }

    static WorkOrder order(Claim claim) {
        try {
            return WorkOrder.parseFrom(claim.payload());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] png(int width, int height) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        service.close();
        closer.close();
    }
}
