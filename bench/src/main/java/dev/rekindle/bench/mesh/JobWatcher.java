package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Watches one job to its end, resuming whenever the stream breaks, and notes whatever goes back. */
final class JobWatcher {
    private final Caller caller;
    private final Diary diary;
    private final String jobId;
    private final Map<Integer, Double> percents = new HashMap<>();
    private String resumeAfter = "";
    private long revision;
    private JobState state = JobState.JOB_STATE_UNSPECIFIED;

    JobWatcher(Caller caller, Diary diary, String jobId) {
        this.caller = caller;
        this.diary = diary;
        this.jobId = jobId;
    }

    /** Watches until the job has ended or nobody wants to know any more. */
    void run(BooleanSupplier wanted) throws InterruptedException {
        while (wanted.getAsBoolean() && !isTerminal(state)) {
            try {
                Iterator<WatchJobResponse> stream = caller.jobStreams()
                        .watchJob(WatchJobRequest.newBuilder()
                                .setJobId(jobId)
                                .setResumeAfter(resumeAfter)
                                .build());
                while (stream.hasNext()) {
                    take(stream.next());
                }
                if (!isTerminal(state)) {
                    diary.violated("3", jobId, "a watch ended in " + state);
                    return;
                }
            } catch (StatusRuntimeException e) {
                if (!Caller.mayBeAskedAgain(e)) {
                    Reason reason = Failures.of(e).reason();
                    diary.violated("1", jobId, "its owner cannot watch it: " + reason + " " + e.getMessage());
                    return;
                }
                diary.count("streams resumed");
                caller.pause();
            }
        }
        if (isTerminal(state)) {
            diary.count("watched to the end");
        }
    }

    private void take(WatchJobResponse response) {
        Job job = response.getJob();
        diary.saw(caller.user(), job);
        if (job.getRevision() < revision) {
            diary.violated("3", jobId, "a watch went from revision " + revision + " to " + job.getRevision());
        }
        revision = job.getRevision();
        state = job.getState();
        if (!response.getEventId().isEmpty()) {
            resumeAfter = response.getEventId();
        }
        if (job.getState() == JobState.JOB_STATE_QUEUED) {
            percents.clear(); // an attempt that was given back does not count, and the next has its number
        }
        if (job.getState() == JobState.JOB_STATE_PROCESSING && job.hasProgress()) {
            int attempt = job.getProgress().getAttempt();
            double percent = job.getProgress().getPercent();
            Double before = percents.put(attempt, percent);
            if (before != null && percent < before - 1e-6) {
                diary.violated(
                        "3", jobId, "progress of attempt " + attempt + " went from " + before + " to " + percent);
            }
        }
    }

    static boolean isTerminal(JobState state) {
        return switch (state) {
            case JOB_STATE_COMPLETED, JOB_STATE_FAILED, JOB_STATE_CANCELLED -> true;
            case JOB_STATE_UNSPECIFIED,
                    JOB_STATE_PENDING,
                    JOB_STATE_QUEUED,
                    JOB_STATE_PROCESSING,
                    JOB_STATE_RETRY_SCHEDULED,
                    UNRECOGNIZED -> false;
        };
    }
}
