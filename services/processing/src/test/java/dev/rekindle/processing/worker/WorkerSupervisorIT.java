package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.onnx.ModelsFolder;
import dev.rekindle.processing.engine.onnx.OnnxFile;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real worker processes, each with its own JVM. */
@Tag("PRC-02")
class WorkerSupervisorIT {
    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private WorkerSupervisor.Config config(Map<String, String> more) {
        return new WorkerSupervisor.Config(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                List.of("-Xshare:auto"),
                256L << 20,
                512L << 20,
                Duration.ofSeconds(20),
                number -> {
                    Map<String, String> settings = new HashMap<>(bench.queueSettings());
                    settings.putAll(Mesh.redis());
                    settings.putAll(Mesh.blobs());
                    settings.put("worker.id", "w" + number);
                    settings.put("worker.folder", bench.folder().toString());
                    settings.put("worker.concurrency", "1");
                    settings.putAll(more);
                    return settings;
                });
    }

    private void awaitIdle(int workers) {
        Eventually.holds(() -> assertThat(bench.queue().workers().list())
                .hasSize(workers)
                .allMatch(worker -> worker.getState() == WorkerState.WORKER_STATE_IDLE));
    }

    @Test
    @Tag("PRC-01")
    void a_worker_that_is_killed_is_replaced_and_the_next_one_works() throws Exception {
        try (WorkerSupervisor supervisor = WorkerSupervisor.start(config(Map.of()), 1)) {
            awaitIdle(1);
            long first = supervisor.pids().getFirst();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            Eventually.holds(() -> assertThat(supervisor.pids()).hasSize(1).doesNotContain(first));
            JobSpec preparation = JobSpec.newBuilder()
                    .setPreparation(PreparationSpec.getDefaultInstance())
                    .build();
            String id = bench.order(TestPhotos.bytes("coffee"), preparation, Duration.ofMinutes(2));
            assertThat(bench.awaitEnd(id).hasCompleted()).isTrue();
            supervisor.scale(0);
            Eventually.holds(() -> assertThat(supervisor.pids()).isEmpty());
        }
        assertThat(bench.queue().workers().list()).isEmpty();
    }

    @Test
    void a_worker_whose_settings_are_wrong_is_not_started_again_and_again() {
        try (WorkerSupervisor supervisor = WorkerSupervisor.start(config(Map.of("worker.concurrency", "many")), 1)) {
            Eventually.holds(() -> assertThat(supervisor.hasGivenUp()).isTrue());
            assertThat(supervisor.pids()).isEmpty();
        }
    }

    @Test
    void a_worker_ends_when_its_parent_does() throws Exception {
        Process worker = WorkerProcess.start(config(Map.of()), 0);
        try {
            awaitIdle(1);
            worker.getOutputStream().close();
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).isZero();
            Eventually.holds(() -> assertThat(bench.queue().workers().list()).isEmpty());
        } finally {
            worker.destroyForcibly();
        }
    }

    /** As after a power cut: the stores that it starts against went with its parent. */
    @Test
    void a_worker_that_still_starts_ends_with_its_parent_too() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "redis://127.0.0.1:" + silent.getLocalPort();
            silent.setSoTimeout(30_000);
            Process worker = WorkerProcess.start(config(Map.of("redis.url", url)), 0);
            try (Socket _ = silent.accept()) {
                worker.getOutputStream().close();
                assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
            } finally {
                worker.destroyForcibly();
            }
        }
    }

    @Test
    @Tag("AI-03")
    void a_worker_process_runs_a_model_however_long_its_class_path(@TempDir Path folder) throws Exception {
        ModelsFolder models = new ModelsFolder(folder);
        models.putColourizer("sepia", OnnxFile.chroma(3, 4, 20), "RGB");
        WorkerSupervisor.Config usual = config(Map.of("onnx.folder", folder.toString()));
        WorkerSupervisor.Config longer = new WorkerSupervisor.Config(
                usual.java(),
                usual.classPath() + ":/somewhere/far.jar".repeat(500),
                usual.jvmOptions(),
                usual.heapBytes(),
                usual.memoryBytes(),
                usual.endMax(),
                usual.settings());
        try (WorkerSupervisor supervisor = WorkerSupervisor.start(longer, 1)) {
            awaitIdle(1);
            JobSpec colourization = JobSpec.newBuilder()
                    .setRestoration(RestorationSpec.newBuilder().setColourize(true))
                    .build();
            String id = bench.order(TestPhotos.bytes("camera"), colourization, Duration.ofMinutes(2));
            assertThat(bench.awaitEnd(id).getCompleted().getEngine().getEngine())
                    .isEqualTo("onnx:sepia");
            assertThat(supervisor.pids()).hasSize(1);
        }
    }

    @Test
    void the_command_line_limits_memory() {
        List<String> command = WorkerProcess.command(config(Map.of()));
        assertThat(command)
                .contains("-Xmx256m", "-Dorg.bytedeco.javacpp.maxbytes=" + (512L << 20))
                .contains("-Dorg.bytedeco.javacpp.maxphysicalbytes=" + ((256L + 512 + 256) << 20));
    }

    @Test
    @Tag("AI-03")
    void the_command_line_is_short_however_long_the_class_path_because_a_long_one_ends_onnx_runtime() {
        WorkerSupervisor.Config usual = config(Map.of());
        WorkerSupervisor.Config longer = new WorkerSupervisor.Config(
                usual.java(),
                "/somewhere/far.jar:".repeat(1_000),
                usual.jvmOptions(),
                usual.heapBytes(),
                usual.memoryBytes(),
                usual.endMax(),
                usual.settings());
        assertThat(String.join(" ", WorkerProcess.command(longer))).hasSizeLessThan(2_000);
    }
}
