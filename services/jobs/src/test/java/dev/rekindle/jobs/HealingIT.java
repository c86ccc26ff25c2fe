package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.FailedAttempt;
import dev.rekindle.jobs.v1.GetDeadLetterRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Queue;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left half done by crashes and by an emptied Redis, and how it heals. */
class HealingIT {
    private JobsOfTest test;
    private Photo photo;
    private int before;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of("times.sweep_after", "300ms"));
        photo = test.preparedPhoto("ada");
        before = test.peers.balance("ada");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    @Test
    @Tag("Q-16")
    void a_waiting_job_comes_back_after_redis_was_emptied_and_runs_once() {
        Job job = test.createJob("ada", photo);
        test.stirred.empty();
        Claim claim = test.claim("ai");
        assertThat(claim.id()).isEqualTo(job.getId());
        assertThat(test.finish(claim, "result")).isTrue();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
    }

    @Test
    @Tag("Q-04")
    @Tag("Q-16")
    void a_running_job_runs_again_after_redis_was_emptied_and_its_old_worker_changes_nothing() {
        Job job = test.createJob("ada", photo);
        Claim old = test.claim("ai");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        test.stirred.empty();
        Claim anew = test.claim("ai");
        assertThat(test.finish(old, "result")).isFalse();
        assertThat(test.queue.heartbeat(List.of(Beat.of(old)))).containsExactly(Beat.Answer.LOST);
        assertThat(test.finish(anew, "result")).isTrue();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.job("ada", job.getId()).getOutputsCount()).isEqualTo(1);
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2);
    }

    @Test
    @Tag("Q-16")
    void a_job_whose_end_was_not_read_before_redis_was_emptied_runs_again_and_is_paid_once() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim("ai");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        test.stopService();
        test.finish(claim, "result");
        test.stirred.empty();
        test.startServiceAgain();
        assertThat(test.finish(test.claim("ai"), "result")).isTrue();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
    }

    @Test
    @Tag("Q-06")
    void a_worker_that_falls_silent_loses_its_job_to_another() {
        Job job = test.createJob("ada", photo);
        Claim silent = test.claim("ai");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        try (Queue later = test.stirred.ahead(Duration.ofMinutes(1))) {
            later.recover();
        }
        Claim next = test.claim("ai");
        assertThat(next.id()).isEqualTo(job.getId());
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(test.finish(silent, "result")).isFalse();
        test.finish(next, "result");
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
    }

    @Test
    @Tag("PHO-05")
    void what_a_worker_stored_that_fell_silent_is_swept_after_the_end_of_its_job() {
        Job job = test.createJob("ada", photo);
        Claim silent = test.claim("ai");
        String left = JobsOfTest.order(silent).getOutputPrefix() + "1-" + silent.leaseId() + "/result";
        test.blobs.put(left, new byte[] {1, 2, 3}, "image/png");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        try (Queue later = test.stirred.ahead(Duration.ofMinutes(1))) {
            later.recover();
        }
        Claim next = test.claim(job);
        test.finish(next, "result");
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        Eventually.holds(() -> assertThat(test.blobs.find(left)).isEmpty());
        String kept = JobsOfTest.order(next).getOutputPrefix() + "2-" + next.leaseId() + "/result";
        assertThat(test.blobs.find(kept)).isPresent();
        assertThat(test.photo("ada", photo.getId()).getVariantsList()).isNotEmpty();
    }

    @Test
    @Tag("PHO-05")
    void an_end_that_is_read_twice_leaves_its_outputs_alone() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim(job);
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        test.stopService();
        test.finish(claim, "result");
        test.stirred.repeatNewestResult();
        test.startServiceAgain();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        // Another job, all of it later: when what it left behind is swept, so is whatever the first reading owed.
        Job later = test.createJob("ada", photo);
        Claim next = test.claim(later);
        String stray = JobsOfTest.order(next).getOutputPrefix() + "stray";
        test.blobs.put(stray, new byte[] {1}, "image/png");
        test.finish(next, "result");
        Eventually.holds(() -> assertThat(test.blobs.find(stray)).isEmpty());
        String kept = JobsOfTest.order(claim).getOutputPrefix() + "1-" + claim.leaseId() + "/result";
        assertThat(test.blobs.find(kept)).isPresent();
    }

    @Test
    @Tag("Q-16")
    void an_attempt_that_redis_forgot_is_told_as_ended() {
        Job job = test.createJob("ada", photo);
        test.claim(job);
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        test.stirred.empty();
        test.fail(test.claim(job), FailureClass.FAILURE_CLASS_DATA);
        test.await("ada", job.getId(), JobState.JOB_STATE_FAILED);
        assertThat(test.queues("root")
                        .getDeadLetter(GetDeadLetterRequest.newBuilder()
                                .setJobId(job.getId())
                                .build())
                        .getDeadLetter()
                        .getAttemptsList())
                .hasSize(2)
                .allMatch(FailedAttempt::hasEndTime);
    }

    @Test
    @Tag("PRC-03")
    void a_job_that_kills_every_worker_ends_failed_and_its_credits_come_back() {
        Job job = test.createJob("ada", photo);
        for (int attempt = 1; attempt <= 3; attempt++) {
            Claim claim = test.claim("ai");
            assertThat(claim.attempt()).isEqualTo(attempt);
            test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
            try (Queue later = test.stirred.ahead(Duration.ofMinutes(1))) {
                later.recover();
            }
        }
        test.await("ada", job.getId(), JobState.JOB_STATE_FAILED);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(before));
    }

    @Test
    @Tag("PRC-04")
    void a_job_given_back_by_a_worker_runs_again_as_the_same_attempt() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim("ai");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        assertThat(test.queue.giveBack(claim)).isTrue();
        Claim next = test.claim("ai");
        assertThat(next.attempt()).isEqualTo(1);
        test.finish(next, "result");
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
    }

    @Test
    @Tag("OPS-06")
    void results_that_came_while_the_service_was_down_are_read_when_it_is_up() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim("ai");
        test.stopService();
        test.finish(claim, "result");
        test.startServiceAgain();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.peers.standing(job.getId())).isEqualTo(1);
    }

    @Test
    @Tag("OPS-06")
    void an_end_read_before_its_beginning_counts_and_the_beginning_read_later_changes_nothing() {
        Job job = test.createJob("ada", photo);
        Eventually.holds(
                () -> assertThat(test.queue.positions(List.of(job.getId()))).hasSize(1));
        test.stopService();
        Claim claim = test.claim("ai");
        // Somebody else has read the beginning and died with it: it comes again only after a minute.
        try {
            test.queue.results("jobs", "dead").read(1, Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        test.finish(claim, "result");
        test.startServiceAgain();
        test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.job("ada", job.getId()).getAttempt()).isEqualTo(1);
        assertThat(test.job("ada", job.getId()).getOutputsCount()).isEqualTo(1);
    }

    @Test
    @Tag("JOB-03")
    void a_cancellation_is_kept_also_when_the_queue_has_forgotten_the_job() {
        Job job = test.createJob("ada", photo);
        test.claim("ai");
        test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
        test.stirred.empty();
        test.jobs("ada")
                .cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build());
        test.await("ada", job.getId(), JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(before));
    }

    @Test
    @Tag("CR-04")
    void a_creation_cut_off_before_its_charge_is_taken_back() {
        test.peers.setCreditsAway(true);
        JobsIT.refusal(() -> test.createJob("ada", photo));
        test.peers.setCreditsAway(false);
        Eventually.holds(() -> assertThat(test.jobs("ada")
                        .listJobs(dev.rekindle.jobs.v1.ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty());
        assertThat(test.peers.balance("ada")).isEqualTo(before);
    }
}
