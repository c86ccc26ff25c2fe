package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-01")
final class WorkerRegistryIT {

    static Worker worker(String id, int concurrency) {
        return Worker.newBuilder()
                .setId(id)
                .setState(WorkerState.WORKER_STATE_IDLE)
                .addCapabilities(JobKind.JOB_KIND_AI)
                .addCapabilities(JobKind.JOB_KIND_IMAGE)
                .setConcurrency(concurrency)
                .build();
    }

    @Test
    void a_worker_is_listed_as_it_says_it_is() {
        try (TestQueue test = TestQueue.open()) {
            WorkerRegistry workers = test.queue().workers();
            assertThat(workers.heartbeat(worker("w1", 3))).isEqualTo(new WorkerRegistry.Orders(false, 0));
            Worker busy = worker("w1", 3).toBuilder()
                    .setState(WorkerState.WORKER_STATE_PROCESSING)
                    .addJobIds("one")
                    .build();
            workers.heartbeat(busy);
            assertThat(workers.list()).singleElement().satisfies(listed -> {
                assertThat(listed.toBuilder().clearHeartbeatTime().build()).isEqualTo(busy);
                assertThat(Math.abs(listed.getHeartbeatTime().getSeconds()
                                - test.now().getEpochSecond()))
                        .isLessThan(60);
            });
        }
    }

    @Test
    void a_silent_worker_is_failed_and_then_forgotten() {
        try (TestQueue test = TestQueue.open()) {
            WorkerRegistry workers = test.queue().workers();
            workers.heartbeat(worker("silent", 3));
            test.advance(Duration.ofSeconds(14));
            assertThat(workers.list()).extracting(Worker::getState).containsExactly(WorkerState.WORKER_STATE_IDLE);
            test.advance(Duration.ofSeconds(2));
            workers.heartbeat(worker("alive", 2));
            assertThat(workers.list())
                    .extracting(Worker::getState)
                    .containsExactly(WorkerState.WORKER_STATE_FAILED, WorkerState.WORKER_STATE_IDLE);
            assertThat(workers.slots().of("ai")).isEqualTo(2);
            assertThat(workers.slots().shared("ai", "image")).isEqualTo(2);
            assertThat(workers.slots().of("video")).isZero();
            test.advance(Duration.ofMinutes(5));
            workers.heartbeat(worker("alive", 2));
            assertThat(workers.list()).extracting(Worker::getId).containsExactly("alive");
            assertThatThrownBy(() -> workers.drain("silent"))
                    .isInstanceOf(Failure.class)
                    .hasMessage("There is no worker silent.");
        }
    }

    @Test
    void a_worker_hears_orders_at_its_next_heartbeat() {
        try (TestQueue test = TestQueue.open()) {
            WorkerRegistry workers = test.queue().workers();
            workers.heartbeat(worker("w1", 3));
            workers.heartbeat(worker("w2", 3));
            assertThat(workers.drain("w1").getId()).isEqualTo("w1");
            assertThat(workers.setConcurrency("w1", 5).getConcurrency()).isEqualTo(3);
            assertThat(workers.heartbeat(worker("w1", 3))).isEqualTo(new WorkerRegistry.Orders(true, 5));
            assertThat(workers.heartbeat(worker("w2", 3))).isEqualTo(new WorkerRegistry.Orders(false, 0));
            assertThatThrownBy(() -> workers.setConcurrency("w1", 65)).hasMessageContaining("1 to 64");
        }
    }

    @Test
    void a_worker_that_ends_leaves_nothing() {
        try (TestQueue test = TestQueue.open()) {
            WorkerRegistry workers = test.queue().workers();
            workers.heartbeat(worker("w1", 3));
            workers.drain("w1");
            assertThat(workers.remove("w1")).isTrue();
            assertThat(workers.remove("w1")).isFalse();
            assertThat(workers.list()).isEmpty();
            assertThat(workers.heartbeat(worker("w1", 3))).isEqualTo(new WorkerRegistry.Orders(false, 0));
        }
    }
}
