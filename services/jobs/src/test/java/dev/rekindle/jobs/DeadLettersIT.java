package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AnnotateDeadLetterRequest;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.DeadLetter;
import dev.rekindle.jobs.v1.DeadLetterState;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.DiscardDeadLettersResponse;
import dev.rekindle.jobs.v1.GetDeadLetterRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListDeadLettersRequest;
import dev.rekindle.jobs.v1.ListDeadLettersResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersResponse;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.Snapshot;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
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

/** Jobs that failed for good, and what operators do with them. */
@Tag("Q-08")
class DeadLettersIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of("limits.dead_letters_alert", "1000"));
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static Job failed(String user, Photo photo, FailureClass failureClass) {
        Job job = test.createJob(user, photo);
        test.fail(test.claim("ai"), failureClass);
        test.await(user, job.getId(), JobState.JOB_STATE_FAILED);
        return job;
    }

    @Test
    @Tag("PHO-09")
    void a_result_that_no_store_takes_is_tried_again_and_then_waits_for_an_operator_and_costs_its_owner_nothing() {
        Photo photo = test.preparedPhoto("vera");
        int before = test.peers.balance("vera");
        Job job = test.createJob("vera", photo);
        int attempts = 0;
        do {
            Claim claim = test.claim(job);
            int attempt = ++attempts;
            assertThat(claim.attempt()).isEqualTo(attempt);
            test.fail(claim, FailureClass.FAILURE_CLASS_DEPENDENCY, Reason.REASON_STORAGE_FAILED);
            Eventually.holds(() -> assertThat(failedAttempt(job)).isEqualTo(attempt));
        } while (comesAgain(job));
        assertThat(attempts).isGreaterThan(1);
        DeadLetter letter = letter(job);
        assertThat(letter.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        assertThat(letter.getJob().getError().getReason()).isEqualTo(Reason.REASON_STORAGE_FAILED);
        assertThat(letter.getAttemptsList()).hasSize(attempts);
        Eventually.holds(() -> assertThat(test.peers.balance("vera")).isEqualTo(before));
    }

    /** The attempt that was told as failed last; 0 while one runs. */
    private static int failedAttempt(Job job) {
        Job now = test.job("vera", job.getId());
        return now.getState() == JobState.JOB_STATE_PROCESSING ? 0 : now.getAttempt();
    }

    /** Lets the time of its retry come, if there is to be one. */
    private static boolean comesAgain(Job job) {
        if (test.job("vera", job.getId()).getState() == JobState.JOB_STATE_FAILED) {
            return false;
        }
        Eventually.holds(() -> {
            try (Queue later = test.stirred.ahead(Duration.ofMinutes(10))) {
                later.recover();
            }
            assertThat(test.queue.snapshots(List.of(job.getId())).get(job.getId()))
                    .isInstanceOf(Snapshot.Waiting.class);
        });
        return true;
    }

    private static DeadLetter letter(Job job) {
        return test.queues("op")
                .getDeadLetter(
                        GetDeadLetterRequest.newBuilder().setJobId(job.getId()).build())
                .getDeadLetter();
    }

    private static RetryDeadLettersResponse retry(String operator, String... jobIds) {
        return test.queues(operator)
                .retryDeadLetters(RetryDeadLettersRequest.newBuilder()
                        .addAllJobIds(List.of(jobIds))
                        .build());
    }

    private static DiscardDeadLettersResponse discard(String operator, String reason, String... jobIds) {
        return test.queues(operator)
                .discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                        .addAllJobIds(List.of(jobIds))
                        .setReason(reason)
                        .build());
    }

    @Test
    void a_job_failed_for_good_is_kept_whole_with_its_history_and_an_operator_runs_it_again() {
        Photo photo = test.preparedPhoto("ada");
        int before = test.peers.balance("ada");
        Job job = failed("ada", photo, FailureClass.FAILURE_CLASS_DATA);
        DeadLetter letter = letter(job);
        assertThat(letter.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        assertThat(letter.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_DATA);
        assertThat(letter.getJob()).isEqualTo(test.job("ada", job.getId()));
        assertThat(letter.getAttemptsList()).hasSize(1);
        assertThat(letter.getAttempts(0).getDetail()).isEqualTo("stack of the engine");
        assertThat(letter.getAttempts(0).getWorkerId()).isEqualTo("worker-1");
        assertThat(letter.getAttempts(0).hasEndTime()).isTrue();

        assertThat(retry("op", job.getId()).getRetriedCount()).isEqualTo(1);
        assertThat(letter(job).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_RETRIED);
        assertThat(letter(job).getResolvedBy()).isEqualTo("op");
        assertThat(letter(job).hasResolveTime()).isTrue();
        test.finish(test.claim("ai"), "result");
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2);
    }

    @Test
    void a_job_that_fails_again_opens_its_letter_again_and_keeps_notes_and_history() {
        Photo photo = test.preparedPhoto("bea");
        Job job = failed("bea", photo, FailureClass.FAILURE_CLASS_DATA);
        test.queues("op")
                .annotateDeadLetter(AnnotateDeadLetterRequest.newBuilder()
                        .setJobId(job.getId())
                        .setText("The scan is torn; asked the owner.")
                        .build());
        test.jobs("bea")
                .retryJob(RetryJobRequest.newBuilder().setJobId(job.getId()).build());
        assertThat(letter(job).getResolvedBy()).isEqualTo("bea");
        test.fail(test.claim("ai"), FailureClass.FAILURE_CLASS_CONFIGURATION);
        test.await("bea", job.getId(), JobState.JOB_STATE_FAILED);
        DeadLetter letter = letter(job);
        assertThat(letter.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        assertThat(letter.getResolvedBy()).isEmpty();
        assertThat(letter.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_CONFIGURATION);
        assertThat(letter.getAttemptsList()).extracting("attempt").containsExactly(1, 2);
        assertThat(letter.getNotesList()).hasSize(1);
        assertThat(letter.getNotes(0).getAuthor()).isEqualTo("op");
        assertThat(letter.getNotes(0).getText()).contains("torn");
    }

    @Test
    @Tag("PRC-03")
    void a_job_that_kills_every_worker_becomes_a_dead_letter_of_class_logic() {
        Photo photo = test.preparedPhoto("poi");
        int before = test.peers.balance("poi");
        Job job = test.createJob("poi", photo);
        for (int attempt = 1; attempt <= 3; attempt++) {
            test.claim("ai");
            test.await("poi", job.getId(), JobState.JOB_STATE_PROCESSING);
            try (Queue later = test.stirred.ahead(Duration.ofMinutes(1))) {
                later.recover();
            }
        }
        test.await("poi", job.getId(), JobState.JOB_STATE_FAILED);
        DeadLetter letter = letter(job);
        assertThat(letter.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_LOGIC);
        assertThat(letter.getJob().getError().getMessage()).contains("3 workers");
        assertThat(letter.getJob().getError().getRetryable()).isFalse();
        assertThat(letter.getAttemptsList()).hasSize(3);
        Eventually.holds(() -> assertThat(test.peers.balance("poi")).isEqualTo(before));
    }

    @Test
    void many_are_retried_in_one_call_and_each_that_cannot_be_says_why() {
        Photo photo = test.preparedPhoto("cy");
        Job first = failed("cy", photo, FailureClass.FAILURE_CLASS_DATA);
        Job second = failed("cy", photo, FailureClass.FAILURE_CLASS_DATA);
        Eventually.holds(() -> assertThat(test.peers.standing(second.getId())).isZero());
        test.peers.give("cy", 2);
        String nobody = "01980000-0000-7000-8000-000000000000";
        RetryDeadLettersResponse answer = retry("op", first.getId(), second.getId(), first.getId(), nobody);
        assertThat(answer.getRetriedCount()).isEqualTo(1);
        assertThat(answer.getRefusedMap()).containsOnlyKeys(second.getId(), nobody);
        assertThat(answer.getRefusedOrThrow(nobody)).isEqualTo("There is no dead letter " + nobody + ".");
        assertThat(letter(second).getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
        assertThat(retry("other", first.getId()).getRefusedOrThrow(first.getId()))
                .contains("Only a failed job");
        assertThat(letter(first).getResolvedBy()).isEqualTo("op");
        test.finish(test.claim("ai"), "result");
        test.await("cy", first.getId(), JobState.JOB_STATE_COMPLETED);
    }

    @Test
    @Tag("Q-07")
    void after_a_retry_the_pauses_between_attempts_begin_anew() {
        Photo photo = test.preparedPhoto("gus");
        Job job = failed("gus", photo, FailureClass.FAILURE_CLASS_DATA);
        for (int round = 1; round <= 2; round++) {
            assertThat(retry("op", job.getId()).getRetriedCount()).isEqualTo(1);
            test.fail(test.claim("ai"), FailureClass.FAILURE_CLASS_DATA);
            test.await("gus", job.getId(), JobState.JOB_STATE_FAILED);
        }
        assertThat(retry("op", job.getId()).getRetriedCount()).isEqualTo(1);
        Instant before = Instant.now();
        test.fail(test.claim("ai"), FailureClass.FAILURE_CLASS_DEPENDENCY);
        test.await("gus", job.getId(), JobState.JOB_STATE_RETRY_SCHEDULED);
        Job waiting = test.job("gus", job.getId());
        assertThat(waiting.getAttempt()).isEqualTo(4);
        assertThat(Protos.instant(waiting.getRetryTime()))
                .isBetween(before.plusSeconds(24), Instant.now().plusSeconds(30));
        test.jobs("gus")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build());
    }

    @Test
    void of_many_who_retry_one_letter_at_once_one_is_told_that_it_did_and_it_is_paid_once() throws Exception {
        Photo photo = test.preparedPhoto("flo");
        for (int round = 0; round < 5; round++) {
            Job job = failed("flo", photo, FailureClass.FAILURE_CLASS_DATA);
            List<Callable<RetryDeadLettersResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String operator = "op" + i;
                calls.add(() -> retry(operator, job.getId()));
            }
            int retried = 0;
            int refused = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<RetryDeadLettersResponse> answer : threads.invokeAll(calls)) {
                    retried += answer.get().getRetriedCount();
                    refused += answer.get().getRefusedCount();
                }
            }
            assertThat(retried).isEqualTo(1);
            assertThat(refused).isEqualTo(5);
            test.finish(test.claim("ai"), "result");
            test.await("flo", job.getId(), JobState.JOB_STATE_COMPLETED);
            assertThat(test.peers.standing(job.getId())).isEqualTo(1);
        }
    }

    @Test
    void a_letter_is_discarded_once_with_its_reason() {
        Job job = failed("dan", test.preparedPhoto("dan"), FailureClass.FAILURE_CLASS_SECURITY);
        DiscardDeadLettersResponse first = discard("op", "not a photo", job.getId(), job.getId());
        assertThat(first.getDiscardedCount()).isEqualTo(1);
        assertThat(first.getRefusedMap()).isEmpty();
        String nobody = "01980000-0000-7000-8000-000000000000";
        DiscardDeadLettersResponse late = discard("late", "me too", job.getId(), nobody);
        assertThat(late.getDiscardedCount()).isZero();
        assertThat(late.getRefusedMap())
                .containsExactly(
                        entry(job.getId(), "It was discarded already by op."),
                        entry(nobody, "There is no dead letter " + nobody + "."));
        DeadLetter letter = letter(job);
        assertThat(letter.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_DISCARDED);
        assertThat(letter.getResolvedBy()).isEqualTo("op");
        assertThat(letter.getNotesList()).extracting("text").containsExactly("Discarded: not a photo");
        assertThat(test.job("dan", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    }

    @Test
    void letters_are_listed_newest_first_in_pages_by_state_and_class() {
        Photo photo = test.preparedPhoto("eli");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(
                    failed("eli", photo, FailureClass.FAILURE_CLASS_UNSPECIFIED).getId());
        }
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page = test.queues("op")
                    .listDeadLetters(ListDeadLettersRequest.newBuilder()
                            .setPageSize(2)
                            .setPageToken(token)
                            .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN)
                            .build());
            page.getDeadLettersList().stream()
                    .filter(letter -> letter.getJob().getUserId().equals("eli"))
                    .forEach(letter -> seen.add(letter.getJobId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(seen).containsExactlyElementsOf(made);
        assertThat(test.queues("op")
                        .listDeadLetters(ListDeadLettersRequest.newBuilder()
                                .setFailureClass(FailureClass.FAILURE_CLASS_RESOURCE)
                                .build())
                        .getDeadLettersList())
                .isEmpty();
    }

    @Test
    @Tag("API-04")
    void users_have_no_part_in_it_and_a_letter_that_is_none_is_not_found() {
        assertThat(JobsIT.refusal(() -> dev.rekindle.jobs.v1.QueuesServiceGrpc.newBlockingStub(
                                        test.jobs("eve").getChannel())
                                .listDeadLetters(ListDeadLettersRequest.getDefaultInstance()))
                        .reason())
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
        assertThat(JobsIT.refusal(() -> test.queues("op")
                                .getDeadLetter(GetDeadLetterRequest.newBuilder()
                                        .setJobId("01980000-0000-7000-8000-000000000000")
                                        .build()))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
    }
}
