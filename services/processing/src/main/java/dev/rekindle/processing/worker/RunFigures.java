package dev.rekindle.processing.worker;

import dev.rekindle.jobs.v1.JobError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;

/** What a worker tells of its runs: how long they and their stages took, in milliseconds, and why they failed. */
final class RunFigures {
    private static final double SHORTEST = 10;
    private static final double LONGEST = 3_600_000;

    private final MeterRegistry registry;

    RunFigures(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(JobRun run, RunJob.Outcome outcome) {
        millis("job_processing_duration", "How long runs of jobs took")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .tag("lane", run.claim().lane())
                .publishPercentileHistogram()
                .register(registry)
                .record((double) run.elapsed().toMillis());
    }

    void stage(String stage, Duration took) {
        millis("job_stage_duration", "How long stages of jobs took")
                .tag("stage", stage)
                .register(registry)
                .record((double) took.toMillis());
    }

    void failed(JobError error) {
        Counter.builder("job_failures_total")
                .description("Runs that failed, by reason; a job that failed may run again")
                .tag("reason", error.getReason().name())
                .register(registry)
                .increment();
    }

    private static DistributionSummary.Builder millis(String name, String description) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit("ms")
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST);
    }
}
