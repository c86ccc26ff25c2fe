package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.platform.db.Database;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.v1.WorkStageCompleted;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What several processes of the service do at once, on the same stores. */
@Tag("OPS-09")
class TwoProcessesIT {
    private JobsOfTest test;
    private Photo photo;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of());
        photo = test.preparedPhoto("ada");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    @Test
    void the_results_of_a_job_given_back_and_begun_again_mean_the_same_in_every_order_they_are_read_in() {
        List<List<Integer>> orders = List.of(
                List.of(0, 1, 2),
                List.of(0, 2, 1),
                List.of(1, 0, 2),
                List.of(1, 2, 0),
                List.of(2, 0, 1),
                List.of(2, 1, 0));
        List<Job> jobs =
                orders.stream().map(order -> test.createJob("ada", photo)).toList();
        Eventually.holds(() -> assertThat(
                        test.queue.positions(jobs.stream().map(Job::getId).toList()))
                .hasSize(orders.size()));
        test.stopService();
        Map<String, Claim> running = new LinkedHashMap<>();
        for (List<Integer> order : orders) {
            Claim first = test.claim("ai");
            assertThat(test.queue.giveBack(first)).isTrue();
            Claim second = test.claim("ai");
            assertThat(second.id()).isEqualTo(first.id());
            running.put(second.id(), second);
            test.stirred.reorderNewestResults(order); // begun, given back, begun again
        }
        test.startServiceAgain();
        String mark = test.queue.resultsMark();
        Eventually.holds(() -> assertThat(test.queue.settled(mark)).isTrue());

        running.forEach((id, claim) -> {
            assertThat(test.queue.heartbeat(List.of(Beat.of(claim))))
                    .as("its worker goes on")
                    .containsExactly(Beat.Answer.KEPT);
            assertThat(test.job("ada", id).getState()).isEqualTo(JobState.JOB_STATE_PROCESSING);
            assertThat(test.finish(claim, "result")).isTrue();
        });
        for (String id : running.keySet()) {
            Eventually.holds(() -> assertThat(test.job("ada", id).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
            Job done = test.job("ada", id);
            assertThat(done.getAttempt()).isEqualTo(1);
            assertThat(done.getOutputsCount()).isEqualTo(1);
            assertThat(test.peers.standing(id)).as("charges that stand").isEqualTo(1);
        }
    }

    @Test
    @Tag("EV-02")
    void the_end_of_a_stage_is_not_told_after_a_later_change_of_its_job_as_if_it_were_older() {
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim("ai");
        Eventually.holds(
                () -> assertThat(test.job("ada", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_PROCESSING));
        Database beside = test.openDatabase();
        long later = beside.transact(sql -> {
            // As another process would change the job: the stage's end is read while this is not committed.
            Long revision = sql.fetchSingle(
                            "update jobs set revision = revision + 1 where id = ? returning revision",
                            UUID.fromString(job.getId()))
                    .into(Long.class);
            WorkReport report = WorkReport.newBuilder()
                    .setStageCompleted(WorkStageCompleted.newBuilder().setStage("restore"))
                    .build();
            assertThat(test.queue.report(claim, report.toByteString())).isTrue();
            Eventually.holds(() -> assertThat(beside.sql()
                            .fetchValue("select count(*) from pg_stat_activity where datname = current_database() and"
                                    + " wait_event_type = 'Lock'"))
                    .isEqualTo(1L));
            return revision;
        });
        Eventually.holds(() -> assertThat(test.peers.events(job.getId()))
                .filteredOn(event -> event.getType().equals("job.stage.completed"))
                .extracting(event -> event.getJob().getRevision())
                .containsExactly(later));
    }

    @Test
    void progress_is_told_once_and_never_goes_back_though_two_processes_hear_of_it() {
        test.startAnother();
        Job job = test.createJob("ada", photo);
        Claim claim = test.claim("ai");
        for (int step = 1; step <= 8; step++) {
            double percent = 10.0 * step;
            JobProgress progress = JobProgress.newBuilder()
                    .setAttempt(claim.attempt())
                    .setSequence(step)
                    .setPercent(percent)
                    .setStage("restoring")
                    .build();
            test.queue.heartbeat(List.of(new Beat(claim, step, progress.toByteString())));
            Eventually.holds(() -> assertThat(test.peers.progress(job.getId())).contains(percent));
        }

        assertThat(test.peers.progress(job.getId())).isSorted().doesNotHaveDuplicates();
    }
}
