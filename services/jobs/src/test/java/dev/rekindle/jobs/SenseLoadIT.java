package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListLanesRequest;
import dev.rekindle.jobs.v1.ListLanesResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerRoom;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What follows from how much there is to do, and from how much room the workers' machines have. */
class SenseLoadIT {
    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of(
                "shed.load_high", "3",
                "shed.heavy_memory_bytes", "1048576",
                "shed.hold", "4s",
                "scaling.workers_max", "5"));
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private void worker(String id, WorkerRoom room) {
        test.queue
                .workers()
                .heartbeat(Worker.newBuilder()
                        .setId(id)
                        .setState(WorkerState.WORKER_STATE_PROCESSING)
                        .addCapabilities(JobKind.JOB_KIND_AI)
                        .addCapabilities(JobKind.JOB_KIND_IMAGE)
                        .setConcurrency(1)
                        .setRoom(room)
                        .build());
    }

    private ListLanesResponse lanes() {
        return test.queues("root").listLanes(ListLanesRequest.getDefaultInstance());
    }

    @Test
    @Tag("Q-18")
    void new_work_is_refused_while_no_worker_has_room_and_taken_again_when_one_has() {
        Photo photo = test.preparedPhoto("full");
        int before = test.peers.balance("full");
        worker("w1", WorkerRoom.WORKER_ROOM_NONE);
        worker("w2", WorkerRoom.WORKER_ROOM_NONE);
        Eventually.holds(() -> assertThat(lanes().getRefusing()).contains("nearly full"));
        List<Failure> refusals = List.of(
                JobsIT.refusal(() -> test.createJob("full", photo)),
                JobsIT.refusal(() -> test.jobs("full")
                        .createBatch(CreateBatchRequest.newBuilder()
                                .addItems(CreateBatchItem.newBuilder()
                                        .addPhotoIds(photo.getId())
                                        .setSpec(JobsOfTest.RESTORE))
                                .build())));
        for (Failure refusal : refusals) {
            assertThat(refusal.reason()).isEqualTo(Reason.REASON_OVERLOADED);
            assertThat(refusal.retryDelay()).isEqualTo(Duration.ofSeconds(30));
        }
        assertThat(test.peers.balance("full")).isEqualTo(before);
        assertThat(metric("work_refused")).isEqualTo(1);

        worker("w2", WorkerRoom.WORKER_ROOM_LITTLE);
        Eventually.holds(() -> assertThat(lanes().getRefusing()).isEmpty());
        Job job = test.createJob("full", photo);
        test.finish(test.claim(job), "result");
    }

    private double metric(String name) {
        return test.telemetry.metrics().get(name).gauge().value();
    }

    @Test
    @Tag("Q-18")
    void a_retry_of_heavy_work_is_held_back_while_the_load_is_high_and_the_lane_says_so() {
        Photo photo = test.preparedPhoto("held");
        worker("w1", WorkerRoom.WORKER_ROOM_PLENTY);
        Job heavy = test.jobs("held")
                .createJob(JobsOfTest.request(photo)
                        .setPriority(Priority.PRIORITY_HIGH)
                        .build())
                .getJob();
        Claim claim = test.claim(heavy);
        List<Job> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            others.add(test.createJob("held", photo));
        }
        Eventually.holds(() -> assertThat(metric("queue_load")).isGreaterThanOrEqualTo(3));
        test.fail(claim, FailureClass.FAILURE_CLASS_TEMPORARY);
        Eventually.holds(() -> assertThat(held()).isEqualTo(1));
        assertThat(test.job("held", heavy.getId()).getState()).isEqualTo(JobState.JOB_STATE_RETRY_SCHEDULED);
        for (Job other : others) {
            Claim next = test.claim("ai");
            assertThat(next.id()).as("the retry would go first").isEqualTo(other.getId());
            test.finish(next, "result");
            worker("w1", WorkerRoom.WORKER_ROOM_PLENTY);
        }
        Claim again = test.claim(heavy);
        assertThat(again.attempt()).isEqualTo(2);
        Eventually.holds(() -> assertThat(held()).isZero());
        test.finish(again, "result");
    }

    private long held() {
        return test.queues("root")
                .getLane(GetLaneRequest.newBuilder().setLane("paid_priority").build())
                .getLane()
                .getRetriesHeld();
    }

    @Test
    @Tag("Q-13")
    void the_workers_wanted_for_the_load_are_published() {
        Photo photo = test.preparedPhoto("many");
        worker("w1", WorkerRoom.WORKER_ROOM_PLENTY);
        assertThat(lanes().getWorkersWanted()).isEqualTo(1);
        Job first = test.createJob("many", photo);
        Claim claim = test.claim(first);
        for (int i = 0; i < 7; i++) {
            test.createJob("many", photo);
        }
        Eventually.holds(() -> assertThat(lanes().getWorkersWanted()).isEqualTo(4));
        assertThat(metric("workers_wanted")).isEqualTo(4);
        test.finish(claim, "result");
    }
}
