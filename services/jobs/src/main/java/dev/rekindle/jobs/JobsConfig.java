package dev.rekindle.jobs;

import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.queue.HeavyWork;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.queue.WorkersWanted;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the jobs service.
 *
 * @param retry how long to wait after a failure, unless operators ordered otherwise
 * @param limits what uploads and requests may be
 * @param times how long things are kept and waited for
 * @param load what follows from how much there is to do
 * @param retention how long ended jobs are kept
 * @param exports archives of users' data
 * @param handoffs how a phone uploads for a desktop
 * @param offers the work that is taken
 * @param peers where the services are that it calls
 * @param instance names this process among several of its kind, the same after a restart: what it had begun to read
 *     comes to it first
 */
record JobsConfig(
        DatabaseConfig database,
        RedisConfig redis,
        BlobsConfig blobs,
        RpcServerConfig rpc,
        QueueConfig queue,
        RetryPauses retry,
        Limits limits,
        Times times,
        Load load,
        Retention retention,
        Exports exports,
        Handoffs handoffs,
        Offers offers,
        Peers peers,
        String instance) {

    /**
     * @param photoBytesMax size of one photo
     * @param videoBytesMax size of one video
     * @param pictures what the header of one photo may say
     * @param lostMax workers that may die with one job before it is taken for poison
     * @param openBatchesMax batches of one user that have not ended
     * @param deadLettersAlert operators are told when so many dead letters are open
     */
    record Limits(
            long photoBytesMax,
            long videoBytesMax,
            MediaLimits pictures,
            int lostMax,
            int openBatchesMax,
            int deadLettersAlert) {

        /** Bytes of an upload, of which nobody knows yet what it is. */
        long uploadBytesMax() {
            return Math.max(photoBytesMax, videoBytesMax);
        }
    }

    /**
     * @param uploadsKept how long an unfinished upload can be gone on with
     * @param originalsKept how long the uploaded file is kept after preparation; zero deletes it at once
     * @param halfDoneMax after how long a creation cut off half-way is taken back
     * @param reconcile how often the queue is compared with the database
     * @param count how often lanes and dead letters are counted
     * @param sameWithin how long a job stands for the same work on the same content, which is then not done again
     * @param sweepAfter how long after a job's end its folder is looked through for blobs nobody owns; longer than a worker
     *     that lost its lease may go on writing
     * @param rebalance how often waiting jobs are compared with the tiers of their users
     * @param measure how often all blobs are added up
     */
    record Times(
            Duration uploadsKept,
            Duration originalsKept,
            Duration requestIdsKept,
            Duration halfDoneMax,
            Duration reconcile,
            Duration count,
            Duration sameWithin,
            Duration sweepAfter,
            Duration rebalance,
            Duration measure) {}

    /**
     * What follows from how much there is to do.
     *
     * @param high from so many jobs waiting and running for each place of the workers on, the load is high
     * @param heavy work whose retries are put off then
     * @param workers how many workers are wanted
     */
    record Load(double high, HeavyWork heavy, WorkersWanted.Rules workers) {}

    /**
     * How long ended jobs are kept.
     *
     * @param outputs after the job ended; then the blobs go
     * @param jobs until a job is archived; its outputs go then at the latest
     * @param history until nothing is known of it any more
     * @param orphanGrace how old a blob nobody owns must be before a repair deletes it
     */
    record Retention(Duration outputs, Duration jobs, Duration history, Duration orphanGrace) {}

    /**
     * Archives of users' data.
     *
     * @param kept after which an archive is deleted
     * @param bytesMax most that one may have
     */
    record Exports(Duration kept, long bytesMax) {}

    /**
     * How a phone uploads for a desktop.
     *
     * @param publicUrl where people reach the page; empty: wherever the desktop did
     * @param codeKept how long a code can be redeemed
     * @param tokenKept how long a phone may upload then
     * @param uploadsMax so many photos with one code
     * @param perUserMax codes and tokens of one user that are good at once
     */
    record Handoffs(URI publicUrl, Duration codeKept, Duration tokenKept, int uploadsMax, int perUserMax) {
        static Handoffs from(Settings all) {
            Settings settings = all.under("handoffs");
            Duration day = Duration.ofDays(1);
            URI site = all.uri("public_url", URI.create(""));
            if (!site.toString().isEmpty() && site.getHost() == null) {
                all.problem("public_url", "is \"" + site + "\"; expected https://….");
            }
            return new Handoffs(
                    site,
                    settings.duration("code_kept", Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofHours(1)),
                    settings.duration("token_kept", Duration.ofMinutes(30), Duration.ofSeconds(1), day),
                    settings.number("uploads_max", 30, 1, 1_000),
                    settings.number("per_user_max", 10, 1, 1_000));
        }
    }

    record Peers(RpcTarget credits, RpcTarget events, RpcTarget processing) {
        static Peers from(Settings settings) {
            return new Peers(
                    RpcTarget.from(
                            settings,
                            "credits",
                            List.of(
                                    CreditsServiceGrpc.getServiceDescriptor(),
                                    AnalyticsServiceGrpc.getServiceDescriptor())),
                    RpcTarget.from(settings, "events", List.of(EventsServiceGrpc.getServiceDescriptor())),
                    RpcTarget.from(settings, "processing", List.of(ProcessingServiceGrpc.getServiceDescriptor())));
        }
    }

    static JobsConfig from(Settings settings) {
        Settings limits = settings.under("limits");
        Settings times = settings.under("times");
        Duration day = Duration.ofDays(1);
        Duration second = Duration.ofSeconds(1);
        return new JobsConfig(
                DatabaseConfig.from(settings, "jobs"),
                RedisConfig.from(settings),
                BlobsConfig.from(settings),
                RpcServerConfig.from(settings),
                QueueConfig.from(settings),
                RetryPauses.from(settings),
                new Limits(
                        limits.number("photo_bytes_max", 50L << 20, 1L << 10, 500L << 20),
                        limits.number("video_bytes_max", 500L << 20, 1L << 10, 10L << 30),
                        pictures(limits),
                        limits.number("lost_max", 3, 1, 100),
                        limits.number("open_batches_max", 10, 1, 10_000),
                        limits.number("dead_letters_alert", 50, 1, 1_000_000)),
                new Times(
                        times.duration("uploads_kept", day, Duration.ofMinutes(1), day.multipliedBy(30)),
                        times.duration("originals_kept", day.multipliedBy(30), Duration.ZERO, day.multipliedBy(36_500)),
                        times.duration("request_ids_kept", day, Duration.ofMinutes(1), day.multipliedBy(30)),
                        times.duration("half_done_max", Duration.ofMinutes(1), second, day),
                        times.duration("reconcile", Duration.ofSeconds(5), Duration.ofMillis(100), day),
                        times.duration("count", Duration.ofSeconds(10), Duration.ofMillis(100), day),
                        times.duration("same_within", day, Duration.ZERO, day.multipliedBy(365)),
                        times.duration("sweep_after", Duration.ofMinutes(10), Duration.ZERO, day),
                        times.duration("rebalance", Duration.ofMinutes(1), Duration.ofMillis(100), day),
                        times.duration("measure", Duration.ofHours(1), second, day)),
                load(settings),
                retention(settings.under("retention")),
                exports(settings.under("exports")),
                Handoffs.from(settings),
                Offers.from(settings),
                Peers.from(settings),
                settings.text("instance", "jobs-1"));
    }

    private static MediaLimits pictures(Settings limits) {
        MediaLimits usual = MediaLimits.photos();
        return new MediaLimits(
                usual.bytesMax(),
                limits.number("pixels_max", usual.pixelsMax(), 1_000L, 1_000_000_000L),
                limits.number("side_min", MediaLimits.PHOTO_SIDE_MIN, 1, 1024),
                usual.sideMax(),
                usual.framesMax());
    }

    private static Load load(Settings settings) {
        Settings shed = settings.under("shed");
        Settings scaling = settings.under("scaling");
        Duration second = Duration.ofSeconds(1);
        Duration hour = Duration.ofHours(1);
        WorkersWanted.Rules rules = new WorkersWanted.Rules(
                scaling.number("workers_min", 1, 0, 10_000),
                scaling.number("workers_max", 8, 1, 10_000),
                scaling.number("places_usual", 3, 1, 64),
                scaling.number("jobs_per_place", 2, 1, 1_000),
                scaling.duration("quiet", Duration.ofMinutes(1), second, hour));
        if (rules.workersMax() < rules.workersMin()) {
            scaling.problem("workers_max", "is lower than scaling.workers_min.");
        }
        return new Load(
                shed.number("load_high", 8, 1, 1_000_000),
                new HeavyWork(
                        shed.list("heavy_kinds", List.of("video")),
                        shed.number("heavy_memory_bytes", 512L << 20, 1L << 20, 1L << 40),
                        shed.duration("hold", Duration.ofSeconds(15), second, hour),
                        shed.duration("hold_max", Duration.ofMinutes(10), second, hour.multipliedBy(24))),
                rules);
    }

    private static Exports exports(Settings settings) {
        return new Exports(
                settings.duration("kept", Duration.ofDays(1), Duration.ofMinutes(1), Duration.ofDays(30)),
                settings.number("bytes_max", 20L << 30, 1L << 10, 80L << 30));
    }

    private static Retention retention(Settings settings) {
        Duration day = Duration.ofDays(1);
        Duration longest = day.multipliedBy(36_500);
        Retention retention = new Retention(
                settings.duration("outputs", day.multipliedBy(90), Duration.ofHours(1), longest),
                settings.duration("jobs", day.multipliedBy(90), Duration.ofHours(1), longest),
                settings.duration("history", day.multipliedBy(365), Duration.ofHours(1), longest),
                settings.duration("orphan_grace", day, Duration.ofMinutes(1), day.multipliedBy(365)));
        if (retention.history().compareTo(retention.jobs()) < 0) {
            settings.problem("history", "is shorter than retention.jobs; a job is archived before it is forgotten.");
        }
        return retention;
    }
}
