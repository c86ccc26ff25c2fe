package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobChangesRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Streams a job to one reader: first where it stands (or, on resuming, every change missed), then every change of state
 * in order and without a gap, and between them the newest progress and place in the queue. Ends with the terminal state.
 */
final class WatchJob {
    private final Database database;
    private final JobStore jobs;
    private final Watches watches;
    private final ChangeJob change;
    private final LiveJobs live;
    private final Clock clock;

    WatchJob(Database database, JobStore jobs, Watches watches, ChangeJob change, LiveJobs live, Clock clock) {
        this.database = database;
        this.jobs = jobs;
        this.watches = watches;
        this.change = change;
        this.live = live;
        this.clock = clock;
    }

    void run(Identity caller, WatchJobRequest request, MessageSink<WatchJobResponse> sink) throws InterruptedException {
        UUID jobId = UUID.fromString(request.getJobId());
        // Registered before the first look, so that nothing can happen between the look and the waiting.
        Watch watch = watches.open(jobId);
        sink.onCancel(watch::end);
        try {
            new Stream(jobId, caller, watch, sink).run(request.getResumeAfter());
        } finally {
            watches.close(watch);
        }
    }

    /** One reader's stream. */
    private final class Stream {
        private final UUID jobId;
        private final Identity caller;
        private final Watch watch;
        private final MessageSink<WatchJobResponse> sink;
        private Job last = Job.getDefaultInstance();
        private String leaseId = "";
        private @Nullable RunProgress progress;
        private long pixels;

        Stream(UUID jobId, Identity caller, Watch watch, MessageSink<WatchJobResponse> sink) {
            this.jobId = jobId;
            this.caller = caller;
            this.watch = watch;
            this.sink = sink;
        }

        void run(String resumeAfter) throws InterruptedException {
            JobsRecord row = jobs.find(database.sql(), caller.subject(), jobId)
                    .orElseThrow(() -> Failure.notFound("job", jobId));
            pixels = row.getPixels();
            leaseId = row.getLeaseId();
            if (resumeAfter.isEmpty()) {
                sendPresent(row);
            } else {
                resume(resumeAfter);
            }
            while (!JobViews.isTerminal(last.getState())) {
                Watch.News news = watch.await(untilExpiry());
                if (news.ended() || sink.isCancelled()) {
                    throw Failure.of(Reason.REASON_UNAVAILABLE, "The stream ended; resume it.");
                }
                checkExpiry();
                keep(news.progress());
                boolean told = news.changed() && sendChanges(last.getRevision());
                if (!told) {
                    sendMoves(news);
                }
            }
        }

        private void sendPresent(JobsRecord row) throws InterruptedException {
            Job job = live.over(change.view(database.sql(), row));
            Optional<JobChangesRecord> newest = jobs.lastChange(database.sql(), jobId);
            if (job.hasProgress()) {
                keep(new RunProgress(leaseId, job.getProgress()));
            }
            boolean matches = newest.isPresent() && newest.get().getRevision() == job.getRevision();
            send(job, matches ? newest.orElseThrow().getEventId().toString() : "");
        }

        private void resume(String resumeAfter) throws InterruptedException {
            JobChangesRecord seen = event(resumeAfter)
                    .flatMap(id -> jobs.findChange(database.sql(), jobId, id))
                    .orElseThrow(() -> Failure.of(
                            Reason.REASON_INVALID_TOKEN,
                            "resume_after is no event of this job; leave it out to begin with the present state."));
            last = Protos.read(Job.parser(), seen.getSnapshot());
            leaseId = seen.getLeaseId();
            watch.sent(last.getRevision(), last.getState() == JobState.JOB_STATE_QUEUED);
            sendChanges(seen.getRevision());
        }

        private static Optional<UUID> event(String text) {
            try {
                return Optional.of(UUID.fromString(text));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        private void keep(@Nullable RunProgress news) {
            if (news != null && (progress == null || news.isNews(progress))) {
                progress = news;
            }
        }

        private boolean sendChanges(long after) throws InterruptedException {
            boolean told = false;
            for (JobChangesRecord changed : jobs.changesAfter(database.sql(), jobId, after)) {
                Job job = Protos.read(Job.parser(), changed.getSnapshot());
                leaseId = changed.getLeaseId();
                send(
                        live.estimated(LiveJobs.withProgress(job, leaseId, progress), pixels),
                        changed.getEventId().toString());
                told = true;
            }
            return told;
        }

        /** Progress and place in the queue, where they belong to the state last sent. */
        private void sendMoves(Watch.News news) throws InterruptedException {
            Job job = LiveJobs.withPosition(LiveJobs.withProgress(last, leaseId, progress), news.position());
            if (!job.equals(last)) {
                send(live.estimated(job, pixels), "");
            }
        }

        private void send(Job job, String eventId) throws InterruptedException {
            sink.send(WatchJobResponse.newBuilder()
                    .setJob(job)
                    .setEventId(eventId)
                    .setTime(Protos.timestamp(clock.instant()))
                    .build());
            last = job;
            watch.sent(job.getRevision(), job.getState() == JobState.JOB_STATE_QUEUED);
        }

        private Duration untilExpiry() {
            Instant expiry = caller.expiry();
            if (expiry.equals(Instant.MAX)) {
                return Watch.waitMax();
            }
            Duration left = Duration.between(clock.instant(), expiry).plusMillis(1);
            return left.compareTo(Watch.waitMax()) < 0 ? left : Watch.waitMax();
        }

        private void checkExpiry() {
            if (!clock.instant().isBefore(caller.expiry())) {
                throw Failure.of(Reason.REASON_CREDENTIALS_EXPIRED, "Your sign-in has ended; sign in again.");
            }
        }
    }
}
