package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** A worker that claims and ends jobs as real ones do, and hands in the same picture for each. */
final class HandWorker implements AutoCloseable {
    private static final Claimer CLAIMER = new Claimer("worker-1", Set.of("ai", "image"), 1L << 40);
    private static final Duration CLAIM_WAIT = Duration.ofSeconds(1);

    private final Queue queue;
    private final Blobs blobs;
    private final byte[] picture;
    private final Predicate<String> fails;
    private final Loop loop;

    HandWorker(Queue queue, Blobs blobs, byte[] picture) {
        this(queue, blobs, picture, job -> false);
    }

    /** @param fails asked of each attempt, by its job's id, whether it fails for good; preparations never do */
    HandWorker(Queue queue, Blobs blobs, byte[] picture, Predicate<String> fails) {
        this.fails = fails;
        this.queue = queue;
        this.blobs = blobs;
        this.picture = picture.clone();
        this.loop = Loop.start("hand-worker", Duration.ofMillis(100), () -> {
            for (Claim claim : queue.claim(CLAIMER, 4, CLAIM_WAIT)) {
                work(claim);
            }
            return true;
        });
    }

    private void work(Claim claim) throws IOException {
        WorkOrder order = WorkOrder.parseFrom(claim.payload());
        if (!order.getSpec().hasPreparation() && fails.test(claim.id())) {
            WorkFailed failed = WorkFailed.newBuilder()
                    .setError(JobError.newBuilder()
                            .setReason(Reason.REASON_CORRUPT_MEDIA)
                            .setMessage("The photo is broken.")
                            .setFailureClass(FailureClass.FAILURE_CLASS_DATA))
                    .build();
            end(claim, Ending.FAILED, WorkReport.newBuilder().setFailed(failed).build());
            return;
        }
        WorkCompleted.Builder completed = WorkCompleted.newBuilder();
        for (String name : order.getSpec().hasPreparation() ? List.of("prepared", "thumb_150") : List.of("result")) {
            String key = order.getOutputPrefix() + claim.attempt() + "-" + claim.leaseId() + "/" + name;
            blobs.put(key, picture, "image/jpeg");
            completed.addOutputs(WorkOutput.newBuilder()
                    .setName(name)
                    .setBlobKey(key)
                    .setContentType("image/jpeg")
                    .setMetadata(MediaMetadata.newBuilder()
                            .setType(MediaType.MEDIA_TYPE_JPEG)
                            .setWidth(64)
                            .setHeight(48)
                            .setSizeBytes(picture.length)));
        }
        end(
                claim,
                Ending.COMPLETED,
                WorkReport.newBuilder().setCompleted(completed).build());
    }

    private void end(Claim claim, Ending ending, WorkReport report) {
        // False: it is somebody else's by now, and so is the result.
        boolean _ = queue.finish(claim, ending, report.toByteString());
    }

    @Override
    public void close() {
        loop.close();
    }
}
