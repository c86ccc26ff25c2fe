package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.DurationRange;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.Queue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Says what a job would cost, get and take, and creates nothing. */
final class QuoteJob {
    /** Before there is any history: what a restoration takes on a small machine. */
    private static final Duration RUN_LOW_FIRST = Duration.ofSeconds(2);

    private static final Duration RUN_HIGH_FIRST = Duration.ofSeconds(30);

    private final Database database;
    private final JobStore jobs;
    private final PhotoStore photos;
    private final Peers peers;
    private final Queue queue;

    QuoteJob(Database database, JobStore jobs, PhotoStore photos, Peers peers, Queue queue) {
        this.database = database;
        this.jobs = jobs;
        this.photos = photos;
        this.peers = peers;
        this.queue = queue;
    }

    QuoteJobResponse run(String userId, QuoteJobRequest request) {
        for (String id : request.getPhotoIdsList()) {
            if (photos.find(database.sql(), userId, UUID.fromString(id)).isEmpty()) {
                throw Failure.notFound("photo", id);
            }
        }
        Peers.Terms terms = peers.terms(userId);
        JobTerms job = JobTerms.of(terms, request.getSpec(), request.getPriority(), request.getResolution());
        QuoteJobResponse.Builder answer = QuoteJobResponse.newBuilder()
                .setCreditCost(job.cost())
                .setBalance(terms.balance())
                .setAffordable(terms.balance() >= job.cost())
                .setLimits(terms.limits())
                .setResolution(job.resolution())
                .setWatermark(job.watermark())
                .setPriority(job.priority())
                .setLane(job.lane())
                .setEngine(peers.engineFor(job.type()))
                .setRun(runTime(JobTypes.nameOf(job.type())));
        Position.Wait wait = queue.waitOfNext(job.lane(), JobTypes.nameOf(JobTypes.kindOf(job.type())));
        if (wait != null) {
            answer.setWait(LiveJobs.range(wait.low(), wait.high()));
        }
        return answer.build();
    }

    /** Eight of ten recent jobs of this type ran between these two. */
    private DurationRange runTime(String type) {
        List<Duration> times =
                jobs.runTimes(database.sql(), type).stream().sorted().toList();
        if (times.isEmpty()) {
            return LiveJobs.range(RUN_LOW_FIRST, RUN_HIGH_FIRST);
        }
        return LiveJobs.range(
                times.get(times.size() / 10), times.get(Math.min(times.size() - 1, times.size() * 9 / 10)));
    }
}
