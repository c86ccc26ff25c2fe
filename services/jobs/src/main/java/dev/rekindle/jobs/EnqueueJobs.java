package dev.rekindle.jobs;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.queue.Entry;
import dev.rekindle.queue.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/**
 * Puts jobs into the queue as the database has them at that moment: what is no longer to be done is left out, so that a
 * debt delivered twice or late does no harm.
 */
final class EnqueueJobs implements OutboxRelays.Delivery {
    private final Database database;
    private final JobStore jobs;
    private final PhotoStore photos;
    private final Queue queue;
    private final StateWaits waits;

    EnqueueJobs(Database database, JobStore jobs, PhotoStore photos, Queue queue, StateWaits waits) {
        this.database = database;
        this.jobs = jobs;
        this.photos = photos;
        this.queue = queue;
        this.waits = waits;
    }

    @Override
    public void deliver(List<Outbox.Message> batch) {
        enqueue(batch.stream()
                .map(message -> UUID.fromString(message.payload().toStringUtf8()))
                .distinct()
                .toList());
    }

    /** Enqueues those of the jobs that wait; the queue leaves alone those it has already. */
    void enqueue(Collection<UUID> jobIds) {
        List<JobsRecord> waiting = waiting(jobIds);
        queue.enqueueAgain(entries(database.sql(), waiting));
        takeBackEnded(waiting);
        waits.state(waiting.stream()
                .filter(job -> job.getAttempt() == 0)
                .collect(Collectors.toMap(JobsRecord::getId, JobsRecord::getLane)));
    }

    private List<JobsRecord> waiting(Collection<UUID> jobIds) {
        return jobs.findAll(database.sql(), jobIds).stream()
                .filter(EnqueueJobs::waits)
                .toList();
    }

    /**
     * Takes out what was cancelled between the look into the database and the queue: no worker spends an engine's time on
     * it. (A worker that has it already is told to stop; whatever it reports is refused.)
     */
    private void takeBackEnded(List<JobsRecord> enqueued) {
        List<String> ended = jobs
                .endedOf(
                        database.sql(), enqueued.stream().map(JobsRecord::getId).toList())
                .stream()
                .map(UUID::toString)
                .toList();
        if (!ended.isEmpty()) {
            queue.cancel(ended);
        }
    }

    private List<Entry> entries(DSLContext sql, List<JobsRecord> waiting) {
        List<UUID> jobIds = waiting.stream().map(JobsRecord::getId).toList();
        Map<UUID, List<UUID>> photoIds = jobs.photosOf(sql, jobIds);
        List<UUID> all =
                photoIds.values().stream().flatMap(List::stream).distinct().toList();
        Map<UUID, PhotosRecord> rows =
                photos.findAll(sql, all).stream().collect(Collectors.toMap(PhotosRecord::getId, Function.identity()));
        Map<UUID, List<PhotoVariantsRecord>> variants = photos.variantsOf(sql, all);
        List<Entry> entries = new ArrayList<>();
        for (JobsRecord job : waiting) {
            JobSpec spec = Protos.read(JobSpec.parser(), job.getSpec());
            List<UUID> own = photoIds.getOrDefault(job.getId(), List.of());
            List<WorkInput> inputs = own.stream()
                    .flatMap(id -> input(spec, rows.get(id), variants.getOrDefault(id, List.of())).stream())
                    .toList();
            // Several are worked on together or not at all.
            entries.add(entry(job, order(job, spec, inputs.size() < own.size() ? List.of() : inputs)));
        }
        return entries;
    }

    private static boolean waits(JobsRecord job) {
        return switch (JobViews.stateOf(job)) {
            case JOB_STATE_QUEUED, JOB_STATE_RETRY_SCHEDULED -> job.getCancelRequestedAt() == null;
            case JOB_STATE_PENDING,
                    JOB_STATE_PROCESSING,
                    JOB_STATE_COMPLETED,
                    JOB_STATE_FAILED,
                    JOB_STATE_CANCELLED,
                    JOB_STATE_UNSPECIFIED,
                    UNRECOGNIZED -> false;
        };
    }

    /** Preparation and videos are of the uploaded file, as are pictures that only it can give; the rest of the prepared one. */
    private static Optional<WorkInput> input(
            JobSpec spec, @org.jspecify.annotations.Nullable PhotosRecord photo, List<PhotoVariantsRecord> variants) {
        if (photo == null) {
            return Optional.empty(); // deleted since; the worker says that its input is gone
        }
        WorkInput.Builder input =
                WorkInput.newBuilder().setPhotoId(photo.getId().toString());
        if (spec.hasPreparation()
                || spec.hasVideo()
                || (spec.hasImage() && ImageOutputRules.isOfUpload(spec.getImage()))) {
            return Optional.of(input.setBlobKey(photo.getOriginalKey())
                    .setMetadata(Protos.read(MediaMetadata.parser(), photo.getMetadata()))
                    .build());
        }
        return variants.stream()
                .filter(variant -> variant.getName().equals(PhotoStore.PREPARED))
                .findFirst()
                .map(variant -> input.setBlobKey(variant.getBlobKey())
                        .setMetadata(Protos.read(MediaMetadata.parser(), variant.getMetadata()))
                        .build());
    }

    private static WorkOrder order(JobsRecord job, JobSpec spec, List<WorkInput> inputs) {
        return WorkOrder.newBuilder()
                .setJobId(job.getId().toString())
                .setUserId(job.getUserId())
                .addAllInputs(inputs)
                .setSpec(spec)
                .setPipeline(spec.getPreparation().getPipeline())
                .setResolution(Resolution.valueOf(job.getResolution()))
                .setWatermark(job.getWatermark())
                .setAttemptTimeout(Protos.duration(Duration.ofMillis(job.getAttemptTimeoutMillis())))
                .setOutputPrefix(BlobKeys.outputPrefix(job.getUserId(), job.getId()))
                .setTraceparent(job.getTraceparent())
                .setClientId(job.getClientId())
                .setSessionId(job.getSessionId())
                .build();
    }

    private static Entry entry(JobsRecord job, WorkOrder order) {
        boolean delayed = JobViews.stateOf(job) == JobState.JOB_STATE_RETRY_SCHEDULED;
        Instant notBefore = delayed ? Protos.instant(job.getRetryAt()) : null;
        return new Entry(
                job.getId().toString(),
                job.getLane(),
                job.getKind(),
                job.getPriority(),
                MemoryNeeds.bytes(order),
                job.getAttempt(),
                Duration.ofMillis(job.getAttemptTimeoutMillis()),
                order.toByteString(),
                notBefore);
    }
}
