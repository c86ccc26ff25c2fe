package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.STATED_WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.platform.db.Database;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.v1.WorkStageCompleted;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Ending;
import dev.rekindle.testkit.Eventually;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of how long jobs take, and what is told of how long they took. */
class EstimatesIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static QuoteJobResponse quote(String user, Photo photo) {
        return test.jobs(user)
                .quoteJob(QuoteJobRequest.newBuilder()
                        .addPhotoIds(photo.getId())
                        .setSpec(JobsOfTest.RESTORE)
                        .build());
    }

    private static void runOne(String user, Photo photo) {
        Job job = test.createJob(user, photo);
        Claim claim = test.claim(job);
        WorkCompleted completed = WorkCompleted.newBuilder()
                .addStages(stage("fetch", 1))
                .addStages(stage("engine", 2))
                .addStages(stage("store", 1))
                .build();
        test.queue.finish(
                claim,
                Ending.COMPLETED,
                WorkReport.newBuilder().setCompleted(completed).build().toByteString());
        test.await(user, job.getId(), JobState.JOB_STATE_COMPLETED);
    }

    private static WorkStageCompleted stage(String name, long seconds) {
        return WorkStageCompleted.newBuilder()
                .setStage(name)
                .setDuration(Protos.duration(Duration.ofSeconds(seconds)))
                .build();
    }

    @Test
    @Tag("JOB-13")
    void estimates_come_from_how_long_such_jobs_ran_and_are_refined_by_stage() {
        Photo photo = test.preparedPhoto("hist");
        Duration before = Protos.duration(quote("hist", photo).getRun().getHigh());
        assertThat(before).as("without history").isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        for (int run = 0; run < RunHistory.ENOUGH; run++) {
            runOne("hist", photo);
        }
        test.stopService();
        test.startServiceAgain();
        Duration after = Protos.duration(quote("hist", photo).getRun().getHigh());
        assertThat(after).as("runs of the test take moments").isLessThan(Duration.ofSeconds(8));

        Job job = test.createJob("hist", photo);
        Claim claim = test.claim(job);
        test.await("hist", job.getId(), JobState.JOB_STATE_PROCESSING);
        assertThat(remaining(claim, job, "engine", 1, Duration.ZERO)).isEqualTo(Duration.ofSeconds(3));
        assertThat(remaining(claim, job, "engine", 2, Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(1));
        assertThat(remaining(claim, job, "store", 3, Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        Job watched = test.jobs("hist")
                .watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build())
                .next()
                .getJob();
        assertThat(watched.getProgress().getRemaining().getHigh().getSeconds()).isEqualTo(1);
        test.finish(claim, "result");
    }

    /** The high end of what a job will still take whose worker says that a stage has run so long. */
    private static Duration remaining(Claim claim, Job job, String stage, long sequence, Duration ran) {
        Instant now = Instant.now();
        JobProgress progress = JobProgress.newBuilder()
                .setAttempt(claim.attempt())
                .setStage(stage)
                .setSequence(sequence)
                .setStageStartTime(Protos.timestamp(now.minus(ran)))
                .setUpdateTime(Protos.timestamp(now))
                .build();
        test.queue.heartbeat(List.of(new Beat(claim, sequence, progress.toByteString())));
        return Protos.duration(
                test.job("hist", job.getId()).getProgress().getRemaining().getHigh());
    }

    @Test
    @Tag("JOB-13")
    @Tag("Q-05")
    void a_waiting_job_says_when_it_will_end_and_its_true_wait_is_held_against_what_was_stated() {
        Photo photo = test.preparedPhoto("wait");
        test.queue
                .workers()
                .heartbeat(Worker.newBuilder()
                        .setId("w-wait")
                        .setState(WorkerState.WORKER_STATE_PROCESSING)
                        .addCapabilities(JobKind.JOB_KIND_AI)
                        .setConcurrency(1)
                        .build());
        double before = counted();
        Job job = test.createJob("wait", photo);
        Job waiting = Eventually.answers(() -> {
            Job now = test.job("wait", job.getId());
            assertThat(now.getProgress().hasRemaining()).isTrue();
            return now;
        });
        assertThat(Protos.duration(waiting.getProgress().getRemaining().getHigh()))
                .isGreaterThan(Protos.duration(waiting.getQueue().getWait().getHigh()));
        // What it is told is kept a moment after it waits; a claim before that leaves nothing to be held against.
        Database database = test.openDatabase();
        UUID jobId = UUID.fromString(job.getId());
        Eventually.holds(() -> assertThat(database.sql().fetchExists(STATED_WAITS, STATED_WAITS.JOB_ID.eq(jobId)))
                .isTrue());
        Claim claim = test.claim(job);
        Eventually.holds(() -> assertThat(counted()).isEqualTo(before + 1));
        test.finish(claim, "result");
        test.await("wait", job.getId(), JobState.JOB_STATE_COMPLETED);
        test.queue.workers().remove("w-wait");
    }

    private static double counted() {
        return test.telemetry.metrics().find("wait_estimates").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    @Tag("CR-07")
    @Tag("CR-08")
    void every_attempt_is_told_to_credits_once_with_what_it_cost_and_how_long_it_ran() {
        Photo photo = test.preparedPhoto("cost");
        Job job = test.createJob("cost", photo);
        test.finish(test.claim(job), "result");
        test.await("cost", job.getId(), JobState.JOB_STATE_COMPLETED);
        test.stopService();
        test.startServiceAgain();
        List<RecordCostRequest> told = Eventually.answers(() -> {
            List<RecordCostRequest> costs = costsOf(job.getId());
            assertThat(costs).isNotEmpty();
            return costs;
        });
        assertThat(told.stream().distinct()).singleElement().satisfies(cost -> {
            assertThat(cost.getAttempt()).isEqualTo(1);
            assertThat(cost.getCostMicroUsd()).isZero();
            assertThat(cost.hasRunTime()).isTrue();
            assertThat(Protos.duration(cost.getRunTime())).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        });
        assertThat(costsOf(photo.getPreparationJobId())).as("preparations too").hasSize(1);
    }

    private static List<RecordCostRequest> costsOf(String jobId) {
        return test.peers.costs().stream()
                .filter(cost -> cost.getJobId().equals(jobId))
                .toList();
    }
}
