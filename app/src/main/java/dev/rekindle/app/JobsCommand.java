package dev.rekindle.app;

import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.jobs.v1.WatchJobRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A user's jobs, from the shell. Who can read the keys can speak for every user. */
@Command(
        name = "jobs",
        description = "Shows, watches, cancels and retries jobs of a user.",
        mixinStandardHelpOptions = true)
final class JobsCommand {
    private static final int PAGE = 100;

    /** Whose jobs. */
    static final class Whose {
        @Option(
                names = "--user",
                paramLabel = "NAME",
                defaultValue = RestorePhoto.USER,
                description = "Whose jobs (default: those made by ./rekindle restore).")
        private String user = "";
    }

    @Command(description = "Lists jobs, newest first.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Where where,
            @Mixin Whose whose,
            @Option(names = "--state", description = "Only these states: queued, failed, …") @Nullable
                    List<String> states,
            @Option(names = "--batch", defaultValue = "", description = "Only those of this batch.") String batchId,
            @Option(names = "--archived", description = "Also those that are history.") boolean archived,
            @Option(names = "--max", defaultValue = "20", description = "At most so many (default 20).") int max,
            @Option(names = "--json", description = "As JSON.") boolean json)
            throws IOException {
        ListJobsRequest.Builder request =
                ListJobsRequest.newBuilder().setBatchId(batchId).setIncludeArchived(archived);
        if (states != null) {
            states.forEach(state -> request.addStates(Operate.choice(JobState.class, "JOB_STATE_", "--state", state)));
        }
        return Operate.asUser(where, whose.user, channel -> {
            var jobs = JobsServiceGrpc.newBlockingStub(channel);
            ListJobsResponse.Builder all = ListJobsResponse.newBuilder();
            do {
                int wanted = Math.min(PAGE, Operate.max(max) - all.getJobsCount());
                ListJobsResponse page =
                        jobs.listJobs(request.setPageSize(wanted).build());
                all.addAllJobs(page.getJobsList()).setNextPageToken(page.getNextPageToken());
                request.setPageToken(page.getNextPageToken());
            } while (!all.getNextPageToken().isEmpty() && all.getJobsCount() < max);
            if (json) {
                Operate.printJson(all);
            } else {
                print(all.getJobsList());
            }
        });
    }

    @Command(description = "Shows a job, whole.", mixinStandardHelpOptions = true)
    int show(@Mixin Where where, @Mixin Whose whose, @Parameters(paramLabel = "JOB") String jobId) throws IOException {
        return Operate.asUser(
                where,
                whose.user,
                channel -> Operate.printJson(JobsServiceGrpc.newBlockingStub(channel)
                        .getJob(GetJobRequest.newBuilder().setJobId(jobId).build())
                        .getJob()));
    }

    @Command(description = "Follows a job to its end, a line a change.", mixinStandardHelpOptions = true)
    int watch(@Mixin Where where, @Mixin Whose whose, @Parameters(paramLabel = "JOB") String jobId) throws IOException {
        return Operate.asUser(
                where,
                whose.user,
                channel -> JobsServiceGrpc.newBlockingStub(channel)
                        .watchJob(WatchJobRequest.newBuilder().setJobId(jobId).build())
                        .forEachRemaining(seen ->
                                System.out.println(Operate.time(seen.getTime()) + "  " + place(seen.getJob()))));
    }

    @Command(description = "Cancels a job.", mixinStandardHelpOptions = true)
    int cancel(@Mixin Where where, @Mixin Whose whose, @Parameters(paramLabel = "JOB") String jobId)
            throws IOException {
        return Operate.asUser(
                where,
                whose.user,
                channel -> print(List.of(JobsServiceGrpc.newBlockingStub(channel)
                        .cancelJob(CancelJobRequest.newBuilder().setJobId(jobId).build())
                        .getJob())));
    }

    @Command(description = "Runs a failed job again.", mixinStandardHelpOptions = true)
    int retry(@Mixin Where where, @Mixin Whose whose, @Parameters(paramLabel = "JOB") String jobId) throws IOException {
        return Operate.asUser(
                where,
                whose.user,
                channel -> print(List.of(JobsServiceGrpc.newBlockingStub(channel)
                        .retryJob(RetryJobRequest.newBuilder().setJobId(jobId).build())
                        .getJob())));
    }

    private static void print(List<Job> jobs) {
        Columns columns = new Columns("JOB", "CREATED", "TYPE", "LANE", "ATTEMPT", "CREDITS", "STATE");
        for (Job job : jobs) {
            columns.add(
                    job.getId(),
                    Operate.time(job.getCreateTime()),
                    Operate.word(job.getType(), "JOB_TYPE_"),
                    job.getLane(),
                    job.getAttempt() + "/" + job.getAttemptsMax(),
                    job.getCreditCost(),
                    place(job));
        }
        columns.print();
    }

    /** The state, and what there is to say in it: the place in the lane, the progress, the failure. */
    private static String place(Job job) {
        String state = Operate.word(job.getState(), "JOB_STATE_") + (job.getCancelling() ? ", cancelling" : "");
        if (job.hasQueue()) {
            return state + ", " + job.getQueue().getPosition() + " of "
                    + job.getQueue().getWaiting();
        }
        if (job.getState() == JobState.JOB_STATE_PROCESSING) {
            return state
                    + " %.0f %% %s"
                            .formatted(
                                    job.getProgress().getPercent(),
                                    job.getProgress().getStage());
        }
        return job.hasError() ? state + ": " + job.getError().getMessage() : state;
    }
}
