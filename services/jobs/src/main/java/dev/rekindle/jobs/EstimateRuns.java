package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** How long jobs will likely run, from how long such jobs ran before. */
final class EstimateRuns {
    /** For so long what was read of history does. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Database database;
    private final RunTimeStore runTimes;
    private final Clock clock;
    private final Map<JobType, Known> known = new ConcurrentHashMap<>();

    private record Known(RunHistory history, Instant readAt) {}

    EstimateRuns(Database database, RunTimeStore runTimes, Clock clock) {
        this.database = database;
        this.runTimes = runTimes;
        this.clock = clock;
    }

    /** Pixels of photos together. */
    static long pixels(Collection<PhotosRecord> photos) {
        return photos.stream()
                .map(photo -> Protos.read(MediaMetadata.parser(), photo.getMetadata()))
                .mapToLong(metadata -> (long) metadata.getWidth() * metadata.getHeight())
                .sum();
    }

    /** How long a job of that type and so many pixels will likely run. */
    Stretch run(JobType type, long pixels) {
        return history(type).run(pixels, prior(type, pixels));
    }

    private RunHistory history(JobType type) {
        Instant now = clock.instant();
        return known.compute(
                        type,
                        (key, before) -> before != null
                                        && Duration.between(before.readAt(), now)
                                                        .abs()
                                                        .compareTo(FRESH)
                                                < 0
                                ? before
                                : new Known(database.query(sql -> runTimes.history(sql, JobTypes.nameOf(type))), now))
                .history();
    }

    /** Before there is any history: what such work takes on a small machine, and on one that has much to do. */
    static Stretch prior(JobType type, long pixels) {
        double megapixels = (pixels > 0 ? pixels : 12_000_000) / 1e6;
        return switch (JobTypes.kindOf(type)) {
            case JOB_KIND_AI -> Stretch.ofMillis(1000, Math.round(10_000 + 4_000 * megapixels));
            case JOB_KIND_IMAGE ->
                type == JobType.JOB_TYPE_IMAGE
                        ? Stretch.ofMillis(200, Math.round(2_000 + 300 * megapixels))
                        : Stretch.ofMillis(
                                200, Math.round(5_000 + 2_000 * megapixels)); // a preparation looks for damage
            case JOB_KIND_VIDEO -> Stretch.ofMillis(5_000, 1_800_000);
            case JOB_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("No kind of " + type);
        };
    }

    /** The job with the time it will likely still take: waiting and running, where it waits; what is left, where it runs. */
    Job over(Job job, long pixels) {
        if (job.getState() == JobState.JOB_STATE_QUEUED && job.getQueue().hasWait()) {
            Stretch all = Stretch.of(job.getQueue().getWait()).plus(run(job.getType(), pixels));
            return with(job, all);
        }
        if (job.getState() == JobState.JOB_STATE_PROCESSING) {
            return with(job, rest(job, pixels));
        }
        return job;
    }

    private static Job with(Job job, Stretch remaining) {
        Job.Builder estimated = job.toBuilder();
        estimated.getProgressBuilder().setRemaining(remaining.range());
        return estimated.build();
    }

    /** By the stage it is in; by the whole run, where that stage was never measured; by what its worker thinks. */
    private Stretch rest(Job job, long pixels) {
        RunHistory history = history(job.getType());
        JobProgress progress = job.getProgress();
        Duration running = Duration.between(Protos.instant(job.getStartTime()), clock.instant());
        Optional<Stretch> byStage = progress.hasStageStartTime()
                ? history.rest(
                        pixels,
                        progress.getStage(),
                        Duration.between(
                                Protos.instant(progress.getStageStartTime()), Protos.instant(progress.getUpdateTime())))
                : Optional.empty();
        return byStage.or(() -> history.rest(pixels, "", running))
                .orElseGet(() -> progress.hasRemaining()
                        ? Stretch.of(progress.getRemaining())
                        : prior(job.getType(), pixels).minus(running));
    }
}
