package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.platform.Ids;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("JOB-08")
class RepeatIdsTest {
    private static final Ids IDS = Ids.timeOrdered();

    @Test
    void what_creates_and_has_no_id_gets_one_of_its_own_each_time() {
        CreateJobRequest none = CreateJobRequest.newBuilder().addPhotoIds("p").build();
        CreateJobRequest first = RepeatIds.give(JobsServiceGrpc.getCreateJobMethod(), none, IDS);
        CreateJobRequest second = RepeatIds.give(JobsServiceGrpc.getCreateJobMethod(), none, IDS);
        assertThat(first.getRequestId()).isNotEmpty().isNotEqualTo(second.getRequestId());
        assertThat(first.toBuilder().clearRequestId().build()).isEqualTo(none);
    }

    @Test
    void an_id_of_the_callers_stays() {
        CreateJobRequest own =
                CreateJobRequest.newBuilder().setRequestId("mine").build();
        assertThat(RepeatIds.give(JobsServiceGrpc.getCreateJobMethod(), own, IDS))
                .isEqualTo(own);
    }

    @Test
    void what_creates_nothing_stays_as_it_is() {
        RetryJobRequest retry = RetryJobRequest.newBuilder().setJobId("j").build();
        assertThat(RepeatIds.give(JobsServiceGrpc.getRetryJobMethod(), retry, IDS))
                .isEqualTo(retry);
    }
}
