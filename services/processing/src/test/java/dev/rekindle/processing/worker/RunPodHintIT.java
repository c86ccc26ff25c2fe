package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.Ears;
import dev.rekindle.processing.ProcessingMain;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.v1.ReceiveEngineHintRequest;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.testkit.Mesh;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How a worker that would look again in ten minutes learns that its job has ended: from the stand-in by the processing
 * service and Redis. Only the gateway's door is the test's own.
 */
@Tag("AI-01")
class RunPodHintIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);
    private static final JobSpec RESTORATION = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();

    private final Closer closer = new Closer();
    private WorkerBench bench;
    private RunPodServer runpod;
    private RpcChannel gateway;
    private Ears ears;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        bench = closer.add(new WorkerBench(folder));
        Telemetry telemetry = closer.add(Mesh.telemetry());
        ProcessingMain processing = closer.add(ProcessingMain.start(
                Mesh.settings(
                        Mesh.identity("processing"),
                        Mesh.redis(),
                        bench.queueSettings(),
                        Map.of("services.jobs", "localhost:1")),
                telemetry,
                Clock.systemUTC()));
        gateway = closer.add(Mesh.channel(processing.port(), "gateway", telemetry));
        ears = closer.add(Ears.open(this::pass));
        runpod = closer.add(WorkerBench.openCloud(ears.address()));
        bench.useCloud(runpod, "runpod.endpoint", 1);
        bench.engineSettings().put("runpod.webhook_url", ears.address());
        bench.engineSettings().put("runpod.poll_min", "10m");
        bench.engineSettings().put("runpod.poll_max", "10m");
    }

    @AfterEach
    void close() {
        closer.close();
    }

    private void pass(String token) {
        var _ = ProcessingServiceGrpc.newBlockingStub(gateway.channel())
                .receiveEngineHint(
                        ReceiveEngineHintRequest.newBuilder().setToken(token).build());
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "TOLD_TWICE"})
    void a_job_that_is_hardly_polled_ends_because_its_end_is_told(RunPodFault fault) throws Exception {
        runpod.script(fault);
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            pass("unknown_".repeat(5) + "abc");
            String id = bench.order(TestPhotos.bytes("chelsea"), RESTORATION, MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getEngine().getEngine()).isEqualTo("runpod");
            assertThat(completed.getCostMicroUsd()).isEqualTo(20_000);
            assertThat(runpod.jobs()).singleElement().satisfies(job -> {
                assertThat(job.looks()).isEqualTo(1);
                assertThat(job.webhook()).startsWith(ears.address() + "/");
            });
        }
    }
}
