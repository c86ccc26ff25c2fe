package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkFailed;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("Q-07")
class JobErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "CORRUPT_MEDIA, DATA, false",
        "TOO_MANY_PIXELS, DATA, false",
        "STORAGE_FAILED, DEPENDENCY, true",
        "NOT_ENOUGH_MEMORY, RESOURCE, true",
        "RESULT_REJECTED, TEMPORARY, true",
        "UNIMPLEMENTED, CONFIGURATION, false",
    })
    void each_reason_has_its_class(String reason, String failureClass, boolean retryable) {
        WorkFailed failed = JobErrors.of(Failure.of(Reason.valueOf("REASON_" + reason), "words"), "decode");
        assertThat(failed.getError().getFailureClass().name()).isEqualTo("FAILURE_CLASS_" + failureClass);
        assertThat(failed.getError().getRetryable()).isEqualTo(retryable);
        assertThat(failed.getError().getMessage()).isEqualTo("words");
        assertThat(failed.getError().getStage()).isEqualTo("decode");
    }

    @Test
    void a_mistake_of_ours_tells_operators_where_and_owners_nothing() {
        WorkFailed failed = JobErrors.of(new IllegalStateException("the secret cause"), "enhance");
        assertThat(failed.getError().getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_LOGIC);
        assertThat(failed.getError().getMessage()).doesNotContain("secret");
        assertThat(failed.getDetail()).contains("the secret cause").contains("JobErrorsTest");
    }

    @Test
    void an_engines_wish_to_wait_is_passed_on() {
        Failure failure = Failure.of(Reason.REASON_ENGINE_FAILED, "busy").withRetryDelay(Duration.ofSeconds(7));
        assertThat(JobErrors.of(failure, "restore").getRetryDelay().getSeconds())
                .isEqualTo(7);
    }

    @Test
    void memory_that_ran_out_is_a_matter_of_resources() {
        WorkFailed failed = JobErrors.of(new OutOfMemoryError("native"), "decode");
        assertThat(failed.getError().getReason()).isEqualTo(Reason.REASON_NOT_ENOUGH_MEMORY);
        assertThat(failed.getError().getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_RESOURCE);
    }

    @Test
    @Tag("PRC-09")
    void work_that_took_too_long_says_so() {
        Stop stop = new Stop();
        stop.request(Stop.Cause.TIMEOUT);
        try {
            stop.check();
        } catch (Stop.Stopped stopped) {
            WorkFailed failed = JobErrors.of(stopped, "restore");
            assertThat(failed.getError().getReason()).isEqualTo(Reason.REASON_JOB_TIMEOUT);
            assertThat(failed.getError().getRetryable()).isTrue();
            return;
        }
        throw new AssertionError("the stop was not seen");
    }
}
