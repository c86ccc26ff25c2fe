package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.platform.db.Database;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ended jobs as the months go by. The service's own clock stands in the present; a clock of the test's is turned on. */
@Tag("JOB-16")
class RetainJobsIT {
    private static final Duration DAY = Duration.ofDays(1);
    private static final JobsConfig.Retention RETENTION =
            new JobsConfig.Retention(DAY.multipliedBy(30), DAY.multipliedBy(90), DAY.multipliedBy(365), DAY);

    private final ManualClock clock = new ManualClock(Instant.now());
    private JobsOfTest test;
    private Database database;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of());
        database = test.openDatabase();
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private void retain() {
        RetainJobs retain = new RetainJobs(
                database,
                new RetainJobs.Stores(new RetentionStore(), new BatchStore(), new FlagStore()),
                new dev.rekindle.platform.db.Outbox(),
                RETENTION,
                clock);
        for (int round = 0; retain.run(); round++) {
            assertThat(round).isLessThan(20);
        }
    }

    private Job completed(String user, Photo photo) {
        Job job = test.createJob(user, photo);
        test.finish(test.claim(job), "result");
        return test.await(user, job.getId(), JobState.JOB_STATE_COMPLETED);
    }

    private List<String> listed(String user, boolean archived) {
        return test
                .jobs(user)
                .listJobs(ListJobsRequest.newBuilder()
                        .setIncludeArchived(archived)
                        .build())
                .getJobsList()
                .stream()
                .map(Job::getId)
                .toList();
    }

    private List<String> blobs(String prefix) {
        List<String> keys = new ArrayList<>();
        test.blobs.list(prefix, blob -> keys.add(blob.key()));
        return keys;
    }

    @Test
    void outputs_go_first_then_the_job_is_archived_and_after_a_year_it_is_forgotten() {
        Photo photo = test.preparedPhoto("ada");
        Job job = completed("ada", photo);
        java.util.UUID jobId = java.util.UUID.fromString(job.getId());
        String prefix = BlobKeys.outputPrefix("ada", jobId);
        retain();
        assertThat(test.job("ada", job.getId())).isEqualTo(job);
        assertThat(blobs(prefix)).hasSize(1);

        clock.advance(DAY.multipliedBy(31));
        retain();
        Job without = test.job("ada", job.getId());
        assertThat(without.getOutputsList()).isEmpty();
        assertThat(without.getReportList()).isEqualTo(job.getReportList());
        assertThat(without.hasArchiveTime()).isFalse();
        Eventually.holds(() -> assertThat(blobs(prefix)).isEmpty());

        clock.advance(DAY.multipliedBy(60));
        retain();
        assertThat(listed("ada", false)).isEmpty();
        assertThat(listed("ada", true)).containsExactly(job.getId());
        Job archived = test.job("ada", job.getId());
        assertThat(archived.hasArchiveTime()).isTrue();
        assertThat(archived.getState()).isEqualTo(JobState.JOB_STATE_COMPLETED);
        assertThat(archived.getSpec()).isEqualTo(job.getSpec());
        assertThat(archived.getReportList()).isEmpty();
        assertThat(new JobStore().changesAfter(database.sql(), jobId, 0)).isEmpty();

        clock.advance(DAY.multipliedBy(300));
        retain();
        assertThat(JobsIT.refusal(() -> test.job("ada", job.getId())).reason()).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(listed("ada", true)).isEmpty();
    }

    @Test
    void a_photo_outlives_the_history_of_its_preparation_and_goes_whole_when_it_is_deleted() {
        Photo photo = test.preparedPhoto("ben-the-keeper");
        clock.advance(DAY.multipliedBy(400));
        retain();
        Photo kept = test.photo("ben-the-keeper", photo.getId());
        assertThat(kept.getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
        assertThat(kept.getVariantsList()).extracting("name").contains("prepared", "thumb_150");
        assertThat(completed("ben-the-keeper", photo).getOutputsList()).hasSize(1);
        test.photos("ben-the-keeper")
                .deletePhoto(DeletePhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .build());
        Eventually.holds(
                () -> assertThat(blobs(BlobKeys.userPrefix("ben-the-keeper"))).isEmpty());
    }

    @Test
    void a_failed_job_waits_for_its_operator_and_cannot_be_run_again_once_it_is_archived() {
        Photo photo = test.preparedPhoto("eve");
        Job job = test.createJob("eve", photo);
        test.fail(test.claim(job), FailureClass.FAILURE_CLASS_DATA);
        test.await("eve", job.getId(), JobState.JOB_STATE_FAILED);
        clock.advance(DAY.multipliedBy(100));
        retain();
        assertThat(test.job("eve", job.getId()).hasArchiveTime()).isFalse();
        test.queues("root")
                .discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                        .addJobIds(job.getId())
                        .build());
        retain();
        assertThat(test.job("eve", job.getId()).hasArchiveTime()).isTrue();
        assertThat(test.job("eve", job.getId()).getError().getMessage()).isEqualTo("The engine failed.");
        assertThat(JobsIT.refusal(() -> test.jobs("eve")
                                .retryJob(RetryJobRequest.newBuilder()
                                        .setJobId(job.getId())
                                        .build()))
                        .message())
                .contains("archived");
    }

    @Test
    void what_a_crash_leaves_between_two_batches_the_next_run_finishes() {
        Photo photo = test.preparedPhoto("kim");
        Job first = completed("kim", photo);
        test.stopService();
        clock.advance(DAY.multipliedBy(100));
        // The rows are gone and the blobs are owed: a process that dies here leaves the debt in the database.
        retain();
        assertThat(blobs(BlobKeys.outputPrefix("kim", java.util.UUID.fromString(first.getId()))))
                .hasSize(1);
        test.startServiceAgain();
        Eventually.holds(() -> assertThat(blobs(BlobKeys.outputPrefix("kim", java.util.UUID.fromString(first.getId()))))
                .isEmpty());
    }
}
