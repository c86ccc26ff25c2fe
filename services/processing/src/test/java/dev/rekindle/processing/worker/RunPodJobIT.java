package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that workers have RunPod do: the real queue and store, and a stand-in for RunPod. */
@Tag("AI-01")
@Tag("AI-04")
class RunPodJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);
    private static final JobSpec RESTORATION = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();

    private WorkerBench bench;
    private RunPodServer runpod;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        bench = new WorkerBench(folder);
        runpod = WorkerBench.openCloud();
        bench.useCloud(runpod, "runpod.endpoint", 1);
    }

    @AfterEach
    void close() {
        runpod.close();
        bench.close();
    }

    @Test
    void a_photo_is_restored_by_runpod_from_a_signed_address_and_the_job_says_so_and_what_it_cost() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("grace_hopper"), RESTORATION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("runpod");
            assertThat(completed.getEngine().getFallback()).isFalse();
            assertThat(completed.getCostMicroUsd()).isEqualTo(20_000);
            assertThat(completed.getOutputsList())
                    .anySatisfy(output -> assertThat(output.getName()).isEqualTo("result"));
            String image = JsonParser.parseString(runpod.jobs().getFirst().input())
                    .getAsJsonObject()
                    .get("image")
                    .getAsString();
            assertThat(image).startsWith("http").contains(id).contains("Signature");
            bench.blobs()
                    .list(
                            "users/u/jobs/" + id,
                            blob -> assertThat(blob.key())
                                    .as("what was lent to RunPod is taken away")
                                    .doesNotContain("engine-input"));
        }
    }

    @Test
    void what_runpod_fails_at_is_done_here_in_the_same_attempt_and_says_so_and_costs_what_it_cost() throws Exception {
        runpod.script(RunPodFault.CORRUPT_RESULT);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String first = bench.order(TestPhotos.bytes("chelsea"), RESTORATION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(first).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getEngine().getFallback()).isTrue();
            assertThat(completed.getEngine().getReason()).isEqualTo("runpod failed at this photo");
            assertThat(completed.getReportList())
                    .startsWith("The cloud engine was tried before and failed at this photo.");
            assertThat(completed.getCostMicroUsd()).isEqualTo(20_000);
            String second = bench.order(TestPhotos.bytes("chelsea"), RESTORATION, MINUTES);
            completed = bench.awaitEnd(second).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getEngine().getFallback()).isTrue();
            assertThat(completed.getEngine().getReason()).contains("runpod is not well");
            assertThat(completed.getCostMicroUsd()).isZero();
        }
    }

    @Test
    @Tag("PRC-09")
    void what_hangs_at_runpod_is_cancelled_there_while_there_is_time_to_do_it_here() throws Exception {
        runpod.script(RunPodFault.HANG);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("chelsea"), RESTORATION, Duration.ofSeconds(45));
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getEngine().getReason()).isEqualTo("runpod took too long");
            assertThat(runpod.jobs().getFirst().state()).isEqualTo("CANCELLED");
        }
    }

    @Test
    void a_cancelled_job_is_cancelled_at_runpod() throws Exception {
        runpod.script(RunPodFault.HANG);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("chelsea"), RESTORATION, MINUTES);
            Eventually.holds(() -> assertThat(runpod.jobs()).hasSize(1));
            bench.queue().cancel(id);
            assertThat(bench.await(id, ResultEntry.Type.FINISHED).ending()).isEqualTo(Ending.CANCELLED);
            assertThat(runpod.jobs().getFirst().state()).isEqualTo("CANCELLED");
        }
    }
}
