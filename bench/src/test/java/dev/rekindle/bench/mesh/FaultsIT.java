package dev.rekindle.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./rekindle bench faults}; {@code -Dfaults.seed} and {@code -Dfaults.seconds} lengthen it. */
class FaultsIT {
    private static final Duration QUIET_MAX = Duration.ofMinutes(15);

    @Test
    @Tag("Q-04")
    @Tag("Q-16")
    @Tag("CR-04")
    @Tag("JOB-08")
    @Tag("OPS-06")
    void every_invariant_holds_after_processes_stores_and_networks_broke_under_load() throws Exception {
        long seed = Long.getLong("faults.seed", 20_261_126L);
        Duration storm = Duration.ofSeconds(Long.getLong("faults.seconds", 40L));
        Path folder = Files.createTempDirectory("rekindle-faults-");
        Plan plan = new Plan(seed, storm, QUIET_MAX, EnumSet.allOf(FaultKind.class), 2, folder);

        FaultRun.Outcome outcome = new FaultRun(plan, System.err).run();

        assertThat(outcome.violations())
                .as("with seed %d; data and logs are kept in %s", seed, folder)
                .isEmpty();
        Map<String, Integer> jobs = outcome.facts().getOrDefault("jobs", Map.of());
        assertThat(jobs.getOrDefault("COMPLETED", 0)).as("jobs completed").isGreaterThan(3);
        assertThat(outcome.facts().get("faults")).as("faults that struck").isNotEmpty();
        Ground.delete(folder);
    }
}
