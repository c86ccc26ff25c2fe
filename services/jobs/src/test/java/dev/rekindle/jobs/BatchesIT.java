package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Batch;
import dev.rekindle.jobs.v1.BatchPolicy;
import dev.rekindle.jobs.v1.BatchState;
import dev.rekindle.jobs.v1.CancelBatchRequest;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.GetBatchRequest;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.jobs.v1.WatchBatchRequest;
import dev.rekindle.jobs.v1.WatchBatchResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs created, watched, cancelled and ended together. */
@Tag("JOB-07")
class BatchesIT {
    private JobsOfTest test;
    private Photo photo;
    private int before;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of("limits.open_batches_max", "3"));
        photo = test.preparedPhoto("ada");
        before = test.peers.balance("ada");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private CreateBatchRequest.Builder wish(int jobs) {
        CreateBatchRequest.Builder request = CreateBatchRequest.newBuilder();
        for (int i = 0; i < jobs; i++) {
            request.addItems(
                    CreateBatchItem.newBuilder().addPhotoIds(photo.getId()).setSpec(JobsOfTest.RESTORE));
        }
        return request;
    }

    private Batch create(CreateBatchRequest.Builder wish) {
        return test.jobs("ada").createBatch(wish.build()).getBatch();
    }

    private Batch get(Batch batch) {
        return test.jobs("ada")
                .getBatch(GetBatchRequest.newBuilder().setBatchId(batch.getId()).build())
                .getBatch();
    }

    private Batch awaitEnd(Batch batch) {
        return Eventually.answers(() -> {
            Batch now = get(batch);
            assertThat(now.hasEndTime()).as("ended").isTrue();
            return now;
        });
    }

    private long jobsOf(Batch batch, JobState state) {
        return test
                .jobs("ada")
                .listJobs(ListJobsRequest.newBuilder()
                        .setBatchId(batch.getId())
                        .setPageSize(100)
                        .build())
                .getJobsList()
                .stream()
                .filter(job -> job.getState() == state)
                .count();
    }

    private String manifest(Batch batch) {
        Iterator<ReadPhotoContentResponse> stream = test.photos("ada")
                .readPhotoContent(ReadPhotoContentRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .setVariant(batch.getManifestOutputId())
                        .build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        stream.forEachRemaining(part -> {
            try {
                part.getChunk().writeTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void all_jobs_are_paid_run_and_ended_and_a_manifest_tells_what_came_of_each() {
        Batch batch = create(wish(3));
        assertThat(batch.getState()).isEqualTo(BatchState.BATCH_STATE_RUNNING);
        assertThat(batch.getJobIdsList()).hasSize(3);
        assertThat(batch.getCreditCost()).isEqualTo(6);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 6);
        Iterator<WatchBatchResponse> stream = test.jobs("ada")
                .watchBatch(
                        WatchBatchRequest.newBuilder().setBatchId(batch.getId()).build());
        assertThat(stream.next().getBatch().getCompletedCount()).isZero();
        for (int i = 0; i < 3; i++) {
            test.finish(test.claim("ai"), "result");
        }
        Batch last = batch;
        while (stream.hasNext()) {
            Batch next = stream.next().getBatch();
            assertThat(next.getPercent()).isGreaterThanOrEqualTo(last.getPercent());
            last = next;
        }
        assertThat(last.getState()).isEqualTo(BatchState.BATCH_STATE_COMPLETED);
        assertThat(last.getPercent()).isEqualTo(100);
        String manifest = manifest(last);
        batch.getJobIdsList().forEach(id -> assertThat(manifest).contains(id));
        assertThat(manifest).contains("\"name\":\"result\"");
        assertThat(JobsIT.refusal(() -> test.photos("bob")
                                .readPhotoContent(ReadPhotoContentRequest.newBuilder()
                                        .setPhotoId(photo.getId())
                                        .setVariant(batch.getManifestOutputId())
                                        .build())
                                .next())
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void without_enough_credits_for_all_there_is_none() {
        test.peers.give("ada", 5);
        assertThat(JobsIT.refusal(() -> create(wish(3))).reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(test.peers.balance("ada")).isEqualTo(5);
        assertNoJobs();
    }

    private void assertNoJobs() {
        assertThat(test.jobs("ada")
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
    }

    @Test
    void one_item_that_is_wrong_refuses_all_and_is_named() {
        CreateBatchRequest.Builder wish = wish(2).addItems(CreateBatchItem.newBuilder()
                .addPhotoIds(photo.getId())
                .addPhotoIds(test.preparedPhoto("ada").getId())
                .setSpec(JobsOfTest.RESTORE));
        Failure failure = JobsIT.refusal(() -> create(wish));
        assertThat(failure.violations()).extracting(Failure.Violation::field).containsExactly("items[2].photo_ids");
        Photo others = test.preparedPhoto("bob");
        assertThat(JobsIT.refusal(() -> create(wish(1).addItems(CreateBatchItem.newBuilder()
                                .addPhotoIds(others.getId())
                                .setSpec(JobsOfTest.RESTORE))))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertNoJobs();
        assertThat(test.peers.balance("ada")).isEqualTo(before);
    }

    @Test
    @Tag("JOB-08")
    void sent_again_with_its_request_id_it_is_the_same_batch_and_charge() {
        Batch first = create(wish(2).setRequestId("b-1"));
        assertThat(create(wish(2).setRequestId("b-1")).getId()).isEqualTo(first.getId());
        assertThat(JobsIT.refusal(() -> create(wish(3).setRequestId("b-1"))).reason())
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 4);
    }

    @Test
    @Tag("JOB-08")
    void sent_again_when_the_tier_no_longer_allows_it_it_is_the_same_batch() {
        CreateBatchRequest.Builder wish = wish(2).setPriority(Priority.PRIORITY_HIGH);
        Batch first = create(wish.setRequestId("b-1"));
        test.peers.setLimits(test.peers.limits().toBuilder().setPriorityMax(5).build());
        assertThat(create(wish).getId()).isEqualTo(first.getId());
        assertThat(JobsIT.refusal(() -> create(wish.clone().setRequestId("b-2")))
                        .reason())
                .isEqualTo(Reason.REASON_TIER_LIMIT);
    }

    @Test
    void cut_off_in_the_middle_of_paying_it_is_taken_back_whole() {
        test.peers.loseNextAnswer();
        assertThat(JobsIT.refusal(() -> create(wish(3))).reason()).isEqualTo(Reason.REASON_DEADLINE_EXCEEDED);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 6);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(before));
        assertNoJobs();
    }

    @Test
    void the_first_failure_cancels_the_rest_where_it_shall() {
        Batch batch = create(wish(4).setPolicy(BatchPolicy.BATCH_POLICY_FAIL_FAST));
        test.finish(test.claim("ai"), "result");
        test.fail(test.claim("ai"), FailureClass.FAILURE_CLASS_DATA);
        Batch ended = awaitEnd(batch);
        assertThat(ended.getState()).isEqualTo(BatchState.BATCH_STATE_PARTIAL);
        assertThat(ended.getCompletedCount()).isEqualTo(1);
        assertThat(ended.getFailedCount()).isEqualTo(1);
        assertThat(ended.getCancelledCount()).isEqualTo(2);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(before - 2));
    }

    @Test
    void a_failure_leaves_the_others_alone_and_a_retry_begins_the_batch_again() {
        Batch batch = create(wish(2));
        Claim first = test.claim("ai");
        test.fail(first, FailureClass.FAILURE_CLASS_DATA);
        test.finish(test.claim("ai"), "result");
        Batch ended = awaitEnd(batch);
        assertThat(ended.getState()).isEqualTo(BatchState.BATCH_STATE_PARTIAL);
        test.jobs("ada")
                .retryJob(RetryJobRequest.newBuilder().setJobId(first.id()).build());
        assertThat(get(batch).getState()).isEqualTo(BatchState.BATCH_STATE_RUNNING);
        assertThat(get(batch).getManifestOutputId()).isEmpty();
        test.finish(test.claim("ai"), "result");
        Batch again = awaitEnd(batch);
        assertThat(again.getState()).isEqualTo(BatchState.BATCH_STATE_COMPLETED);
        assertThat(again.getManifestOutputId()).isNotEqualTo(ended.getManifestOutputId());
        assertThat(test.peers.balance("ada")).isEqualTo(before - 4);
    }

    @Test
    void cancelled_it_gives_back_what_has_not_run_and_cannot_be_cancelled_twice() {
        Batch batch = create(wish(3));
        test.finish(test.claim("ai"), "result");
        Eventually.holds(() -> assertThat(get(batch).getCompletedCount()).isEqualTo(1));
        CancelBatchRequest cancel =
                CancelBatchRequest.newBuilder().setBatchId(batch.getId()).build();
        assertThat(JobsIT.refusal(() -> test.jobs("bob").cancelBatch(cancel)).reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        Batch cancelled = test.jobs("ada").cancelBatch(cancel).getBatch();
        assertThat(cancelled.getState()).isEqualTo(BatchState.BATCH_STATE_CANCELLED);
        assertThat(jobsOf(batch, JobState.JOB_STATE_CANCELLED)).isEqualTo(2);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(before - 2));
        Failure again = JobsIT.refusal(() -> test.jobs("ada").cancelBatch(cancel));
        assertThat(again.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(again.message()).isEqualTo("The batch is already cancelled.");
    }

    @Test
    void a_user_has_so_many_open_batches_and_no_more() {
        for (int i = 0; i < 3; i++) {
            create(wish(1));
        }
        assertThat(JobsIT.refusal(() -> create(wish(1))).reason()).isEqualTo(Reason.REASON_TIER_LIMIT);
    }

    @Test
    @Tag("Q-15")
    void a_thousand_jobs_are_created_in_one_call() {
        stop();
        test = new JobsOfTest(Map.of("times.half_done_max", "1m"));
        photo = test.preparedPhoto("ada");
        test.peers.give("ada", 2000);
        long begun = System.nanoTime();
        Batch batch = create(wish(1000));
        long millis = (System.nanoTime() - begun) / 1_000_000;
        System.out.println("A batch of 1000 jobs was accepted in " + millis + " ms");
        assertThat(batch.getJobIdsList()).hasSize(1000).doesNotHaveDuplicates();
        assertThat(test.peers.balance("ada")).isZero();
        assertThat(test.peers.batchCalls()).isEqualTo(1);
        Eventually.holds(
                () -> assertThat(test.queue.lanes().get(1).waitingTotal()).isEqualTo(1000));
        Batch cancelled = test.jobs("ada")
                .cancelBatch(CancelBatchRequest.newBuilder()
                        .setBatchId(batch.getId())
                        .build())
                .getBatch();
        assertThat(cancelled.getCancelledCount()).isEqualTo(1000);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(2000));
    }
}
