package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Batch;
import dev.rekindle.jobs.v1.CancelBatchRequest;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Ending;
import dev.rekindle.testkit.Eventually;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What jobs paid that came to nothing comes back: of many at once, whatever becomes of one of them. */
@Tag("CR-04")
@Tag("JOB-07")
class RefundsIT {
    private static final int JOBS = 40;

    private JobsOfTest test;
    private Photo photo;
    private int before;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of());
        photo = test.preparedPhoto("ada");
        before = test.peers.balance("ada");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private Batch batch() {
        CreateBatchRequest.Builder wish = CreateBatchRequest.newBuilder();
        for (int i = 0; i < JOBS; i++) {
            wish.addItems(
                    CreateBatchItem.newBuilder().addPhotoIds(photo.getId()).setSpec(JobsOfTest.RESTORE));
        }
        Batch batch = test.jobs("ada").createBatch(wish.build()).getBatch();
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2 * JOBS);
        return batch;
    }

    private void cancel(Batch batch) {
        test.jobs("ada")
                .cancelBatch(CancelBatchRequest.newBuilder()
                        .setBatchId(batch.getId())
                        .build());
    }

    private void awaitBalance(int credits) {
        Eventually.answers(() -> {
            assertThat(test.peers.balance("ada")).isEqualTo(credits);
            return credits;
        });
    }

    @Test
    void many_jobs_of_a_user_are_given_back_by_few_calls() {
        cancel(batch());
        awaitBalance(before);
        assertThat(test.peers.refundBatchCalls()).isPositive();
        assertThat(test.peers.refundCalls() + test.peers.refundBatchCalls()).isLessThan(JOBS / 2);
    }

    @Test
    void credits_of_an_older_version_are_asked_for_one_after_the_other() {
        test.peers.setWithoutRefundBatch();
        cancel(batch());
        awaitBalance(before);
        assertThat(test.peers.refundCalls()).isGreaterThan(JOBS / 2);
    }

    @Test
    void one_that_is_refused_does_not_hold_the_others_up_and_comes_back_when_it_may() {
        Batch batch = batch();
        test.peers.setRefusedRefundOf(batch.getJobIds(0));
        cancel(batch);
        awaitBalance(before - 2);
        test.peers.setRefusedRefundOf("");
        awaitBalance(before);
    }

    @Test
    void an_engine_that_fails_with_many_words_is_given_back_as_well() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim(job);
        test.queue.finish(
                claim,
                Ending.FAILED,
                WorkReport.newBuilder()
                        .setFailed(WorkFailed.newBuilder()
                                .setError(JobError.newBuilder()
                                        .setReason(Reason.REASON_ENGINE_FAILED)
                                        .setMessage("The engine\0 failed \uD83D\uDE31. ".repeat(100))
                                        .setFailureClass(FailureClass.FAILURE_CLASS_DATA)))
                        .build()
                        .toByteString());
        test.await("ada", job.getId(), JobState.JOB_STATE_FAILED);
        awaitBalance(before);
    }
}
