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
import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The jobs service: the whole graph, from the stores up to the RPCs. */
public final class JobsMain {
    private static final int RELAY_BATCH = 200;
    private static final Duration RECOVER_EVERY = Duration.ofSeconds(1);
    private static final Duration UPKEEP_EVERY = Duration.ofMinutes(1);

    private final Closer closer = new Closer();
    private final JobsConfig config;
    private final Telemetry telemetry;
    private final IdentityTokens tokens;
    private final Clock clock = Clock.systemUTC();
    private final Ids ids = Ids.timeOrdered();
    private final JobStore jobs = new JobStore();
    private final PhotoStore photos = new PhotoStore();
    private final UploadStore uploadStore = new UploadStore();
    private final RequestIdStore requestIds = new RequestIdStore();
    private final Outbox outbox = new Outbox();
    private final JobEvents events = new JobEvents(ids, clock);

    /** What is connected to. */
    private record Connections(Database database, Redis redis, Blobs blobs, Queue queue, Peers peers) {}

    /** What changes jobs. */
    private record Changes(
            ChangeJob change,
            PreparedPhotos prepared,
            EnqueueJobs enqueue,
            CancelJob cancel,
            CreateJob create,
            RetryJob retry,
            Uploads uploads,
            Watches watches) {}

    private JobsMain(JobsConfig config, IdentityTokens tokens, Telemetry telemetry) {
        this.config = config;
        this.tokens = tokens;
        this.telemetry = telemetry;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("jobs", JobsMain::start);
    }

    public static ProcessMain.Running start(Settings settings, Telemetry telemetry) {
        JobsConfig config = JobsConfig.from(settings);
        IdentityTokens tokens = new IdentityTokens(IdentityKeys.from("jobs", settings), Clock.systemUTC());
        settings.check();
        JobsMain main = new JobsMain(config, tokens, telemetry);
        try {
            return main.open();
        } catch (RuntimeException e) {
            main.closer.close();
            throw e;
        }
    }

    private ProcessMain.Running open() {
        Connections to = connect();
        Changes changes = changes(to);
        serve(to, changes);
        deliver(to, changes);
        keepGoing(to, changes);
        Health health = new Health(
                List.of(to.database().health(), to.redis().health(), to.blobs().health()));
        return ProcessMain.running(health, closer);
    }

    private Connections connect() {
        Redis redis = closer.add(Redis.open(config.redis()));
        return new Connections(
                closer.add(Database.open(config.database(), telemetry.metrics())),
                redis,
                closer.add(Blobs.open(config.blobs())),
                closer.add(Queue.open(redis, config.queue())),
                new Peers(
                        channel(config.peers().credits()),
                        channel(config.peers().events()),
                        channel(config.peers().processing())));
    }

    private io.grpc.Channel channel(String target) {
        return closer.add(RpcChannel.open(target, tokens, telemetry)).channel();
    }

    private Changes changes(Connections to) {
        Database database = to.database();
        Watches watches = closer.add(new Watches(to.redis(), to.queue(), database, jobs));
        ChangeJob change = new ChangeJob(database, jobs, events, outbox, clock, watches::changed);
        PreparedPhotos prepared = new PreparedPhotos(photos, jobs, change, clock);
        CreateJob create = new CreateJob(
                database,
                new CreateJob.Stores(jobs, photos, requestIds, outbox),
                change,
                prepared,
                to.peers(),
                new CreateJob.Sources(ids, clock, to.queue()));
        RetryJob.Sources lanes = new RetryJob.Sources(clock, to.queue());
        return new Changes(
                change,
                prepared,
                new EnqueueJobs(database, jobs, photos, to.queue()),
                new CancelJob(change, to.queue(), clock),
                create,
                new RetryJob(database, jobs, change, prepared, to.peers(), lanes),
                new Uploads(database, uploadStore, requestIds, to.blobs(), new Uploads.Sources(ids, clock, config)),
                watches);
    }

    private void serve(Connections to, Changes changes) {
        RpcServer server = closer.add(RpcServer.start(
                config.rpc(),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(
                        photosService(to, changes),
                        jobsService(to, changes),
                        new QueuesService(to.queue()).definition())));
        server.setServing(true);
    }

    private ServerServiceDefinition photosService(Connections to, Changes changes) {
        CompleteUpload complete = new CompleteUpload(
                to.database(),
                changes.uploads(),
                new CompleteUpload.Stores(uploadStore, photos, events, outbox),
                changes.change(),
                to.blobs(),
                new CompleteUpload.Sources(ids, clock, config, to.queue()));
        DeletePhoto delete = new DeletePhoto(to.database(), photos, jobs, changes.cancel(), outbox, events);
        Photos content = new Photos(to.database(), photos, jobs, to.blobs());
        return new PhotosService(changes.uploads(), complete, content, delete, to.peers()).definition();
    }

    private ServerServiceDefinition jobsService(Connections to, Changes changes) {
        LiveJobs live = new LiveJobs(to.queue());
        JobsService.Operations operations = new JobsService.Operations(
                changes.create(),
                new QuoteJob(to.database(), jobs, photos, to.peers(), to.queue()),
                changes.cancel(),
                changes.retry(),
                new WatchJob(to.database(), jobs, changes.watches(), changes.change(), live, clock));
        return new JobsService(to.database(), jobs, changes.change(), live, operations).definition();
    }

    /** Pays what is owed to others. */
    private void deliver(Connections to, Changes changes) {
        relay(to, Topics.EVENT, OutboxRelay.Order.KEPT, to.peers()::publish);
        relay(to, Topics.ENQUEUE, OutboxRelay.Order.FREE, changes.enqueue());
        relay(to, Topics.REFUND, OutboxRelay.Order.FREE, to.peers()::refund);
        relay(to, Topics.COST, OutboxRelay.Order.FREE, to.peers()::recordCost);
        relay(to, Topics.BLOBS, OutboxRelay.Order.FREE, new SweepBlobs(to.blobs()));
    }

    private void relay(Connections to, String topic, OutboxRelay.Order order, OutboxRelay.Delivery delivery) {
        closer.add(OutboxRelay.start(
                to.database(),
                outbox,
                new OutboxRelay.Route(topic, order, RELAY_BATCH),
                delivery,
                telemetry.metrics()));
    }

    /** Starts what runs by itself: watching, results, recovery, reconciling, upkeep. */
    private void keepGoing(Connections to, Changes changes) {
        changes.watches().start();
        closer.add(new TellProgress(to.database(), jobs, to.peers(), to.queue(), events))
                .start();
        Attempts attempts = new Attempts(
                changes.change(),
                jobs,
                changes.prepared(),
                new RetryPolicy(ThreadLocalRandom::current),
                outbox,
                new Attempts.Sources(ids, clock, config.limits().lostMax()));
        closer.add(new ConsumeResults(
                        to.queue(),
                        to.queue().results("jobs", config.instance()),
                        to.database(),
                        changes.change(),
                        attempts,
                        events))
                .start();
        Reconcile reconcile = new Reconcile(
                to.database(),
                jobs,
                to.queue(),
                new Reconcile.Steps(
                        changes.change(),
                        changes.create(),
                        changes.retry(),
                        changes.cancel(),
                        changes.prepared(),
                        changes.enqueue(),
                        config.times().halfDoneMax()),
                clock);
        Upkeep upkeep = new Upkeep(
                to.database(),
                changes.uploads(),
                photos,
                requestIds,
                outbox,
                new Upkeep.Sources(clock, config.times()));
        closer.add(Loop.start("recover", RECOVER_EVERY, () -> to.queue().recover() < 0));
        closer.add(Loop.start("reconcile", config.times().reconcile(), () -> reconcile.run() < 0));
        closer.add(Loop.start("upkeep", UPKEEP_EVERY, upkeep::run));
    }
}
