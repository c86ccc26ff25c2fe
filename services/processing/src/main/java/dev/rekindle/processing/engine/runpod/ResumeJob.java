package dev.rekindle.processing.engine.runpod;

import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on with what an earlier attempt left at RunPod when its worker died, so that nothing is paid for twice. */
final class ResumeJob {
    private static final Logger log = LoggerFactory.getLogger(ResumeJob.class);

    private final RunPodApi api;
    private final RunPodConfig config;
    private final OpenRuns runs;

    ResumeJob(RunPodApi api, RunPodConfig config, OpenRuns runs) {
        this.api = api;
        this.config = config;
        this.runs = runs;
    }

    /** A job that runs or has completed for an earlier attempt; from now on it is this one's. */
    Optional<RunPodJob> resume(String reference, Stop stop) {
        List<OpenRuns.Run> left = runs.left(reference);
        Optional<RunPodJob> found = Optional.empty();
        for (OpenRuns.Run run : left) {
            Optional<RunPodJob> job = found.isEmpty() ? useful(run, stop) : Optional.empty();
            if (job.isPresent()) {
                log.info("{} goes on with {}, which {} left", reference, run.id(), run.reference());
                found = job;
            } else if (run.endpoint().equals(config.endpoint()) && RunPodJob.isId(run.id())) {
                api.cancel(run.id());
            }
            runs.forget(run.reference());
        }
        return found;
    }

    private Optional<RunPodJob> useful(OpenRuns.Run run, Stop stop) {
        if (!run.endpoint().equals(config.endpoint()) || !RunPodJob.isId(run.id())) {
            return Optional.empty();
        }
        if (!(api.status(run.id(), stop) instanceof RunPodApi.Answer.Told told)) {
            return Optional.empty();
        }
        return switch (told.job().state()) {
            case IN_QUEUE, IN_PROGRESS, COMPLETED, UNKNOWN -> Optional.of(told.job());
            case FAILED, CANCELLED, TIMED_OUT -> Optional.empty();
        };
    }
}
