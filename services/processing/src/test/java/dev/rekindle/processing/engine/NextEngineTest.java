package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens where an engine fails: the next that can goes on. */
@Tag("AI-04")
class NextEngineTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** What an engine of these tests does with a photo. */
    private interface Doing {
        String run(Progress progress, Stop stop);
    }

    private record Candidate(String name, EngineState state, Doing doing) implements Engine {
        @Override
        public Set<JobType> jobTypes() {
            return Set.of(JobType.JOB_TYPE_RESTORATION);
        }

        @Override
        public Map<JobType, String> promises() {
            return Map.of();
        }

        @Override
        public EngineResult run(EngineRequest request, Progress progress, Stop stop) {
            throw new UnsupportedOperationException("asked by its doing");
        }
    }

    private final List<EnginePolicy.Chosen> tried = new ArrayList<>();
    private final List<Double> told = new ArrayList<>();
    private final Stop stop = new Stop();

    private static Engine ready(String name, Doing doing) {
        return new Candidate(name, EngineState.ENGINE_STATE_READY, doing);
    }

    private static Doing failing(Reason reason) {
        return (_, _) -> {
            throw Failure.of(reason, "It failed.").withDetail("the whole story", null);
        };
    }

    private String run(Duration left, Engine... engines) {
        return new EnginePolicy(List.of(engines))
                .run(
                        new EnginePolicy.Task(JobType.JOB_TYPE_RESTORATION, 1, () -> left),
                        (chosen, progress, until) -> {
                            tried.add(chosen);
                            return ((Candidate) chosen.engine()).doing().run(progress, until);
                        },
                        Progress.to(told::add),
                        stop);
    }

    @Test
    void the_next_goes_on_at_once_and_what_was_tried_is_said() {
        String made = run(
                HOUR,
                ready("runpod", failing(Reason.REASON_ENGINE_FAILED)),
                new Candidate("onnx:x", EngineState.ENGINE_STATE_UNHEALTHY, (_, _) -> "never asked"),
                ready("onnx:y", failing(Reason.REASON_RESULT_REJECTED)),
                ready("embedded", (_, _) -> "mended"));
        assertThat(made).isEqualTo("mended");
        assertThat(tried).hasSize(3);
        assertThat(tried.getFirst().choice().getFallback()).isFalse();
        assertThat(tried.getFirst().triedBefore()).isEmpty();
        EnginePolicy.Chosen last = tried.getLast();
        assertThat(last.choice().getEngine()).isEqualTo("embedded");
        assertThat(last.choice().getFallback()).isTrue();
        assertThat(last.choice().getReason())
                .isEqualTo(
                        "runpod failed at this photo, onnx:y made something else of this photo, onnx:x is not well at"
                                + " the moment");
        assertThat(last.triedBefore())
                .containsExactly(
                        "The engine runpod was tried before and failed at this photo.",
                        "The engine onnx:y was tried before and made something else of this photo.");
    }

    @Test
    void progress_goes_on_from_where_the_first_left_it_so_that_the_next_does_not_seem_to_stand_still() {
        Doing first = (progress, _) -> {
            progress.at(0.8);
            throw Failure.of(Reason.REASON_ENGINE_FAILED, "It failed.");
        };
        Doing second = (progress, _) -> {
            progress.at(0.5);
            progress.at(1);
            return "";
        };
        assertThat(run(HOUR, ready("runpod", first), ready("embedded", second))).isEmpty();
        assertThat(told).containsExactly(0.8, 0.9, 1.0);
    }

    @Test
    @Tag("PRC-09")
    void one_that_does_not_end_leaves_time_for_the_next() {
        Doing hanging = (_, until) -> {
            until.pause(HOUR);
            return "woke up";
        };
        String made = run(Duration.ofMillis(30), ready("runpod", hanging), ready("embedded", (_, _) -> "mended"));
        assertThat(made).isEqualTo("mended");
        assertThat(tried.getLast().choice().getReason()).isEqualTo("runpod took too long");
        assertThat(stop.cause()).isNull();
    }

    @Test
    void what_ends_the_work_ends_the_engine_that_is_at_it_and_asks_no_other() {
        Doing cancelled = (_, until) -> {
            stop.request(Stop.Cause.CANCELLED);
            until.check();
            return "not stopped";
        };
        assertThatThrownBy(() -> run(HOUR, ready("runpod", cancelled), ready("embedded", (_, _) -> "mended")))
                .isInstanceOfSatisfying(
                        Stop.Stopped.class, stopped -> assertThat(stopped.why()).isEqualTo(Stop.Cause.CANCELLED));
        assertThat(tried).hasSize(1);
    }

    @Test
    void where_all_fail_the_last_failure_counts_and_operators_read_all() {
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> run(
                        HOUR,
                        ready("runpod", failing(Reason.REASON_JOB_TIMEOUT)),
                        ready("embedded", failing(Reason.REASON_ENGINE_FAILED))));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        assertThat(failure.detail())
                .isEqualTo("runpod: It failed. the whole story\nembedded: It failed. the whole story");
    }

    @Test
    void what_is_not_the_engines_fault_is_not_tried_elsewhere() {
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> run(
                        HOUR,
                        ready("runpod", failing(Reason.REASON_STORAGE_FAILED)),
                        ready("embedded", (_, _) -> "mended")));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_STORAGE_FAILED);
        assertThat(tried).hasSize(1);
    }
}
