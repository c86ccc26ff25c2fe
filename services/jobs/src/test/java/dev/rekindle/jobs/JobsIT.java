package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Ending;
import dev.rekindle.testkit.Eventually;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs from their creation to their end, on real PostgreSQL, Redis and S3, with a worker worked by hand. */
class JobsIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    static Failure refusal(Runnable call) {
        StatusRuntimeException thrown = catchThrowableOfType(StatusRuntimeException.class, call::run);
        assertThat(thrown).as("a refusal").isNotNull();
        return Failures.of(thrown);
    }

    @Test
    @Tag("JOB-01")
    @Tag("JOB-02")
    void a_job_is_paid_waits_runs_and_ends_with_its_result() {
        Photo photo = test.preparedPhoto("ada");
        int before = test.peers.balance("ada");
        Job job = test.createJob("ada", photo);
        assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
        assertThat(job.getCreditCost()).isEqualTo(2);
        assertThat(job.getLane()).isEqualTo("paid_priority");
        assertThat(job.getResolution()).isEqualTo(Resolution.RESOLUTION_720P);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2);

        Claim claim = test.claim(job);
        assertThat(JobsOfTest.order(claim).getInputs(0).getBlobKey()).endsWith("/prepared");
        Job running = test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        assertThat(running.getAttempt()).isEqualTo(1);
        assertThat(test.finish(claim, "result")).isTrue();
        Job done = test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(done.getOutputsList()).hasSize(1);
        assertThat(done.getReportList()).containsExactly("Mended 3 scratches");
        assertThat(done.getProgress().getPercent()).isEqualTo(100);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        Eventually.holds(() -> assertThat(test.peers.eventTypes(job.getId()))
                .containsExactly("job.created", "job.queued", "job.started", "job.completed"));
    }

    @Test
    @Tag("JOB-01")
    void no_work_chosen_is_an_error_that_says_so() {
        Photo photo = test.preparedPhoto("ben");
        Failure failure = refusal(() -> test.jobs("ben")
                .createJob(CreateJobRequest.newBuilder()
                        .addPhotoIds(photo.getId())
                        .setSpec(JobSpec.newBuilder().setRestoration(RestorationSpec.getDefaultInstance()))
                        .build()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.message()).contains("choose restore, colourize, or both");
    }

    @Test
    @Tag("JOB-12")
    void a_quote_tells_price_limits_and_engine_and_creates_nothing() {
        QuoteJobResponse quote = test.jobs("quo")
                .quoteJob(QuoteJobRequest.newBuilder()
                        .setSpec(JobsOfTest.RESTORE)
                        .setResolution(Resolution.RESOLUTION_2160P)
                        .build());
        assertThat(quote.getCreditCost()).isEqualTo(2);
        assertThat(quote.getResolution()).isEqualTo(Resolution.RESOLUTION_720P);
        assertThat(quote.getEngine().getEngine()).isEqualTo("embedded");
        assertThat(quote.getRun().hasHigh()).isTrue();
        assertThat(test.jobs("quo")
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
    }

    @Test
    @Tag("CR-04")
    void without_credits_there_is_no_job_and_nothing_is_left_behind() {
        Photo photo = test.preparedPhoto("poor");
        test.peers.give("poor", 1);
        Failure failure = refusal(() -> test.createJob("poor", photo));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(test.jobs("poor")
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
        assertThat(test.peers.balance("poor")).isEqualTo(1);
    }

    @Test
    @Tag("JOB-08")
    void the_same_request_id_makes_one_job_also_when_asked_at_once() throws Exception {
        Photo photo = test.preparedPhoto("eve");
        CreateJobRequest request =
                JobsOfTest.request(photo).setRequestId("once-1").build();
        List<Future<Job>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var stub = test.jobs("eve");
            for (int i = 0; i < 8; i++) {
                Callable<Job> call = () -> stub.createJob(request).getJob();
                answers.add(threads.submit(call));
            }
        }
        List<String> ids = new ArrayList<>();
        for (Future<Job> answer : answers) {
            ids.add(answer.get().getId());
        }
        assertThat(ids.stream().distinct()).hasSize(1);
        assertThat(test.peers.standing(ids.getFirst())).isEqualTo(1);
        Failure other = refusal(() -> test.jobs("eve")
                .createJob(
                        request.toBuilder().setPriority(Priority.PRIORITY_HIGH).build()));
        assertThat(other.reason()).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        test.finish(test.claim("ai"), "result");
    }

    @Test
    @Tag("CR-04")
    void a_charge_whose_answer_was_lost_is_taken_back_and_the_job_never_runs() {
        Photo photo = test.preparedPhoto("lost");
        int before = test.peers.balance("lost");
        test.peers.loseNextAnswer();
        Failure failure = refusal(() -> test.createJob("lost", photo));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_DEADLINE_EXCEEDED);
        Eventually.holds(() -> assertThat(test.peers.balance("lost")).isEqualTo(before));
        Eventually.holds(() -> assertThat(test.jobs("lost")
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty());
    }

    @Test
    @Tag("CR-04")
    void asking_again_with_the_same_request_id_goes_on_where_the_answer_was_lost() {
        Photo photo = test.preparedPhoto("again");
        CreateJobRequest request =
                JobsOfTest.request(photo).setRequestId("again-1").build();
        test.peers.loseNextAnswer();
        refusal(() -> test.jobs("again").createJob(request));
        Job job = test.jobs("again").createJob(request).getJob();
        assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        test.finish(test.claim(job), "result");
    }

    @Test
    @Tag("JOB-03")
    void a_waiting_job_is_cancelled_at_once_and_its_credits_come_back() {
        Photo photo = test.preparedPhoto("cal");
        int before = test.peers.balance("cal");
        Job job = test.createJob("cal", photo);
        Job cancelled = test.jobs("cal")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build())
                .getJob();
        assertThat(cancelled.getState()).isEqualTo(JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> assertThat(test.peers.balance("cal")).isEqualTo(before));
        Failure again = refusal(() -> test.jobs("cal")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build()));
        assertThat(again.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(again.message()).contains("already cancelled");
    }

    @Test
    @Tag("JOB-03")
    void a_running_job_is_told_to_stop_and_is_cancelled_when_it_has() {
        Photo photo = test.preparedPhoto("run");
        int before = test.peers.balance("run");
        Job job = test.createJob("run", photo);
        Claim claim = test.claim(job);
        test.await("run", job.getId(), JobState.JOB_STATE_PROCESSING);
        Job told = test.jobs("run")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build())
                .getJob();
        assertThat(told.getState()).isEqualTo(JobState.JOB_STATE_PROCESSING);
        assertThat(told.getCancelling()).isTrue();
        assertThat(test.queue.heartbeat(List.of(Beat.of(claim)))).containsExactly(Beat.Answer.CANCEL_REQUESTED);
        test.queue.finish(
                claim,
                Ending.CANCELLED,
                WorkReport.newBuilder()
                        .setCancelled(dev.rekindle.processing.v1.WorkCancelled.getDefaultInstance())
                        .build()
                        .toByteString());
        test.await("run", job.getId(), JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> assertThat(test.peers.balance("run")).isEqualTo(before));
    }

    @Test
    @Tag("JOB-04")
    void a_failed_job_gives_its_credits_back_and_a_retry_pays_them_again_once() {
        Photo photo = test.preparedPhoto("fay");
        int before = test.peers.balance("fay");
        Job job = test.createJob("fay", photo);
        test.fail(test.claim(job), FailureClass.FAILURE_CLASS_DATA);
        Job failed = test.await("fay", job.getId(), JobState.JOB_STATE_FAILED);
        assertThat(failed.getError().getMessage()).isEqualTo("The engine failed.");
        Eventually.holds(() -> assertThat(test.peers.balance("fay")).isEqualTo(before));
        Eventually.holds(() -> assertThat(test.peers.costs())
                .anyMatch(cost -> cost.getJobId().equals(job.getId()) && cost.getCostMicroUsd() == 1500));

        Job again = test.jobs("fay")
                .retryJob(RetryJobRequest.newBuilder().setJobId(job.getId()).build())
                .getJob();
        assertThat(again.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
        assertThat(test.peers.balance("fay")).isEqualTo(before - 2);
        test.finish(test.claim(job), "result");
        test.await("fay", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        Failure third = refusal(() -> test.jobs("fay")
                .retryJob(RetryJobRequest.newBuilder().setJobId(job.getId()).build()));
        assertThat(third.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    @Tag("JOB-10")
    @Tag("Q-07")
    void a_passing_failure_schedules_another_attempt_without_another_charge() {
        Photo photo = test.preparedPhoto("ret");
        Job job = test.createJob("ret", photo);
        test.fail(test.claim(job), FailureClass.FAILURE_CLASS_DEPENDENCY);
        Job scheduled = test.await("ret", job.getId(), JobState.JOB_STATE_RETRY_SCHEDULED);
        assertThat(scheduled.hasRetryTime()).isTrue();
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        test.jobs("ret")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build());
        test.await("ret", job.getId(), JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> assertThat(test.peers.standing(job.getId())).isZero());
    }

    @Test
    @Tag("JOB-05")
    void jobs_are_listed_newest_first_in_pages_and_by_filter() {
        Photo photo = test.preparedPhoto("lis");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(test.createJob("lis", photo).getId());
        }
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            ListJobsResponse page = test.jobs("lis")
                    .listJobs(ListJobsRequest.newBuilder()
                            .setPageSize(2)
                            .setPageToken(token)
                            .build());
            page.getJobsList().forEach(job -> seen.add(job.getId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(seen).containsExactlyElementsOf(made);
        assertThat(test.jobs("lis")
                        .listJobs(ListJobsRequest.newBuilder()
                                .addTypes(JobType.JOB_TYPE_PREPARATION)
                                .build())
                        .getJobsList())
                .hasSize(1);
        assertThat(test.jobs("lis")
                        .listJobs(ListJobsRequest.newBuilder()
                                .addStates(JobState.JOB_STATE_COMPLETED)
                                .build())
                        .getJobsList())
                .isEmpty();
        Failure bad = refusal(() -> test.jobs("lis")
                .listJobs(ListJobsRequest.newBuilder().setPageToken("rubbish").build()));
        assertThat(bad.reason()).isEqualTo(Reason.REASON_INVALID_TOKEN);
        made.forEach(id -> test.jobs("lis")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(id).build()));
    }

    @Test
    @Tag("API-04")
    void another_users_photos_and_jobs_are_not_found() {
        Photo photo = test.preparedPhoto("own");
        Job job = test.createJob("own", photo);
        List<Runnable> calls = List.of(
                () -> test.job("thief", job.getId()),
                () -> test.photo("thief", photo.getId()),
                () -> test.createJob("thief", photo),
                () -> test.jobs("thief")
                        .cancelJob(CancelJobRequest.newBuilder()
                                .setJobId(job.getId())
                                .build()),
                () -> test.jobs("thief")
                        .retryJob(RetryJobRequest.newBuilder()
                                .setJobId(job.getId())
                                .build()),
                () -> test.jobs("thief")
                        .watchJob(dev.rekindle.jobs.v1.WatchJobRequest.newBuilder()
                                .setJobId(job.getId())
                                .build())
                        .next());
        for (Runnable call : calls) {
            assertThat(refusal(call).reason()).isEqualTo(Reason.REASON_NOT_FOUND);
        }
        assertThat(test.job("own", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
        test.finish(test.claim(job), "result");
    }

    @Test
    @Tag("Q-05")
    void a_waiting_job_tells_its_place() {
        Photo photo = test.preparedPhoto("pos");
        Job first = test.createJob("pos", photo);
        Job second = test.createJob("pos", photo);
        Eventually.holds(() -> {
            assertThat(test.job("pos", first.getId()).getQueue().getPosition()).isEqualTo(1);
            assertThat(test.job("pos", second.getId()).getQueue().getPosition()).isEqualTo(2);
        });
        for (Job job : List.of(first, second)) {
            test.jobs("pos")
                    .cancelJob(
                            CancelJobRequest.newBuilder().setJobId(job.getId()).build());
        }
    }

    @Test
    void a_job_of_an_id_that_is_none_is_refused_by_the_contract() {
        Failure failure = refusal(() -> test.jobs("x")
                .getJob(GetJobRequest.newBuilder().setJobId("../etc").build()));
        assertThat(failure.violations()).extracting(Failure.Violation::field).containsExactly("job_id");
    }
}
