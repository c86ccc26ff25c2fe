package dev.rekindle.bench.mesh;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.Batch;
import dev.rekindle.jobs.v1.BatchPolicy;
import dev.rekindle.jobs.v1.CancelBatchRequest;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetUploadRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.UploadState;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One user who wants all sorts of things, changes his mind, and asks again when he gets no answer. */
final class Customer {
    private static final int JOBS_KEPT = 60;

    private final Caller caller;
    private final Diary diary;
    private final SplittableRandom random;
    private final Errands errands;
    private final BooleanSupplier watching;
    private final List<String> photos = new ArrayList<>();
    private final List<String> jobs = new ArrayList<>();
    private final List<CreateJobRequest> asked = new ArrayList<>();
    private final List<Future<?>> creating = new ArrayList<>();
    private int wishes;

    /**
     * A customer.
     *
     * @param errands for what he does at the same time
     * @param watching true while his watches shall go on
     */
    Customer(Caller caller, Diary diary, SplittableRandom random, Errands errands, BooleanSupplier watching) {
        this.caller = caller;
        this.diary = diary;
        this.random = random;
        this.errands = errands;
        this.watching = watching;
    }

    /** Acts until told to stop; what is under way then is asked to its end. */
    void run(BooleanSupplier goingOn) throws InterruptedException {
        while (goingOn.getAsBoolean()) {
            try {
                act();
            } catch (StatusRuntimeException e) {
                diary.count("refused " + e.getStatus().getCode());
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(50, 600));
        }
        while (creating.stream().anyMatch(creation -> !creation.isDone())) {
            TimeUnit.MILLISECONDS.sleep(50); // each gives up by itself
        }
    }

    private void act() throws InterruptedException {
        if (photos.isEmpty()) {
            upload();
            return;
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> upload();
            case 4, 5, 6, 7, 8, 9, 10 -> createJob();
            case 11 -> createAgain();
            case 12, 13 -> createBatch();
            case 14, 15 -> cancelJob();
            case 16, 17 -> retryFailed();
            case 18 -> deletePhoto();
            default -> look();
        }
    }

    private String key() {
        wishes++;
        return caller.user() + "." + wishes;
    }

    private void upload() throws InterruptedException {
        int kind = random.nextInt(12);
        byte[] bytes = kind == 0 ? Pictures.junk(random) : kind < 3 ? Pictures.cutOff(random) : Pictures.photo(random);
        String key = key();
        CreateUploadRequest wish = CreateUploadRequest.newBuilder()
                .setFilename(key + ".jpg")
                .setSizeBytes(bytes.length)
                .setRequestId(key)
                .build();
        String uploadId = caller.patiently(() -> caller.photos().createUpload(wish))
                .getUpload()
                .getId();
        diary.answered(caller.user(), key, uploadId);
        caller.patiently(() -> write(uploadId, bytes));
        diary.count("uploads");
        String photoId = caller.patiently(() -> caller.photos()
                        .completeUpload(CompleteUploadRequest.newBuilder()
                                .setUploadId(uploadId)
                                .build()))
                .getPhoto()
                .getId();
        diary.uploaded(caller.user(), photoId);
        photos.add(photoId);
    }

    /** Goes on where the bytes stand that arrived. */
    private Upload write(String uploadId, byte[] bytes) {
        Upload upload = caller.photos()
                .getUpload(GetUploadRequest.newBuilder().setUploadId(uploadId).build())
                .getUpload();
        if (upload.getState() != UploadState.UPLOAD_STATE_OPEN || upload.getOffsetBytes() == bytes.length) {
            return upload;
        }
        BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call = ClientCalls.blockingClientStreamingCall(
                caller.channel(),
                PhotosServiceGrpc.getWriteUploadMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
        try {
            call.write(WriteUploadRequest.newBuilder()
                    .setHeader(WriteUploadHeader.newBuilder()
                            .setUploadId(uploadId)
                            .setOffsetBytes(upload.getOffsetBytes())
                            .setLast(true))
                    .build());
            call.write(WriteUploadRequest.newBuilder()
                    .setChunk(ByteString.copyFrom(bytes))
                    .build());
            call.halfClose();
            WriteUploadResponse response = call.read();
            return response == null ? upload : response.getUpload();
        } catch (StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw io.grpc.Status.CANCELLED.asRuntimeException();
        }
    }

    private void createJob() throws InterruptedException {
        CreateJobRequest wish = CreateJobRequest.newBuilder()
                .addPhotoIds(one(photos))
                .setSpec(spec())
                .setPriority(priority())
                .setAllowDuplicate(random.nextInt(4) > 0)
                .setRequestId(key())
                .build();
        asked.add(wish);
        int atOnce = random.nextInt(5) == 0 ? 3 : 1;
        for (int other = 1; other < atOnce; other++) {
            creating.add(errands.begin("a creation of " + caller.user(), () -> {
                try {
                    create(wish);
                } catch (StatusRuntimeException e) {
                    diary.count("refused " + e.getStatus().getCode());
                }
            }));
        }
        keep(create(wish));
    }

    private void createAgain() throws InterruptedException {
        if (!asked.isEmpty()) {
            create(one(asked));
        }
    }

    private Job create(CreateJobRequest wish) throws InterruptedException {
        diary.count("creations");
        Job job = caller.patiently(() -> caller.jobs().createJob(wish)).getJob();
        diary.accepted(caller.user(), wish.getRequestId(), job);
        return job;
    }

    private void keep(Job job) {
        if (jobs.contains(job.getId())) {
            return;
        }
        jobs.add(job.getId());
        if (jobs.size() > JOBS_KEPT) {
            jobs.removeFirst();
        }
        if (random.nextBoolean()) {
            Future<?> watch = errands.begin(
                    "a watch of " + job.getId(), () -> new JobWatcher(caller, diary, job.getId()).run(watching));
            diary.count(watch.isDone() ? "watches that ended at once" : "watches");
        }
    }

    private JobSpec spec() {
        int kind = random.nextInt(5);
        if (kind == 4) {
            ImageSpec.Builder image = ImageSpec.newBuilder();
            List<MediaType> formats =
                    List.of(MediaType.MEDIA_TYPE_JPEG, MediaType.MEDIA_TYPE_PNG, MediaType.MEDIA_TYPE_WEBP);
            int outputs = random.nextInt(1, 4);
            for (int i = 0; i < outputs; i++) {
                ImageOutputSpec.Builder output = image.addOutputsBuilder()
                        .setName("out" + i)
                        .setFormat(one(formats))
                        .setWidth(random.nextInt(20, 200));
                if (random.nextInt(8) == 0) {
                    // More bytes than it may have, which only its worker sees: a job that fails for good, and may be
                    // retried.
                    output.setFormat(MediaType.MEDIA_TYPE_JPEG)
                            .setUpscale(true)
                            .setWidth(1_000)
                            .setSizeBytesMax(1024);
                }
            }
            return JobSpec.newBuilder().setImage(image).build();
        }
        return JobSpec.newBuilder()
                .setRestoration(RestorationSpec.newBuilder()
                        .setRestore(kind != 1)
                        .setColourize(kind == 1 || kind == 2)
                        .setStrength(random.nextInt(11) / 10.0))
                .build();
    }

    private Priority priority() {
        return switch (random.nextInt(6)) {
            case 0 -> Priority.PRIORITY_NORMAL;
            case 1 -> Priority.PRIORITY_HIGH;
            default -> Priority.PRIORITY_URGENT; // waits least before another attempt
        };
    }

    private void createBatch() throws InterruptedException {
        CreateBatchRequest.Builder wish = CreateBatchRequest.newBuilder()
                .setPolicy(
                        random.nextBoolean() ? BatchPolicy.BATCH_POLICY_CONTINUE : BatchPolicy.BATCH_POLICY_FAIL_FAST)
                .setPriority(Priority.PRIORITY_URGENT)
                .setRequestId(key());
        int items = random.nextInt(1, 5);
        for (int i = 0; i < items; i++) {
            wish.addItems(CreateBatchItem.newBuilder().addPhotoIds(one(photos)).setSpec(spec()));
        }
        CreateBatchRequest request = wish.build();
        diary.count("batches");
        Batch batch = caller.patiently(() -> caller.jobs().createBatch(request)).getBatch();
        diary.answered(caller.user(), request.getRequestId(), batch.getId());
        for (String jobId : batch.getJobIdsList()) {
            diary.accepted(caller.user(), request.getRequestId() + "/" + jobId, jobId);
        }
        if (random.nextInt(4) == 0) {
            caller.patiently(() -> caller.jobs()
                    .cancelBatch(CancelBatchRequest.newBuilder()
                            .setBatchId(batch.getId())
                            .build()));
        }
    }

    private void cancelJob() throws InterruptedException {
        if (!jobs.isEmpty()) {
            String jobId = one(jobs);
            diary.count("cancellations");
            Job job = caller.patiently(() -> caller.jobs()
                            .cancelJob(CancelJobRequest.newBuilder()
                                    .setJobId(jobId)
                                    .build()))
                    .getJob();
            diary.saw(caller.user(), job);
        }
    }

    private void retryFailed() throws InterruptedException {
        List<Job> failed = caller.patiently(() -> caller.jobs()
                        .listJobs(ListJobsRequest.newBuilder()
                                .addStates(JobState.JOB_STATE_FAILED)
                                .setPageSize(20)
                                .build()))
                .getJobsList();
        failed.forEach(job -> diary.saw(caller.user(), job));
        if (!failed.isEmpty()) {
            String jobId = one(failed).getId();
            diary.retries(jobId);
            diary.count("retries");
            Job job = caller.patiently(() -> caller.jobs()
                            .retryJob(
                                    RetryJobRequest.newBuilder().setJobId(jobId).build()))
                    .getJob();
            diary.accepted(caller.user(), "retry/" + jobId, job);
        }
    }

    private void deletePhoto() throws InterruptedException {
        if (photos.size() > 2) {
            String photoId = one(photos);
            photos.remove(photoId);
            diary.deletes(photoId);
            diary.count("deletions");
            caller.patiently(() -> caller.photos()
                    .deletePhoto(
                            DeletePhotoRequest.newBuilder().setPhotoId(photoId).build()));
        }
    }

    private void look() throws InterruptedException {
        if (!jobs.isEmpty()) {
            String jobId = one(jobs);
            Job job = caller.patiently(() -> caller.jobs()
                            .getJob(GetJobRequest.newBuilder().setJobId(jobId).build()))
                    .getJob();
            diary.saw(caller.user(), job);
        }
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
