package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-04")
class EnginePolicyTest {
    /** An engine as far as choosing it goes. */
    private record Candidate(String name, EngineState state, Set<JobType> jobTypes, long pixelsMax) implements Engine {
        Candidate(String name, EngineState state, Set<JobType> jobTypes) {
            this(name, state, jobTypes, Long.MAX_VALUE);
        }

        @Override
        public Map<JobType, String> promises() {
            return Map.of();
        }

        @Override
        public EngineResult run(EngineRequest request, Progress progress, Stop stop) {
            throw new UnsupportedOperationException("only chosen here");
        }
    }

    private static final Set<JobType> BOTH = Set.of(JobType.JOB_TYPE_RESTORATION, JobType.JOB_TYPE_COLOURIZATION);
    private static final Engine LOCAL = new Candidate("embedded", EngineState.ENGINE_STATE_READY, BOTH);

    private static Engine remote(EngineState state) {
        return new Candidate("runpod", state, Set.of(JobType.JOB_TYPE_RESTORATION));
    }

    @Test
    void the_first_that_is_ready_is_chosen() {
        var chosen = new EnginePolicy(List.of(remote(EngineState.ENGINE_STATE_READY), LOCAL))
                .choose(JobType.JOB_TYPE_RESTORATION, 1);
        assertThat(chosen.choice().getEngine()).isEqualTo("runpod");
        assertThat(chosen.choice().getFallback()).isFalse();
        assertThat(chosen.choice().getReason()).isEqualTo("the preferred engine");
    }

    @Test
    void an_engine_that_is_not_well_is_passed_over_and_the_choice_says_so() {
        var chosen = new EnginePolicy(List.of(remote(EngineState.ENGINE_STATE_UNHEALTHY), LOCAL))
                .choose(JobType.JOB_TYPE_RESTORATION, 1);
        assertThat(chosen.choice().getEngine()).isEqualTo("embedded");
        assertThat(chosen.choice().getFallback()).isTrue();
        assertThat(chosen.choice().getReason()).contains("runpod is not well");
    }

    @Test
    void an_engine_that_cannot_do_it_or_is_absent_needs_no_excuse() {
        EnginePolicy policy = new EnginePolicy(List.of(remote(EngineState.ENGINE_STATE_READY), LOCAL));
        assertThat(policy.choose(JobType.JOB_TYPE_COLOURIZATION, 1).choice().getFallback())
                .isFalse();
        assertThat(policy.choose(JobType.JOB_TYPE_COLOURIZATION, 1).choice().getReason())
                .isEqualTo("the preferred engine that can do this");
        assertThat(new EnginePolicy(List.of(remote(EngineState.ENGINE_STATE_ABSENT), LOCAL))
                        .choose(JobType.JOB_TYPE_RESTORATION, 1)
                        .choice()
                        .getReason())
                .isEqualTo("the preferred engine");
    }

    @Test
    @Tag("AI-03")
    void an_engine_whose_model_takes_smaller_pictures_only_is_passed_over_and_the_choice_says_so() {
        Engine model = new Candidate("onnx:small", EngineState.ENGINE_STATE_READY, BOTH, 1_000);
        EnginePolicy policy = new EnginePolicy(List.of(model, LOCAL));
        assertThat(policy.choose(JobType.JOB_TYPE_RESTORATION, 1_000).choice().getEngine())
                .isEqualTo("onnx:small");
        var chosen = policy.choose(JobType.JOB_TYPE_RESTORATION, 1_001).choice();
        assertThat(chosen.getEngine()).isEqualTo("embedded");
        assertThat(chosen.getFallback()).isTrue();
        assertThat(chosen.getReason()).isEqualTo("onnx:small takes pictures of at most 1000 pixels");
    }

    @Test
    void where_none_can_the_job_fails_with_a_reason() {
        Failure failure = catchThrowableOfType(
                Failure.class, () -> new EnginePolicy(List.of(LOCAL)).choose(JobType.JOB_TYPE_ANIMATION, 1));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        assertThat(failure.message()).contains("No engine on this server");
    }
}
