package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.bytedeco.opencv.global.opencv_core.mean;

import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.onnx.ModelsFolder;
import dev.rekindle.processing.engine.onnx.OnnxFile;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that workers have an operator's own models do: the real queue and store, and real models. */
@Tag("AI-03")
@Tag("AI-04")
class OnnxJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);
    private static final JobSpec COLOURIZATION = spec(false, true);

    private WorkerBench bench;
    private ModelsFolder models;

    @BeforeEach
    void open(@TempDir Path folder, @TempDir Path own) {
        bench = new WorkerBench(folder);
        models = new ModelsFolder(own);
        bench.engineSettings().put("onnx.folder", own.toString());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static JobSpec spec(boolean restore, boolean colourize) {
        return JobSpec.newBuilder()
                .setRestoration(RestorationSpec.newBuilder().setRestore(restore).setColourize(colourize))
                .build();
    }

    private WorkCompleted run(String photo, JobSpec spec) throws InterruptedException {
        String id = bench.order(TestPhotos.bytes(photo), spec, MINUTES);
        return bench.awaitEnd(id).getCompleted();
    }

    private Picture result(WorkCompleted completed) {
        String key = completed.getOutputsList().stream()
                .filter(output -> output.getName().equals("result"))
                .map(WorkOutput::getBlobKey)
                .findFirst()
                .orElseThrow();
        return TestPhotos.decode(bench.blob(key));
    }

    @Test
    void a_photo_is_colourized_by_the_installed_model_and_restored_by_the_own_engine_and_jobs_say_so()
            throws Exception {
        models.putColourizer("sepia", OnnxFile.chroma(3, 5, 25), "RGB");
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            WorkCompleted coloured = run("camera", COLOURIZATION);
            assertThat(coloured.getEngine().getEngine()).isEqualTo("onnx:sepia");
            assertThat(coloured.getEngine().getFallback()).isFalse();
            assertThat(coloured.getCostMicroUsd()).isZero();
            assertThat(coloured.getReportList()).anyMatch(line -> line.contains("sepia"));
            try (Picture picture = result(coloured)) {
                Scalar colour = mean(picture.mat());
                assertThat(colour.get(2)).as("more red than blue").isGreaterThan(colour.get(0) + 10);
            }
            assertThat(run("camera", spec(true, false)).getEngine().getEngine()).isEqualTo("embedded");
        }
    }

    @Test
    void a_worker_with_a_broken_model_says_why_it_is_refused_and_works_without_it() throws Exception {
        models.putColourizer("sepia", OnnxFile.chroma(3, 5, 25), "RGB");
        models.put(
                "broken", "restoration", OnnxFile.same(), manifest -> manifest.addProperty("sha256", "0".repeat(64)));
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            Eventually.holds(() -> assertThat(bench.queue().workers().list())
                    .singleElement()
                    .satisfies(registered -> assertThat(registered.getEnginesList())
                            .extracting(Engine::getName, Engine::getState)
                            .contains(
                                    tuple("onnx:sepia", EngineState.ENGINE_STATE_READY),
                                    tuple("onnx:broken", EngineState.ENGINE_STATE_REFUSED))));
            Engine broken =
                    bench.queue().workers().list().getFirst().getEnginesList().getLast();
            assertThat(broken.getProblem()).startsWith("broken.json: sha256 is 000");
            assertThat(run("camera", COLOURIZATION).getEngine().getEngine()).isEqualTo("onnx:sepia");
        }
    }

    @Test
    void a_small_photo_comes_back_larger_where_a_model_enlarges() throws Exception {
        models.put(
                "double",
                "upscaling",
                OnnxFile.doubled(),
                manifest -> manifest.getAsJsonObject("output").addProperty("scale", 2));
        byte[] small = TestPhotos.small("chelsea", 200);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            WorkCompleted completed = bench.awaitEnd(bench.order(small, spec(true, false), MINUTES))
                    .getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("onnx:double");
            try (Picture before = TestPhotos.decode(small);
                    Picture after = result(completed)) {
                assertThat(PictureSize.of(after)).isEqualTo(new PictureSize(2 * before.width(), 2 * before.height()));
            }
        }
    }
}
