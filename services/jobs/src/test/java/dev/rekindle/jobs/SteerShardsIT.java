package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.testkit.Eventually;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs and lanes over a queue of three shards. */
@Tag("Q-17")
class SteerShardsIT {
    private static final String PAID = "paid_priority";
    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(
                Map.of("times.rebalance", "1d", "queue.shards", "3", "queue.lane.free_tier.active_max", "3"));
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private Lane lane() {
        return test.queues("op")
                .getLane(GetLaneRequest.newBuilder().setLane(PAID).build())
                .getLane();
    }

    private Lane update(LaneLimits.Builder numbers) {
        return test.queues("op")
                .updateLane(UpdateLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setLimits(numbers)
                        .build())
                .getLane();
    }

    private List<String> modes() {
        return Stream.of(0, 1, 2).map(shard -> test.stirred.mode(shard, PAID)).toList();
    }

    @Test
    void jobs_of_all_shards_are_done() {
        Photo photo = test.preparedPhoto("ada");
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            jobs.add(test.createJob("ada", photo));
        }
        Set<String> claimed = new HashSet<>();
        for (int i = 0; i < jobs.size(); i++) {
            var claim = test.claim("ai");
            claimed.add(claim.id());
            assertThat(test.finish(claim, "restored")).isTrue();
        }
        assertThat(jobs).allSatisfy(job -> assertThat(claimed).contains(job.getId()));
        jobs.forEach(job -> Eventually.holds(
                () -> assertThat(test.job("ada", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED)));
    }

    @Test
    @Tag("Q-01")
    void a_cap_too_small_for_the_shards_is_refused_and_nothing_of_it_is_kept() {
        assertThat(lane().getLimits().getActiveMax()).isEqualTo(8);
        assertThatThrownBy(() -> update(LaneLimits.newBuilder().setActiveMax(2).setAttemptsMax(9)))
                .hasMessageContaining("active_max: is 2; expected 0 or at least 3, one for each shard (queue.shards)");
        assertThat(update(LaneLimits.newBuilder().setActiveMax(4)).getLimits().getActiveMax())
                .isEqualTo(4);
        assertThat(lane().getLimits().getAttemptsMax()).isEqualTo(3);
    }

    @Test
    @Tag("Q-09")
    void an_order_that_reached_some_shards_only_is_given_again() {
        test.queues("ada")
                .pauseLane(PauseLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setReason("storm")
                        .build());
        test.stirred.setMode(2, PAID, "running");
        Eventually.holds(() -> assertThat(modes()).containsExactly("paused", "paused", "paused"));
        test.queues("ada")
                .drainLane(DrainLaneRequest.newBuilder()
                        .setLane(PAID)
                        .setReason("storm")
                        .build());
        assertThat(modes()).containsExactly("draining", "draining", "draining");
    }
}
