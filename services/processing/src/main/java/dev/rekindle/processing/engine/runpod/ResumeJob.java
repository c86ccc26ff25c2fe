package dev.rekindle.processing.engine.runpod;

import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on with what an earlier attempt left at RunPod, so that nothing is paid for twice. */
final class ResumeJob {
    private static final Logger log = LoggerFactory.getLogger(ResumeJob.class);

    /** Looks at a job of which nothing is told, before it is given up. */
    private static final int LOOKS_MAX = 6;

    private final RunPodApi api;
    private final RunPodConfig config;
    private final OpenRuns runs;
    private final RandomGenerator random;

    ResumeJob(RunPodApi api, RunPodConfig config, OpenRuns runs, RandomGenerator random) {
        this.api = api;
        this.config = config;
        this.runs = runs;
        this.random = random;
    }

    /**
     * A job that runs or has completed for an earlier attempt; from now on it is this one's.
     *
     * @throws Stop.Stopped once the work is to end
     */
    Optional<RunPodJob> resume(String reference, Stop stop) {
        List<OpenRuns.Run> left = runs.left(reference);
        try {
            return resume(left, reference, stop);
        } catch (Stop.Stopped stopped) {
            if (!OpenRuns.areGoneOnWith(stopped.why())) {
                left.forEach(this::drop);
            }
            throw stopped;
        }
    }

    private Optional<RunPodJob> resume(List<OpenRuns.Run> left, String reference, Stop stop) {
        Optional<RunPodJob> found = Optional.empty();
        for (OpenRuns.Run run : left) {
            Optional<RunPodJob> job = found.isEmpty() ? useful(run, stop) : Optional.empty();
            if (job.isPresent()) {
                log.info("{} goes on with {}, which {} left", reference, run.id(), run.reference());
                found = job;
                // Before the other note goes: whatever dies in between, there is one.
                runs.note(new OpenRuns.Run(reference, run.endpoint(), run.id()));
                runs.forget(run.reference());
            } else {
                drop(run);
            }
        }
        return found;
    }

    private void drop(OpenRuns.Run run) {
        if (isOurs(run)) {
            api.cancel(run.id());
        }
        runs.forget(run.reference());
    }

    private boolean isOurs(OpenRuns.Run run) {
        return run.endpoint().equals(config.endpoint()) && RunPodJob.isId(run.id());
    }

    private Optional<RunPodJob> useful(OpenRuns.Run run, Stop stop) {
        if (!isOurs(run)) {
            return Optional.empty();
        }
        BackOff backOff = new BackOff(config.times().pollMin(), config.times().pollMax(), random);
        for (int look = 1; look <= LOOKS_MAX; look++) {
            switch (api.status(run.id(), stop)) {
                case RunPodApi.Answer.Told told -> {
                    return Optional.of(told.job()).filter(job -> isUseful(job.state()));
                }
                case RunPodApi.Answer.Gone _, RunPodApi.Answer.Refused _ -> {
                    return Optional.empty();
                }
                case RunPodApi.Answer.Limited _,
                        RunPodApi.Answer.Broken _,
                        RunPodApi.Answer.Unsent _,
                        RunPodApi.Answer.Lost _ -> stop.pause(backOff.next());
            }
        }
        return Optional.empty();
    }

    private static boolean isUseful(RunPodState state) {
        return switch (state) {
            case IN_QUEUE, IN_PROGRESS, COMPLETED, UNKNOWN -> true;
            case FAILED, CANCELLED, TIMED_OUT -> false;
        };
    }
}
