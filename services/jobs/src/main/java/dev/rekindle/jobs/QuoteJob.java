package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.Queue;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what a job would cost, get and take, and creates nothing. */
final class QuoteJob {
    private final Database database;
    private final PhotoStore photos;
    private final EstimateRuns estimates;
    private final Peers peers;
    private final Queue queue;
    private final Offers offers;

    QuoteJob(Database database, PhotoStore photos, EstimateRuns estimates, Peers peers, Queue queue, Offers offers) {
        this.database = database;
        this.photos = photos;
        this.estimates = estimates;
        this.peers = peers;
        this.queue = queue;
        this.offers = offers;
    }

    QuoteJobResponse run(String userId, QuoteJobRequest request) {
        List<PhotosRecord> own = request.getPhotoIdsList().stream()
                .map(id -> photos.find(database.sql(), userId, UUID.fromString(id))
                        .orElseThrow(() -> Failure.notFound("photo", id)))
                .toList();
        requireFit(request, own);
        Peers.Terms terms = peers.terms(userId);
        JobTerms job = JobTerms.of(terms, offers, request.getSpec(), request.getPriority(), request.getResolution());
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
                .setRun(estimates.run(job.type(), EstimateRuns.pixels(own)).range());
        Position.Wait wait = waitOf(job);
        if (wait != null) {
            answer.setWait(LiveJobs.range(wait.low(), wait.high()));
        }
        return answer.build();
    }

    /** What no job can be made of has no price. */
    private void requireFit(QuoteJobRequest request, List<PhotosRecord> own) {
        if (!own.isEmpty()) {
            Map<UUID, PhotosRecord> byId =
                    own.stream().collect(Collectors.toMap(PhotosRecord::getId, Function.identity(), (same, _) -> same));
            CheckPhotos.run(
                    CheckPhotos.Known.of(database.sql(), photos, byId, List.of(request.getSpec())),
                    own.stream().map(PhotosRecord::getId).toList(),
                    request.getSpec(),
                    "photo_ids");
        }
    }

    /** Without the queue, which takes jobs no less for it, a quote does not tell the wait. */
    private Position.@Nullable Wait waitOf(JobTerms job) {
        try {
            return queue.waitOfNext(job.lane(), JobTypes.nameOf(JobTypes.kindOf(job.type())));
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_UNAVAILABLE) {
                throw failure;
            }
            return null;
        }
    }
}
