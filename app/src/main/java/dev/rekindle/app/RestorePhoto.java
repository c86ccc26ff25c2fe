package dev.rekindle.app;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Role;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobOutput;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/** One photo's way from a file to a restored file, through the same API as everybody's. */
final class RestorePhoto {
    static final String USER = "command-line";
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int CREDITS_A_PHOTO = 4;

    private final LocalSession session;
    private final boolean colourize;
    private final double strength;
    private final Channel channel;
    private final PhotosServiceGrpc.PhotosServiceBlockingStub photos;
    private final JobsServiceGrpc.JobsServiceBlockingStub jobs;

    RestorePhoto(LocalSession session, boolean colourize, double strength) {
        this.session = session;
        this.colourize = colourize;
        this.strength = strength;
        this.channel = session.as(USER, Role.ROLE_USER);
        this.photos = PhotosServiceGrpc.newBlockingStub(channel);
        this.jobs = JobsServiceGrpc.newBlockingStub(channel);
    }

    /** Whoever can read the keys is the operator: the command line's own account gets what it needs. */
    void prepareAccount(int photoCount) {
        int balance = CreditsServiceGrpc.newBlockingStub(channel)
                .getAccount(GetAccountRequest.getDefaultInstance())
                .getAccount()
                .getBalance();
        var admin = CreditsServiceGrpc.newBlockingStub(session.as("operator", Role.ROLE_ADMIN));
        admin.setTier(SetTierRequest.newBuilder()
                .setUserId(USER)
                .setTier(Tier.TIER_FOREVER)
                .build());
        int wanted = photoCount * CREDITS_A_PHOTO;
        if (balance < wanted) {
            admin.grantCredits(GrantCreditsRequest.newBuilder()
                    .setUserId(USER)
                    .setAmount(wanted - balance)
                    .setReason("Used from the command line")
                    .setRequestId(Ids.timeOrdered().next().toString())
                    .build());
        }
    }

    /** True if the result was written. What went wrong is told on the terminal. */
    boolean run(Path file, Path folder) throws InterruptedException {
        ProgressLine line = new ProgressLine(file.getFileName().toString());
        try {
            line.show(0, "uploading");
            String photoId = upload(file);
            Job job = jobs.createJob(CreateJobRequest.newBuilder()
                            .addPhotoIds(photoId)
                            .setSpec(JobSpec.newBuilder()
                                    .setRestoration(RestorationSpec.newBuilder()
                                            .setRestore(true)
                                            .setColourize(colourize)
                                            .setStrength(strength)))
                            .setAllowDuplicate(true)
                            .build())
                    .getJob();
            Job done = watch(job, line);
            if (done.getState() != JobState.JOB_STATE_COMPLETED) {
                line.fail(done.getError().getMessage());
                return false;
            }
            Path result = download(photoId, done, file, folder);
            line.done(result, done.getReportList());
            return true;
        } catch (StatusRuntimeException e) {
            line.fail(Failures.of(e).message());
            return false;
        } catch (IOException e) {
            line.fail(e.getMessage() == null ? e.toString() : e.getMessage());
            return false;
        }
    }

    private String upload(Path file) throws IOException, InterruptedException {
        String uploadId = photos.createUpload(CreateUploadRequest.newBuilder()
                        .setFilename(file.getFileName().toString())
                        .setSizeBytes(Files.size(file))
                        .build())
                .getUpload()
                .getId();
        BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call = ClientCalls.blockingClientStreamingCall(
                channel, PhotosServiceGrpc.getWriteUploadMethod(), io.grpc.CallOptions.DEFAULT);
        try (InputStream in = Files.newInputStream(file)) {
            call.write(WriteUploadRequest.newBuilder()
                    .setHeader(
                            WriteUploadHeader.newBuilder().setUploadId(uploadId).setLast(true))
                    .build());
            for (byte[] chunk = in.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = in.readNBytes(CHUNK_BYTES)) {
                call.write(WriteUploadRequest.newBuilder()
                        .setChunk(ByteString.copyFrom(chunk))
                        .build());
            }
            call.halfClose();
            call.read();
        } catch (io.grpc.StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        }
        return photos.completeUpload(
                        CompleteUploadRequest.newBuilder().setUploadId(uploadId).build())
                .getPhoto()
                .getId();
    }

    private Job watch(Job job, ProgressLine line) {
        Job last = job;
        var stream =
                jobs.watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build());
        while (stream.hasNext()) {
            last = stream.next().getJob();
            switch (last.getState()) {
                case JOB_STATE_PENDING -> line.show(0, "preparing the photo");
                case JOB_STATE_QUEUED -> line.show(0, "waiting");
                case JOB_STATE_PROCESSING ->
                    line.show(
                            last.getProgress().getPercent(),
                            last.getProgress().getStage().replace('_', ' '));
                case JOB_STATE_RETRY_SCHEDULED -> line.show(0, "trying again soon");
                case JOB_STATE_COMPLETED, JOB_STATE_FAILED, JOB_STATE_CANCELLED, JOB_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    line.show(100, "done");
            }
        }
        return last;
    }

    private Path download(String photoId, Job job, Path file, Path folder) throws IOException {
        JobOutput output = job.getOutputsList().stream()
                .filter(one -> one.getName().equals("result"))
                .findFirst()
                .orElseThrow(() -> new IOException("The job has no result"));
        Iterator<ReadPhotoContentResponse> parts = photos.readPhotoContent(ReadPhotoContentRequest.newBuilder()
                .setPhotoId(photoId)
                .setVariant(output.getId())
                .build());
        Path target = ResultFile.beside(file, folder, output.getContentType());
        Path partial = folder.resolve("." + target.getFileName() + "." + photoId + ".part");
        try {
            try (OutputStream to = Files.newOutputStream(partial)) {
                while (parts.hasNext()) {
                    parts.next().getChunk().writeTo(to);
                }
            }
            Files.move(partial, target);
            return target;
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
