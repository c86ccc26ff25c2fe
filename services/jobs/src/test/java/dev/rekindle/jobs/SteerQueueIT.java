package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.Event;
import dev.rekindle.jobs.v1.GetQueueRulesRequest;
import dev.rekindle.jobs.v1.GetQueueRulesResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.QueueRules;
import dev.rekindle.jobs.v1.RetryRules;
import dev.rekindle.jobs.v1.UpdateQueueRulesRequest;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The numbers of the queue as a whole, as operators change them. */
@Tag("Q-01")
class SteerQueueIT {
    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of("retry.jitter", "0", "queue.lower_lane_every", "7"));
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private GetQueueRulesResponse rules() {
        return test.queues("op").getQueueRules(GetQueueRulesRequest.getDefaultInstance());
    }

    private QueueRules set(String operator, QueueRules.Builder rules) {
        return test.queues(operator)
                .updateQueueRules(
                        UpdateQueueRulesRequest.newBuilder().setRules(rules).build())
                .getRules();
    }

    private static QueueRules.Builder retry(RetryRules.Builder retry) {
        return QueueRules.newBuilder().setRetry(retry);
    }

    @Test
    void what_is_not_named_stays_and_it_is_told_who_changed_them() {
        assertThat(rules().getRules().getLowerLaneEvery()).isEqualTo(7);
        assertThat(rules().getChangedBy()).isEmpty();
        set("ada", QueueRules.newBuilder().setLowerLaneEvery(3));
        QueueRules after = set(
                "ben",
                QueueRules.newBuilder()
                        .setHeadStartHigh(Protos.duration(Duration.ofMillis(1500)))
                        .setHeadStartRetry(Protos.duration(Duration.ZERO)));
        assertThat(after.getLowerLaneEvery()).isEqualTo(3);
        assertThat(after.getLookAheadMax()).isEqualTo(32);
        assertThat(after.getHeadStartNormal().getSeconds()).isEqualTo(60);
        assertThat(Protos.duration(after.getHeadStartHigh())).isEqualTo(Duration.ofMillis(1500));
        // Two seconds take the place of one and a half; they are not laid over them.
        after = set("ben", QueueRules.newBuilder().setHeadStartHigh(Protos.duration(Duration.ofSeconds(2))));
        assertThat(Protos.duration(after.getHeadStartHigh())).isEqualTo(Duration.ofSeconds(2));
        assertThat(rules().getRules()).isEqualTo(after);
        assertThat(rules().getChangedBy()).isEqualTo("ben");
        assertThat(rules().hasChangeTime()).isTrue();
        assertThat(test.queue.rules().claims()).isEqualTo(new QueueConfig.Claims(3, 32));
        assertThat(test.queue.rules().headStarts())
                .isEqualTo(new QueueConfig.HeadStarts(
                        Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofDays(1), Duration.ZERO));
        Eventually.holds(() -> assertThat(test.peers.operatorEvents())
                .filteredOn(event -> event.getType().equals("queue.rules.changed"))
                .extracting((Event event) ->
                        event.getLane().getBy() + " " + event.getLane().getReason())
                .contains("ada {\"lowerLaneEvery\":3}"));
    }

    @Test
    @Tag("Q-16")
    void an_emptied_redis_is_told_again() {
        set("ada", QueueRules.newBuilder().setLowerLaneEvery(2));
        test.stirred.empty();
        Eventually.holds(
                () -> assertThat(test.queue.rules().claims().lowerLaneEvery()).isEqualTo(2));
        test.stopService();
        test.stirred.empty();
        test.startServiceAgain();
        Eventually.holds(
                () -> assertThat(test.queue.rules().claims().lowerLaneEvery()).isEqualTo(2));
    }

    @Test
    void two_operators_at_once_do_not_undo_each_other() throws Exception {
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= 20; i++) {
                int number = i;
                Callable<QueueRules> one =
                        () -> set("ada", QueueRules.newBuilder().setLowerLaneEvery(number));
                Callable<QueueRules> other =
                        () -> set("ben", QueueRules.newBuilder().setLookAheadMax(number));
                for (Future<QueueRules> set : both.invokeAll(java.util.List.of(one, other))) {
                    set.get();
                }
                assertThat(test.queue.rules().claims()).isEqualTo(new QueueConfig.Claims(number, number));
            }
        }
    }

    @Test
    @Tag("Q-07")
    void pauses_between_attempts_are_those_ordered_last() {
        QueueRules after = set(
                "ada",
                retry(RetryRules.newBuilder()
                        .addDependencyPauses(Protos.duration(Duration.ofMinutes(7)))
                        .addDependencyPauses(Protos.duration(Duration.ofMinutes(9)))));
        assertThat(after.getRetry().getDependencyPausesCount()).isEqualTo(2);
        assertThat(after.getRetry().getTemporaryFirst().getSeconds()).isEqualTo(5);
        Job job = test.createJob("ret", test.preparedPhoto("ret"));
        Instant before = Instant.now();
        test.fail(test.claim(job), FailureClass.FAILURE_CLASS_DEPENDENCY);
        Job scheduled = test.await("ret", job.getId(), JobState.JOB_STATE_RETRY_SCHEDULED);
        assertThat(Protos.instant(scheduled.getRetryTime()))
                .isBetween(before.plus(Duration.ofMinutes(7)), Instant.now().plus(Duration.ofMinutes(7)));
        // A list given takes the place of the one before.
        after = set("ada", retry(RetryRules.newBuilder().addDependencyPauses(Protos.duration(Duration.ofSeconds(1)))));
        assertThat(after.getRetry().getDependencyPausesList()).containsExactly(Protos.duration(Duration.ofSeconds(1)));
    }

    @Test
    void numbers_out_of_bounds_and_none_at_all_are_refused() {
        for (QueueRules.Builder wrong : new QueueRules.Builder[] {
            QueueRules.newBuilder(),
            retry(RetryRules.newBuilder()),
            QueueRules.newBuilder().setLookAheadMax(0),
            QueueRules.newBuilder().setHeadStartRetry(Protos.duration(Duration.ofDays(31))),
            retry(RetryRules.newBuilder().setJitter(1.5)),
            retry(RetryRules.newBuilder().addDependencyPauses(Protos.duration(Duration.ofSeconds(-1))))
        }) {
            Failure failure = JobsIT.refusal(() -> set("ada", wrong));
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        }
        assertThat(rules().getChangedBy()).isEmpty();
        assertThat(rules().getRules().getLowerLaneEvery()).isEqualTo(7);
    }
}
