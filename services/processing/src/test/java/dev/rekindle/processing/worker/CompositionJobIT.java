package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.CompositionSpec;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photos brought together, from the order in the queue to the picture in the store. */
@Tag("AI-06")
class CompositionJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);
    private static final JobSpec COMPOSITION = JobSpec.newBuilder()
            .setComposition(CompositionSpec.newBuilder().setPrompt("In a garden."))
            .build();

    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static List<byte[]> photos(String... names) {
        return List.of(names).stream().map(TestPhotos::bytes).toList();
    }

    @Test
    void three_photos_become_one_page_within_the_resolution_and_the_job_says_what_it_is() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(photos("grace_hopper", "astronaut", "coffee"), COMPOSITION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getOutputsList())
                    .extracting(WorkOutput::getName)
                    .containsExactly("result", "result_small");
            WorkOutput page = completed.getOutputs(0);
            assertThat(page.getContentType()).isEqualTo("image/jpeg");
            assertThat(page.getMetadata().getWidth()).isLessThanOrEqualTo(854);
            assertThat(page.getMetadata().getHeight()).isLessThanOrEqualTo(854);
            assertThat(TestPhotos.header(bench.blob(page.getBlobKey()))
                            .metadata()
                            .getWidth())
                    .isEqualTo(page.getMetadata().getWidth());
            assertThat(completed.getReport(0)).contains("Laid 3 photos out").contains("no model");
            assertThat(bench.stages(id))
                    .containsExactly(
                            "fetch_photo",
                            "gather_photos",
                            "compose",
                            "watermark",
                            "write_result",
                            "check_result",
                            "make_small_result",
                            "store");
        }
    }

    @Test
    void a_photo_that_is_gone_ends_the_job_and_so_does_one_that_is_none() throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            WorkReport alone = bench.awaitEnd(bench.order(photos("coffee"), COMPOSITION, MINUTES));
            assertThat(alone.getFailed().getError().getReason()).isEqualTo(Reason.REASON_NOT_FOUND);
            List<byte[]> broken = List.of(TestPhotos.bytes("coffee"), new byte[300]);
            WorkReport unread = bench.awaitEnd(bench.order(broken, COMPOSITION, MINUTES));
            assertThat(unread.getFailed().getError().getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_DATA);
            assertThat(unread.getFailed().getError().getStage()).isEqualTo("gather_photos");
        }
    }

    @Test
    @Tag("AI-01")
    void where_an_endpoint_is_set_for_it_runpod_gets_all_photos_in_their_order_and_they_are_taken_away_again()
            throws Exception {
        try (RunPodServer runpod = WorkerBench.openCloud()) {
            bench.useCloud(runpod, "runpod.composition.endpoint", 1);
            try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
                assertThat(worker).isNotNull();
                String id = bench.order(photos("grace_hopper", "coffee"), COMPOSITION, MINUTES);
                WorkCompleted completed = bench.awaitEnd(id).getCompleted();
                assertThat(completed.getEngine().getEngine()).isEqualTo("runpod");
                assertThat(completed.getCostMicroUsd()).isEqualTo(20_000);
                assertThat(completed.getReport(0)).contains("brought 2 photos together");
                assertThat(completed.getOutputs(0).getMetadata().getWidth()).isLessThanOrEqualTo(854);
                JsonObject sent =
                        JsonParser.parseString(runpod.jobs().getFirst().input()).getAsJsonObject();
                assertThat(sent.getAsJsonArray("images")).hasSize(2);
                assertThat(sent.getAsJsonArray("images").get(1).getAsString()).contains("engine-input-2");
                assertThat(sent.get("size").getAsString()).isEqualTo("1536*1080");
                assertThat(sent.get("prompt").getAsString())
                        .startsWith("Bring the people")
                        .endsWith("In a garden.");
                bench.blobs()
                        .list(
                                "users/u/jobs/" + id,
                                blob -> assertThat(blob.key()).doesNotContain("engine-input"));
            }
        }
    }

    @Test
    @Tag("AI-04")
    void what_runpod_fails_at_is_laid_out_here_at_once_and_says_why_and_costs_what_it_cost() throws Exception {
        try (RunPodServer runpod = WorkerBench.openCloud()) {
            bench.useCloud(runpod, "runpod.composition.endpoint", 1);
            runpod.script(RunPodFault.CORRUPT_RESULT);
            try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
                assertThat(worker).isNotNull();
                WorkCompleted first = bench.awaitEnd(bench.order(photos("chelsea", "coffee"), COMPOSITION, MINUTES))
                        .getCompleted();
                assertThat(first.getEngine().getEngine()).isEqualTo("embedded");
                assertThat(first.getEngine().getReason()).isEqualTo("runpod failed at this photo");
                assertThat(first.getReport(0)).startsWith("The cloud engine was tried before");
                assertThat(first.getCostMicroUsd()).isEqualTo(20_000);
                WorkCompleted next = bench.awaitEnd(bench.order(photos("chelsea", "coffee"), COMPOSITION, MINUTES))
                        .getCompleted();
                assertThat(next.getEngine().getEngine()).isEqualTo("embedded");
                assertThat(next.getEngine().getFallback()).isTrue();
                assertThat(next.getEngine().getReason()).contains("runpod is not well");
            }
        }
    }
}
