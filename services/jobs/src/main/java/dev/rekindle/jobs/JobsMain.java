package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelay;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.queue.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The jobs service: the whole graph. */
public final class JobsMain implements ProcessMain.Running {
    private static final int RELAY_BATCH = 200;
    private static final Duration RECOVER_EVERY = Duration.ofSeconds(1);
    private static final Duration UPKEEP_EVERY = Duration.ofMinutes(1);

    private final Closer closer;
    private final RpcServer server;
    private final Health health;

    private JobsMain(Closer closer, RpcServer server, Health health) {
        this.closer = closer;
        this.server = server;
        this.health = health;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("jobs", JobsMain::start);
    }

    public static JobsMain start(Settings settings, Telemetry telemetry) {
        JobsConfig config = JobsConfig.from(settings);
        IdentityTokens tokens = new IdentityTokens(IdentityKeys.from("jobs", settings), Clock.systemUTC());
        settings.check();
        Closer closer = new Closer();
        try {
            return start(config, tokens, telemetry, closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static JobsMain start(JobsConfig config, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        Clock clock = Clock.systemUTC();
        Ids ids = Ids.timeOrdered();
        MeterRegistry metrics = telemetry.metrics();
        Database database = closer.add(Database.open(config.database(), metrics));
        Redis redis = closer.add(Redis.open(config.redis()));
        Blobs blobs = closer.add(Blobs.open(config.blobs()));
        Queue queue = closer.add(Queue.open(redis, config.queue()));
        Peers peers = new Peers(
                closer.add(RpcChannel.open(config.peers().credits(), tokens, telemetry))
                        .channel(),
                closer.add(RpcChannel.open(config.peers().events(), tokens, telemetry))
                        .channel(),
                closer.add(RpcChannel.open(config.peers().processing(), tokens, telemetry))
                        .channel());

        JobStore jobs = new JobStore();
        PhotoStore photos = new PhotoStore();
        UploadStore uploadStore = new UploadStore();
        RequestIdStore requestIds = new RequestIdStore();
        Outbox outbox = new Outbox();
        JobEvents events = new JobEvents(ids, clock);

        Watches watches = closer.add(new Watches(redis, queue, database, jobs));
        ChangeJob change = new ChangeJob(database, jobs, events, outbox, clock, watches::changed);
        PreparedPhotos prepared = new PreparedPhotos(photos, jobs, change, clock);
        EnqueueJobs enqueue = new EnqueueJobs(database, jobs, photos, queue);
        CancelJob cancel = new CancelJob(change, queue, clock);
        CreateJob create = new CreateJob(
                database,
                new CreateJob.Stores(jobs, photos, requestIds, outbox),
                change,
                prepared,
                peers,
                new CreateJob.Sources(ids, clock, queue));
        RetryJob retry = new RetryJob(database, jobs, change, prepared, peers, new RetryJob.Sources(clock, queue));
        EndAttempt endAttempt = new EndAttempt(
                change,
                jobs,
                prepared,
                new RetryPolicy(ThreadLocalRandom.current()),
                outbox,
                new EndAttempt.Sources(ids, clock, config.limits().lostMax()));
        ConsumeResults results = closer.add(new ConsumeResults(
                queue, queue.results("jobs", ids.next().toString()), database, change, endAttempt, events));
        Reconcile reconcile = new Reconcile(
                database,
                jobs,
                queue,
                new Reconcile.Steps(
                        change,
                        create,
                        retry,
                        cancel,
                        prepared,
                        enqueue,
                        config.times().halfDoneMax()),
                clock);
        Uploads uploads =
                new Uploads(database, uploadStore, requestIds, blobs, new Uploads.Sources(ids, clock, config));
        CompleteUpload complete = new CompleteUpload(
                database,
                uploads,
                new CompleteUpload.Stores(uploadStore, photos, events, outbox),
                change,
                blobs,
                new CompleteUpload.Sources(ids, clock, config, queue));
        Upkeep upkeep =
                new Upkeep(database, uploads, photos, requestIds, outbox, new Upkeep.Sources(clock, config.times()));
        TellProgress progress = closer.add(new TellProgress(database, jobs, peers, queue, events));
        LiveJobs live = new LiveJobs(queue);

        RpcServer server = closer.add(RpcServer.start(
                config.rpc(),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(
                        new PhotosService(
                                        uploads,
                                        complete,
                                        new Photos(database, photos, jobs, blobs),
                                        new DeletePhoto(database, photos, jobs, cancel, outbox, events),
                                        peers)
                                .definition(),
                        new JobsService(
                                        database,
                                        jobs,
                                        change,
                                        live,
                                        new JobsService.Operations(
                                                create,
                                                new QuoteJob(database, jobs, photos, peers, queue),
                                                cancel,
                                                retry,
                                                new WatchJob(database, jobs, watches, change, live, clock)))
                                .definition(),
                        new QueuesService(queue).definition())));

        relay(closer, database, outbox, Topics.EVENT, OutboxRelay.Order.KEPT, peers::publish, metrics);
        relay(closer, database, outbox, Topics.ENQUEUE, OutboxRelay.Order.FREE, enqueue, metrics);
        relay(closer, database, outbox, Topics.REFUND, OutboxRelay.Order.FREE, peers::refund, metrics);
        relay(closer, database, outbox, Topics.COST, OutboxRelay.Order.FREE, peers::recordCost, metrics);
        relay(closer, database, outbox, Topics.BLOBS, OutboxRelay.Order.FREE, new SweepBlobs(blobs), metrics);
        watches.start();
        progress.start();
        results.start();
        closer.add(Loop.start("recover", RECOVER_EVERY, () -> queue.recover() < 0));
        closer.add(Loop.start("reconcile", config.times().reconcile(), () -> reconcile.run() < 0));
        closer.add(Loop.start("upkeep", UPKEEP_EVERY, upkeep::run));
        server.setServing(true);
        return new JobsMain(closer, server, new Health(List.of(database.health(), redis.health(), blobs.health())));
    }

    private static void relay(
            Closer closer,
            Database database,
            Outbox outbox,
            String topic,
            OutboxRelay.Order order,
            OutboxRelay.Delivery delivery,
            MeterRegistry metrics) {
        closer.add(OutboxRelay.start(database, outbox, topic, order, RELAY_BATCH, delivery, metrics));
    }

    /** The gRPC port taken. */
    public int port() {
        return server.port();
    }

    @Override
    public Health health() {
        return health;
    }

    @Override
    public void close() {
        closer.close();
    }
}
