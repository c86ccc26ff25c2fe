package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.ProgressUpdate;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);
    private static final JobSpec PREPARATION = JobSpec.newBuilder()
            .setPreparation(PreparationSpec.getDefaultInstance())
            .build();
    private static final JobSpec RESTORATION = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();

    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Map<String, WorkOutput> outputs(WorkCompleted completed) {
        return completed.getOutputsList().stream().collect(Collectors.toMap(WorkOutput::getName, Function.identity()));
    }

    @Test
    @Tag("PRC-10")
    @Tag("PRC-05")
    void an_upload_is_prepared() throws Exception {
        byte[] turned = TestPhotos.withSegment(TestPhotos.bytes("rocket"), 0xe1, TestPhotos.exif(6));
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            String id = bench.order(turned, PREPARATION, MINUTES);
            ResultEntry end = bench.await(id, ResultEntry.Type.FINISHED);
            assertThat(end.ending()).isEqualTo(Ending.COMPLETED);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(bench.stages(id))
                    .containsExactly(
                            "fetch_photo",
                            "validate",
                            "read_metadata",
                            "orient",
                            "correct_perspective",
                            "reduce",
                            "enhance",
                            "write_prepared",
                            "make_thumbnails",
                            "store");
            Map<String, WorkOutput> outputs = outputs(completed);
            assertThat(outputs.keySet()).containsExactlyInAnyOrder("prepared", "thumb_150", "thumb_300", "thumb_600");
            WorkOutput prepared = outputs.get("prepared");
            assertThat(prepared).isNotNull();
            assertThat(prepared.getBlobKey()).isEqualTo("users/u/jobs/" + id + "/1-" + end.leaseId() + "/prepared.jpg");
            assertThat(prepared.getMetadata().getWidth()).isEqualTo(427);
            assertThat(prepared.getMetadata().getHeight()).isEqualTo(640);
            byte[] stored = bench.blob(prepared.getBlobKey());
            assertThat((long) stored.length).isEqualTo(prepared.getMetadata().getSizeBytes());
            assertThat(new String(stored, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("SECRET1");
            assertThat(completed.getInputMetadata().getType()).isEqualTo(MediaType.MEDIA_TYPE_JPEG);
            assertThat(completed.getInputMetadata().getImage().getOrientation()).isEqualTo(6);
            assertThat(completed.getInputMetadata().getImage().getExif().toString())
                    .contains("Maker-7");
            assertThat(completed.getInputMetadata().getSha256()).hasSize(64);
            assertThat(worker.health().report().ready()).isTrue();
        }
        try (var left = Files.list(bench.folder())) {
            assertThat(left).as("nothing is left in the folder").isEmpty();
        }
    }

    @Test
    @Tag("PRC-05")
    void an_upload_is_prepared_quickly_where_that_is_asked_for() throws Exception {
        JobSpec quick = JobSpec.newBuilder()
                .setPreparation(PreparationSpec.newBuilder().setPipeline("quick_processing"))
                .build();
        byte[] turned = TestPhotos.withSegment(TestPhotos.bytes("rocket"), 0xe1, TestPhotos.exif(6));
        try (WorkerMain _ = bench.startWorker("w1", MINUTES)) {
            String id = bench.order(turned, quick, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(bench.stages(id))
                    .containsExactly(
                            "fetch_photo",
                            "validate",
                            "read_metadata",
                            "orient",
                            "write_prepared",
                            "make_thumbnails",
                            "store");
            Map<String, WorkOutput> outputs = outputs(completed);
            assertThat(outputs.keySet()).containsExactlyInAnyOrder("prepared", "thumb_150", "thumb_300", "thumb_600");
            WorkOutput prepared = outputs.get("prepared");
            assertThat(prepared).isNotNull();
            assertThat(prepared.getMetadata().getWidth())
                    .as("upright all the same")
                    .isEqualTo(427);
            assertThat(prepared.getMetadata().getHeight()).isEqualTo(640);
        }
    }

    @Test
    @Tag("AI-02")
    @Tag("AI-05")
    @Tag("PRC-06")
    void a_prepared_photo_is_restored_within_the_resolution_and_marked() throws Exception {
        List<JobProgress> told = new CopyOnWriteArrayList<>();
        try (AutoCloseable _ = bench.queue().onProgress(update -> told.add(progress(update)));
                WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("grace_hopper"), RESTORATION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            WorkOutput result = outputs(completed).get("result");
            assertThat(result).isNotNull();
            assertThat(result.getMetadata().getWidth()).isEqualTo(480);
            assertThat(result.getMetadata().getHeight()).isEqualTo(563);
            assertThat(outputs(completed)).containsKey("result_small");
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getReportList()).hasSizeGreaterThan(2);
            try (Picture picture = TestPhotos.decode(bench.blob(result.getBlobKey()))) {
                assertThat(picture.width()).isEqualTo(480);
            }
        }
        assertThat(told).isNotEmpty();
        for (int i = 1; i < told.size(); i++) {
            assertThat(told.get(i).getSequence()).isGreaterThan(told.get(i - 1).getSequence());
            assertThat(told.get(i).getPercent())
                    .isGreaterThanOrEqualTo(told.get(i - 1).getPercent());
        }
    }

    @Test
    @Tag("AI-02")
    @Tag("PRC-06")
    void a_small_photo_comes_back_twice_as_wide_checked_and_marked() throws Exception {
        byte[] small = TestPhotos.small("chelsea", 240);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(small, RESTORATION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            WorkOutput result = outputs(completed).get("result");
            assertThat(result).isNotNull();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getReportList())
                    .contains("Enlarged the picture to 480 × 320 pixels, twice its width and height, and no further.");
            assertThat(bench.stages(id)).contains("watermark", "check_result", "make_small_result");
            try (Picture picture = TestPhotos.decode(bench.blob(result.getBlobKey()))) {
                assertThat(picture.width()).isEqualTo(480);
                assertThat(picture.height()).isEqualTo(320);
            }
            String coloured = bench.order(small, colourizeOnly(), MINUTES);
            WorkOutput tinted = outputs(bench.awaitEnd(coloured).getCompleted()).get("result");
            assertThat(tinted).isNotNull();
            assertThat(tinted.getMetadata().getWidth()).as("only colourized").isEqualTo(240);
        }
    }

    private static JobProgress progress(ProgressUpdate update) {
        try {
            return JobProgress.parseFrom(update.progress());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("PHO-03")
    void a_broken_photo_fails_with_a_reason_and_leaves_nothing() throws Exception {
        byte[] photo = TestPhotos.bytes("coffee");
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(Arrays.copyOf(photo, photo.length / 2), PREPARATION, MINUTES);
            WorkReport end = bench.awaitEnd(id);
            assertThat(end.getFailed().getError().getReason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
            assertThat(end.getFailed().getError().getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_DATA);
            assertThat(end.getFailed().getError().getStage()).isEqualTo("orient");
            assertThat(end.getFailed().getError().getMessage()).contains("truncated");
        }
    }

    @Test
    void an_order_whose_photo_is_gone_says_so() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("coffee"), PREPARATION, MINUTES);
            String gone = bench.order(new byte[] {1}, PREPARATION, MINUTES);
            bench.blobs().delete(List.of("users/u/photos/" + gone + "/original"));
            assertThat(bench.awaitEnd(id).hasCompleted()).isTrue();
            Reason reason = bench.awaitEnd(gone).getFailed().getError().getReason();
            // The worker may have been faster than the deletion; then one byte is no photo.
            assertThat(reason).isIn(Reason.REASON_NOT_FOUND, Reason.REASON_UNSUPPORTED_MEDIA);
        }
    }

    /** A photo that takes some seconds to restore. */
    private static byte[] slowPhoto() throws IOException {
        java.awt.image.BufferedImage noisy =
                new java.awt.image.BufferedImage(3600, 2400, java.awt.image.BufferedImage.TYPE_INT_RGB);
        java.util.Random random = new java.util.Random(1);
        for (int y = 0; y < noisy.getHeight(); y++) {
            for (int x = 0; x < noisy.getWidth(); x++) {
                int value = 90 + x / 40 + random.nextInt(40);
                noisy.setRGB(x, y, value << 16 | value << 8 | value);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(noisy, "jpg", out);
        return out.toByteArray();
    }

    private static JobSpec colourize() {
        return JobSpec.newBuilder()
                .setRestoration(RestorationSpec.newBuilder().setRestore(true).setColourize(true))
                .build();
    }

    private static JobSpec colourizeOnly() {
        return JobSpec.newBuilder()
                .setRestoration(RestorationSpec.newBuilder().setColourize(true))
                .build();
    }

    private String slowOrder(Duration timeout) throws IOException {
        // Preparation of a large photo: long enough to be met in the middle.
        return bench.order(slowPhoto(), PREPARATION, timeout);
    }

    @Test
    @Tag("JOB-03")
    void a_cancelled_job_stops_and_is_reported_as_cancelled() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = slowOrder(MINUTES);
            bench.await(id, ResultEntry.Type.STARTED);
            long asked = System.nanoTime();
            bench.queue().cancel(id);
            ResultEntry end = bench.await(id, ResultEntry.Type.FINISHED);
            assertThat(end.ending()).isEqualTo(Ending.CANCELLED);
            assertThat(bench.awaitEnd(id).hasCancelled()).isTrue();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked)).isLessThan(5_000);
        }
    }

    @Test
    @Tag("PRC-09")
    void a_job_that_takes_too_long_is_stopped_and_says_so() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = slowOrder(Duration.ofMillis(100));
            WorkReport end = bench.awaitEnd(id);
            assertThat(end.getFailed().getError().getReason()).isEqualTo(Reason.REASON_JOB_TIMEOUT);
            assertThat(end.getFailed().getError().getRetryable()).isTrue();
        }
    }

    @Test
    @Tag("PRC-04")
    void a_worker_that_ends_hands_its_job_back_and_the_attempt_does_not_count() throws Exception {
        // More than it can do in the time it is given to end.
        byte[] photo = slowPhoto();
        for (int i = 0; i < 8; i++) {
            bench.order(photo, PREPARATION, MINUTES);
        }
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            bench.await(ResultEntry.Type.STARTED);
        }
        String id = bench.await(ResultEntry.Type.RETURNED).id();
        assertThat(bench.queue().workers().list()).isEmpty();
        List<Claim> again =
                bench.queue().claim(new Claimer("other", Set.of("image"), 1L << 30), 8, Duration.ofSeconds(20));
        assertThat(again)
                .filteredOn(claim -> claim.id().equals(id))
                .singleElement()
                .satisfies(claim -> assertThat(claim.attempt()).isEqualTo(1));
    }

    @Test
    @Tag("Q-04")
    void a_worker_that_lost_its_lease_changes_nothing() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = slowOrder(MINUTES);
            ResultEntry start = bench.await(id, ResultEntry.Type.STARTED);
            bench.queue().forget(id);
            Eventually.holds(() -> assertThat(bench.queue().workers().list())
                    .singleElement()
                    .satisfies(one -> assertThat(one.getJobIdsList()).isEmpty()));
            String folder = "users/u/jobs/" + id + "/1-" + start.leaseId();
            assertThat(bench.blobs().find(folder + "/prepared.jpg")).isEmpty();
        }
    }

    @Test
    @Tag("PRC-01")
    void a_worker_tells_its_state_and_follows_orders() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker.health().report().ready()).isTrue();
            Eventually.holds(() -> assertThat(only().getState()).isEqualTo(WorkerState.WORKER_STATE_IDLE));
            assertThat(only().getCapabilitiesCount()).isEqualTo(3);
            bench.queue().workers().setConcurrency("w1", 5);
            Eventually.holds(() -> assertThat(only().getConcurrency()).isEqualTo(5));
            String id = bench.order(TestPhotos.bytes("chelsea"), colourize(), MINUTES);
            assertThat(bench.awaitEnd(id).hasCompleted()).isTrue();
            Eventually.holds(() -> assertThat(only().getJobsCompleted()).isEqualTo(1));
            bench.queue().workers().drain("w1");
            Eventually.holds(() -> {
                assertThat(only().getState()).isEqualTo(WorkerState.WORKER_STATE_DRAINING);
                assertThat(bench.drained.get()).isEqualTo(1);
            });
            assertThat(worker.health().report().ready()).isFalse();
        }
        assertThat(bench.queue().workers().list()).isEmpty();
    }

    private Worker only() {
        return bench.queue().workers().list().getFirst();
    }
}
