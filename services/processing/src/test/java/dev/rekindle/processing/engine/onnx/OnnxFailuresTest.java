package dev.rekindle.processing.engine.onnx;

import static dev.rekindle.processing.engine.onnx.OnnxRoom.coffee;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.restoration;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.run;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.scratched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photos that a model does not do, and jobs that end before it has. */
@Tag("AI-03")
class OnnxFailuresTest {
    private ModelsFolder models;
    private OnnxRoom room;

    @BeforeEach
    void open(@TempDir Path folder) {
        models = new ModelsFolder(folder);
        room = new OnnxRoom(models);
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void a_job_is_stopped_between_tiles() {
        models.put("same", "restoration", OnnxFile.same());
        Engine engine = room.engine(JobType.JOB_TYPE_RESTORATION);
        Stop stop = new Stop();
        AtomicInteger told = new AtomicInteger();
        Progress progress = Progress.to(_ -> {
            told.incrementAndGet();
            stop.request(Stop.Cause.CANCELLED);
        });
        try (Picture photo = coffee()) {
            Stop.Stopped stopped =
                    catchThrowableOfType(Stop.Stopped.class, () -> engine.run(restoration(photo), progress, stop));
            assertThat(stopped.why()).isEqualTo(Stop.Cause.CANCELLED);
            assertThat(told).hasValue(1);
            assertThat(engine.state()).as("that says nothing of the model").isEqualTo(EngineState.ENGINE_STATE_READY);
        }
    }

    @Test
    void a_photo_that_takes_too_long_fails_and_after_three_failures_jobs_go_elsewhere_for_a_while() {
        models.put("same", "restoration", OnnxFile.same());
        Engine engine = room.engine(JobType.JOB_TYPE_RESTORATION);
        try (Picture photo = coffee()) {
            for (int i = 0; i < 3; i++) {
                assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
                room.stepNanos(31_000_000_000L);
                Failure failure = catchThrowableOfType(Failure.class, () -> run(engine, restoration(photo)));
                room.stepNanos(0);
                assertThat(failure.reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
                assertThat(failure.message()).doesNotContain("same");
                assertThat(failure.detail()).isEqualTo("onnx:same: It took longer than limits.timeoutSeconds, 60.0 s.");
            }
            assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_UNHEALTHY);
            room.passNanos(300_000_000_001L);
            run(engine, restoration(photo)).picture().close();
            assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
        }
    }

    @Test
    void numbers_that_are_none_never_reach_a_photo() {
        models.put("white", "restoration", OnnxFile.noNumbersAtWhite());
        Engine engine = room.engine(JobType.JOB_TYPE_RESTORATION);
        try (Picture photo = scratched(1)) {
            Failure failure = catchThrowableOfType(Failure.class, () -> run(engine, restoration(photo)));
            assertThat(failure.detail()).contains("output has NaN among its numbers");
        }
    }
}
