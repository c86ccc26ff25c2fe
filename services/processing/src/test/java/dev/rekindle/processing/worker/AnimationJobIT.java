package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.Durations;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.AnimationSpec;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.video.TestVideos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photos set in motion, from the order in the queue to the clip in the store. */
@Tag("AI-06")
class AnimationJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);

    @TempDir
    private Path made;

    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static JobSpec animation(double seconds) {
        return JobSpec.newBuilder()
                .setAnimation(AnimationSpec.newBuilder()
                        .setDuration(Durations.fromMillis(Math.round(seconds * 1000)))
                        .setPrompt("She smiles."))
                .build();
    }

    private Path stored(WorkOutput output) throws IOException {
        return Files.write(made.resolve("stored.mp4"), bench.blob(output.getBlobKey()));
    }

    /** A video of a photo, as a model makes it: larger than is wanted, with another rate, and with sound. */
    private byte[] film(String photo, double seconds) throws IOException {
        Path still = Files.write(made.resolve(photo + ".jpg"), TestPhotos.bytes(photo));
        Path film = made.resolve(photo + ".mp4");
        String ignored = TestVideos.ffmpeg(
                "-v",
                "error",
                "-y",
                "-loop",
                "1",
                "-framerate",
                "16",
                "-i",
                still.toString(),
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440",
                "-t",
                String.valueOf(seconds),
                "-vf",
                "scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-c:a",
                "aac",
                film.toString());
        return Files.readAllBytes(film);
    }

    @Test
    void a_photo_becomes_a_clip_of_its_length_without_any_engine_in_the_cloud_and_the_job_says_what_it_is()
            throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("grace_hopper"), animation(1.5), MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
            assertThat(completed.getOutputsList())
                    .extracting(WorkOutput::getName)
                    .containsExactly("result", "result_small");
            WorkOutput clip = completed.getOutputs(0);
            assertThat(clip.getContentType()).isEqualTo("video/mp4");
            assertThat(clip.getMetadata().getVideo().getVideoCodec()).isEqualTo("h264");
            assertThat(clip.getMetadata().getVideo().getAudioTracksCount()).isZero();
            assertThat(clip.getMetadata().getHeight()).as("480p, upright").isLessThanOrEqualTo(854);
            assertThat(clip.getMetadata().getSha256()).hasSize(64);
            assertThat(TestVideos.ffprobe(stored(clip), "v:0", "stream=pix_fmt,nb_frames"))
                    .containsExactly("yuv420p,38");
            assertThat(completed.getOutputs(1).getContentType()).isEqualTo("image/jpeg");
            assertThat(String.join(" ", completed.getReportList()))
                    .contains("without a model")
                    .contains("does not follow words");
            assertThat(bench.stages(id))
                    .containsExactly(
                            "fetch_photo",
                            "validate",
                            "orient",
                            "animate",
                            "write_result",
                            "check_result",
                            "make_small_result",
                            "store");
        }
    }

    @Test
    @Tag("AI-01")
    void where_an_endpoint_is_set_for_it_runpod_films_and_its_clip_is_cut_to_length_and_made_silent() throws Exception {
        try (RunPodServer runpod = WorkerBench.openCloud()) {
            bench.useCloud(runpod, "runpod.animation.endpoint", 2);
            runpod.film(film("chelsea", 3));
            try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
                assertThat(worker).isNotNull();
                WorkCompleted completed = bench.awaitEnd(
                                bench.order(TestPhotos.bytes("chelsea"), animation(2), MINUTES))
                        .getCompleted();
                assertThat(completed.getEngine().getEngine()).isEqualTo("runpod");
                assertThat(completed.getCostMicroUsd()).isEqualTo(500_000);
                WorkOutput clip = completed.getOutputs(0);
                assertThat(clip.getMetadata().getWidth()).isEqualTo(852);
                assertThat(Durations.toMillis(clip.getMetadata().getVideo().getDuration()))
                        .isCloseTo(2_000, within(40L));
                assertThat(clip.getMetadata().getVideo().getAudioTracksCount()).isZero();
                JsonObject sent =
                        JsonParser.parseString(runpod.jobs().getFirst().input()).getAsJsonObject();
                assertThat(sent.get("duration").getAsInt()).isEqualTo(5);
                assertThat(sent.get("prompt").getAsString()).endsWith("She smiles.");
                assertThat(sent.get("image").getAsString()).startsWith("http");
                assertThat(completed.getReportList()).singleElement().asString().contains("made up");
            }
        }
    }

    @Test
    @Tag("AI-04")
    void a_clip_of_something_else_or_one_that_breaks_off_is_made_again_and_after_that_the_own_engine_does_it()
            throws Exception {
        try (RunPodServer runpod = WorkerBench.openCloud()) {
            bench.useCloud(runpod, "runpod.animation.endpoint", 2);
            try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
                assertThat(worker).isNotNull();
                runpod.film(film("coffee", 2));
                assertRejected(failed(), "does not show the photo");
                runpod.film(film("chelsea", 2));
                runpod.script(RunPodFault.CORRUPT_RESULT);
                assertRejected(failed(), "no video that can be read");
                runpod.film(TestPhotos.bytes("chelsea"));
                for (int i = 0; i < 2; i++) {
                    WorkCompleted here = completed();
                    assertThat(here.getEngine().getReason()).isEqualTo("runpod failed at this photo");
                    assertThat(here.getReport(0)).startsWith("The cloud engine was tried before");
                    assertThat(here.getCostMicroUsd())
                            .as("what was paid for is told")
                            .isEqualTo(500_000);
                }
                WorkCompleted completed = completed();
                assertThat(completed.getEngine().getEngine()).isEqualTo("embedded");
                assertThat(completed.getEngine().getFallback()).isTrue();
                assertThat(completed.getCostMicroUsd()).isZero();
            }
        }
    }

    private WorkCompleted completed() throws InterruptedException {
        return bench.awaitEnd(bench.order(TestPhotos.bytes("chelsea"), animation(1), MINUTES))
                .getCompleted();
    }

    private WorkFailed failed() throws InterruptedException {
        return bench.awaitEnd(bench.order(TestPhotos.bytes("chelsea"), animation(1), MINUTES))
                .getFailed();
    }

    private static void assertRejected(WorkFailed failed, String why) {
        JobError error = failed.getError();
        assertThat(error.getReason()).as(error.toString()).isEqualTo(Reason.REASON_RESULT_REJECTED);
        assertThat(error.getMessage()).contains(why);
        assertThat(error.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TEMPORARY);
        assertThat(error.getRetryable()).isTrue();
        assertThat(failed.getCostMicroUsd()).as("what was paid for is told").isEqualTo(500_000);
    }
}
