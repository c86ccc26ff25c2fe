package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CheckStorageRequest;
import dev.rekindle.jobs.v1.CheckStorageResponse;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.LostBlob;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.PhotoVariant;
import dev.rekindle.jobs.v1.StorageReport;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Blobs and rows that do not belong together, on a real blob store and a real database. */
@Tag("PHO-05")
class CheckStorageIT {
    private JobsOfTest test;
    private Database database;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of());
        database = test.openDatabase();
        List<String> left = new ArrayList<>();
        test.blobs.list("users/", blob -> left.add(blob.key()));
        test.blobs.delete(left);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    /** A comparison to which every blob is old enough. */
    private StorageReport compare(boolean repair) {
        Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
        return new CheckStorage(database, new BlobOwnerStore(), test.blobs, new Outbox(), Duration.ofHours(1), tomorrow)
                .run(repair, 3, found -> {});
    }

    private Job completed(String user, Photo photo) {
        Job job = test.createJob(user, photo);
        test.finish(test.claim(job), "result");
        return Eventually.answers(() -> {
            Job now = test.job(user, job.getId());
            assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_COMPLETED);
            return now;
        });
    }

    private List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        test.blobs.list(prefix, blob -> keys.add(blob.key()));
        return keys;
    }

    private String only(String prefix) {
        assertThat(keys(prefix)).hasSize(1);
        return keys(prefix).getFirst();
    }

    @Test
    void where_all_belongs_together_nothing_is_found() {
        completed("ada", test.preparedPhoto("ada"));
        StorageReport report = compare(true);
        assertThat(report.getBlobs())
                .as("original, prepared, thumbnail and result")
                .isEqualTo(4);
        assertThat(report.getOwned()).isEqualTo(4);
        assertThat(report.getOrphans() + report.getLost() + report.getYoung()).isZero();
        assertThat(keys("users/")).hasSize(4);
    }

    @Test
    void blobs_nobody_owns_are_counted_named_and_deleted_once_they_are_old_enough() {
        Photo photo = test.preparedPhoto("ben");
        Job ended = completed("ben", photo);
        Job running = test.createJob("ben", photo);
        test.claim(running);
        test.blobs.put("users/aaa/photos/" + UUID.randomUUID() + "/original", new byte[10], "image/png");
        String late = BlobKeys.outputPrefix("ben", UUID.fromString(ended.getId())) + "9-lost/result";
        test.blobs.put(late, new byte[20], "image/png");
        test.blobs.put("users/zzz/anything", new byte[30], "image/png");
        String begun = BlobKeys.outputPrefix("ben", UUID.fromString(running.getId())) + "1-lease/result";
        test.blobs.put(begun, new byte[40], "image/png");

        StorageReport young = last(test.storage("root").checkStorage(CheckStorageRequest.getDefaultInstance()));
        assertThat(young.getYoung()).as("in the present all of them are young").isEqualTo(4);
        assertThat(young.getOrphans()).isZero();

        StorageReport found = compare(false);
        assertThat(found.getOrphans()).isEqualTo(3);
        assertThat(found.getOrphanBytes()).isEqualTo(60);
        assertThat(found.getOrphanExamplesList()).hasSize(3).contains(late);
        assertThat(found.getYoung()).as("what a worker stored that still works").isEqualTo(1);
        assertThat(keys("users/")).hasSize(8);

        StorageReport repaired = compare(true);
        assertThat(repaired.getDeleted()).isEqualTo(3);
        Eventually.holds(
                () -> assertThat(keys("users/")).hasSize(5).contains(begun).doesNotContain(late));
        assertThat(compare(true).getOrphans()).isZero();
    }

    private static StorageReport last(Iterator<CheckStorageResponse> answers) {
        CheckStorageResponse last = answers.next();
        while (answers.hasNext()) {
            last = answers.next();
        }
        assertThat(last.getDone()).isTrue();
        return last.getReport();
    }

    @Test
    void rows_whose_blob_is_gone_say_so_after_a_repair() {
        Photo photo = test.preparedPhoto("eve");
        Photo whole = test.preparedPhoto("eve");
        Job job = completed("eve", photo);
        String prepared = BlobKeys.outputPrefix("eve", UUID.fromString(photo.getPreparationJobId()));
        String preparedKey = keys(prepared).stream()
                .filter(key -> key.endsWith("/prepared"))
                .findFirst()
                .orElseThrow();
        String resultKey = only(BlobKeys.outputPrefix("eve", UUID.fromString(job.getId())));
        String originalKey = BlobKeys.original("eve", UUID.fromString(photo.getId()));
        test.blobs.delete(List.of(preparedKey, resultKey, originalKey));

        StorageReport found = compare(false);
        assertThat(found.getLostExamplesList())
                .extracting(LostBlob::getBlobKey)
                .as("in the order of the keys; the prepared picture has two rows")
                .containsExactly(preparedKey, preparedKey, resultKey);
        assertThat(found.getLost()).as("the original too").isEqualTo(4);
        assertThat(test.job("eve", job.getId()).getOutputs(0).getLost()).isFalse();

        assertThat(compare(true).getMarked()).isEqualTo(4);
        assertThat(test.job("eve", job.getId()).getOutputs(0).getLost()).isTrue();
        Photo marked = test.photo("eve", photo.getId());
        assertThat(marked.getState()).isEqualTo(PhotoState.PHOTO_STATE_FAILED);
        assertThat(marked.getError().getMessage()).contains("lost by the blob store");
        assertThat(marked.getVariantsList().stream().filter(PhotoVariant::getLost))
                .extracting(PhotoVariant::getName)
                .containsExactlyInAnyOrder("original", "prepared");
        for (String variant : List.of("original", "prepared", job.getOutputs(0).getId())) {
            Failure refused = JobsIT.refusal(() -> test.photos("eve")
                    .getPhotoContent(GetPhotoContentRequest.newBuilder()
                            .setPhotoId(photo.getId())
                            .setVariant(variant)
                            .build()));
            assertThat(refused.reason()).isEqualTo(Reason.REASON_NOT_FOUND);
            assertThat(refused.message()).contains("lost by the blob store");
        }
        assertThat(JobsIT.refusal(() -> test.createJob("eve", photo)).message()).contains("lost by the blob store");
        assertThat(test.photo("eve", whole.getId()).getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
        assertThat(compare(true).getLost()).as("what is marked is known").isZero();
    }

    @Test
    void more_blobs_and_rows_than_a_batch_are_compared_in_order() throws Exception {
        List<String> strange =
                Stream.of("a", "b", "z", "~2f", "A-", "a~", "a_b", "Z").toList();
        for (String user : strange) {
            test.preparedPhoto(user);
        }
        List<Future<?>> stored = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int blob = 0; blob < 1_200; blob++) {
                String key = "users/" + (blob % 2 == 0 ? "B" : "y") + "/photos/" + blob;
                stored.add(threads.submit(() -> test.blobs.put(key, new byte[1], "image/png")));
            }
        }
        for (Future<?> one : stored) {
            one.get();
        }
        StorageReport report = compare(false);
        assertThat(report.getBlobs()).isEqualTo(1_200 + 3L * strange.size());
        assertThat(report.getOwned()).isEqualTo(3L * strange.size());
        assertThat(report.getOrphans()).isEqualTo(1_200);
        assertThat(report.getOrphanExamplesList()).hasSize(3);
        assertThat(report.getLost()).isZero();
    }

    @Test
    @Tag("OPS-03")
    void all_that_is_stored_is_added_up() {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        MeasureStorage measure = new MeasureStorage(test.blobs, metrics);
        assertThat(metrics.get("storage_size_bytes").gauge().value()).isNaN();
        test.blobs.put("users/mia/one", new byte[10], "image/png");
        test.blobs.put("users/noe/two", new byte[30], "image/png");
        assertThat(measure.run()).isFalse();
        assertThat(metrics.get("storage_size_bytes").gauge().value()).isEqualTo(40);
        assertThat(metrics.get("storage_blobs").gauge().value()).isEqualTo(2);
    }
}
