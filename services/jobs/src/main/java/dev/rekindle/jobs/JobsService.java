package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CancelJobResponse;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobProgressRequest;
import dev.rekindle.jobs.v1.GetJobProgressResponse;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.jobs.v1.RetryJobResponse;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Traces;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The RPCs of jobs, and beside them those of batches. */
final class JobsService {
    private final Database database;
    private final JobStore jobs;
    private final ChangeJob change;
    private final LiveJobs live;
    private final Operations operations;

    /** What can be done with jobs. */
    record Operations(CreateJob create, QuoteJob quote, CancelJob cancel, RetryJob retry, WatchJob watch) {}

    JobsService(Database database, JobStore jobs, ChangeJob change, LiveJobs live, Operations operations) {
        this.database = database;
        this.jobs = jobs;
        this.change = change;
        this.live = live;
        this.operations = operations;
    }

    ServerServiceDefinition definition(BatchCalls batches) {
        return RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                .unary(JobsServiceGrpc.getCreateJobMethod(), this::createJob)
                .unary(JobsServiceGrpc.getQuoteJobMethod(), this::quoteJob)
                .unary(JobsServiceGrpc.getGetJobMethod(), this::getJob)
                .unary(JobsServiceGrpc.getListJobsMethod(), this::listJobs)
                .unary(JobsServiceGrpc.getGetJobProgressMethod(), this::getJobProgress)
                .unary(JobsServiceGrpc.getCancelJobMethod(), this::cancelJob)
                .unary(JobsServiceGrpc.getRetryJobMethod(), this::retryJob)
                .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), this::watchJob)
                .unary(JobsServiceGrpc.getCreateBatchMethod(), batches::create)
                .unary(JobsServiceGrpc.getGetBatchMethod(), batches::get)
                .unary(JobsServiceGrpc.getCancelBatchMethod(), batches::cancel)
                .serverStreaming(JobsServiceGrpc.getWatchBatchMethod(), batches::watch)
                .build();
    }

    private CreateJobResponse createJob(CreateJobRequest request) {
        Job job = operations.create().run(Identity.currentUser(), request, Traces.current());
        return CreateJobResponse.newBuilder().setJob(live.over(job)).build();
    }

    private QuoteJobResponse quoteJob(QuoteJobRequest request) {
        return operations.quote().run(Identity.currentUser(), request);
    }

    private GetJobResponse getJob(GetJobRequest request) {
        return GetJobResponse.newBuilder().setJob(find(request.getJobId())).build();
    }

    private Job find(String jobId) {
        JobsRecord row = jobs.find(database.sql(), Identity.currentUser(), UUID.fromString(jobId))
                .orElseThrow(() -> Failure.notFound("job", jobId));
        return live.over(change.view(database.sql(), row));
    }

    private ListJobsResponse listJobs(ListJobsRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        JobStore.Filter filter = new JobStore.Filter(
                request.getStatesList().stream().map(JobViews::nameOf).toList(),
                request.getTypesList().stream().map(JobTypes::nameOf).toList(),
                idOrNull(request.getPhotoId()),
                idOrNull(request.getBatchId()),
                request.getIncludeArchived());
        UUID before = request.getPageToken().isEmpty() ? null : PageToken.read(request.getPageToken());
        List<JobsRecord> rows = jobs.list(database.sql(), Identity.currentUser(), filter, before, size + 1);
        List<JobsRecord> page = rows.subList(0, Math.min(size, rows.size()));
        ListJobsResponse.Builder answer =
                ListJobsResponse.newBuilder().addAllJobs(live.over(change.views(database.sql(), page)));
        if (rows.size() > size) {
            answer.setNextPageToken(PageToken.after(page.getLast().getId()));
        }
        return answer.build();
    }

    private static @Nullable UUID idOrNull(String text) {
        return text.isEmpty() ? null : UUID.fromString(text);
    }

    private GetJobProgressResponse getJobProgress(GetJobProgressRequest request) {
        Job job = find(request.getJobId());
        GetJobProgressResponse.Builder answer = GetJobProgressResponse.newBuilder()
                .setJobId(job.getId())
                .setState(job.getState())
                .setProgress(job.getProgress());
        if (job.hasQueue()) {
            answer.setQueue(job.getQueue());
        }
        return answer.build();
    }

    private CancelJobResponse cancelJob(CancelJobRequest request) {
        Job job = operations.cancel().run(Identity.currentUser(), UUID.fromString(request.getJobId()));
        return CancelJobResponse.newBuilder().setJob(job).build();
    }

    private RetryJobResponse retryJob(RetryJobRequest request) {
        Job job = operations
                .retry()
                .run(Identity.currentUser(), UUID.fromString(request.getJobId()), Identity.currentUser())
                .job();
        return RetryJobResponse.newBuilder().setJob(live.over(job)).build();
    }

    private void watchJob(WatchJobRequest request, MessageSink<WatchJobResponse> sink) throws InterruptedException {
        operations.watch().run(Identity.current(), request, sink);
    }
}
