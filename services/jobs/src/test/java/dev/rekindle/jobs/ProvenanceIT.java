package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.testkit.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a job was made, by whom and from where, as its id, its order and its events tell. */
class ProvenanceIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    @Test
    @Tag("JOB-14")
    void ids_sort_by_time_and_where_a_job_came_from_travels_with_it() {
        Photo photo = test.preparedPhoto("faye");
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            jobs.add(test.jobs("faye")
                    .createJob(CreateJobRequest.newBuilder()
                            .addPhotoIds(photo.getId())
                            .setSpec(JobSpec.newBuilder()
                                    .setRestoration(RestorationSpec.newBuilder().setRestore(true)))
                            .setAllowDuplicate(true)
                            .setClientId("phone-7")
                            .setSessionId("evening")
                            .build())
                    .getJob());
        }
        assertThat(jobs).extracting(Job::getId).isSorted();
        for (Job job : jobs) {
            assertThat(UUID.fromString(job.getId()).version()).isEqualTo(7);
            WorkOrder order = JobsOfTest.order(test.claim(job));
            assertThat(order.getClientId()).isEqualTo("phone-7");
            assertThat(order.getSessionId()).isEqualTo("evening");
            assertThat(order.getTraceparent()).matches("00-" + job.getTraceId() + "-[0-9a-f]{16}-[0-9a-f]{2}");
            Eventually.holds(() -> assertThat(test.peers.events(job.getId()))
                    .hasSizeGreaterThan(2)
                    .allMatch(event -> event.getClientId().equals("phone-7"))
                    .allMatch(event -> event.getSessionId().equals("evening"))
                    .allMatch(event -> event.getTraceId().equals(job.getTraceId())));
        }
    }
}
