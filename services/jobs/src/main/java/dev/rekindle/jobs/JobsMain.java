package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.ServerServiceDefinition;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/**
 * The jobs service: {@link Connections} to the stores and the other services, {@link Changes} that can be made, the RPCs
 * that make them, and the {@link Background} that goes on by itself.
 */
public final class JobsMain {
    private final Closer closer = new Closer();
    private final JobsConfig config;
    private final Telemetry telemetry;
    private final IdentityTokens tokens;
    private final Clock clock;
    private final Ids ids = Ids.timeOrdered();
    private final Stores stores = Stores.all();

    private JobsMain(JobsConfig config, IdentityTokens tokens, Telemetry telemetry, Clock clock) {
        this.config = config;
        this.tokens = tokens;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("jobs", JobsMain::start);
    }

    public static ProcessMain.Running start(Settings settings, Telemetry telemetry, Clock clock) {
        JobsConfig config = JobsConfig.from(settings);
        IdentityTokens tokens = new IdentityTokens(IdentityKeys.from("jobs", settings), clock);
        settings.check();
        JobsMain main = new JobsMain(config, tokens, telemetry, clock);
        try {
            return main.open();
        } catch (RuntimeException e) {
            main.closer.close();
            throw e;
        }
    }

    private ProcessMain.Running open() {
        Connections to = Connections.open(config, tokens, telemetry, closer);
        StateWaits waits = new StateWaits(to.database(), stores.runTimes(), to.queue(), telemetry.metrics(), clock);
        SenseLoad load = new SenseLoad(to.queue(), config.load(), telemetry.metrics(), clock);
        Changes changes = Changes.of(to, stores, config, new Changes.Sources(ids, clock, waits, load, closer));
        RpcServer server = closer.add(RpcServer.start(
                config.rpc(),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(
                        photosService(to, changes),
                        jobsService(to, changes),
                        queuesService(to, changes),
                        storageService(to),
                        userDataService(to, changes))));
        server.setServing(true);
        new Background(to, stores, changes, config, new Background.Sources(ids, clock, telemetry.metrics(), closer))
                .start();
        return ProcessMain.running(to.health(), closer);
    }

    private ServerServiceDefinition photosService(Connections to, Changes changes) {
        CompleteUpload complete = new CompleteUpload(
                to.database(),
                changes.uploads(),
                new CompleteUpload.Stores(stores.uploads(), stores.photos(), changes.events(), stores.outbox()),
                changes.change(),
                to.blobs(),
                new CompleteUpload.Sources(ids, clock, config, to.lanes()));
        DecideFlag decide = new DecideFlag(stores.flags(), ids, clock);
        DeletePhoto delete = new DeletePhoto(
                to.database(),
                stores.photos(),
                stores.jobs(),
                changes.cancel(),
                stores.outbox(),
                new DeletePhoto.Consequences(decide, changes.events()));
        Photos content = new Photos(to.database(), stores.photos(), stores.jobs(), stores.batches(), to.blobs());
        Flags flags = new Flags(to.database(), stores.flags(), stores.photos(), content, delete, decide);
        Handoffs handoffs = new Handoffs(
                to.database(),
                stores.handoffs(),
                stores.jobs(),
                config.handoffs(),
                new Handoffs.Sources(ids, clock, new SecureRandom()));
        return new PhotosService(changes.uploads(), complete, content, delete, to.peers())
                .definition(new FlagCalls(flags), new HandoffCalls(handoffs));
    }

    private ServerServiceDefinition jobsService(Connections to, Changes changes) {
        EstimateRuns estimates = new EstimateRuns(to.database(), stores.runTimes(), clock);
        LiveJobs live = new LiveJobs(to.database(), stores.jobs(), to.queue(), estimates);
        JobsService.Operations operations = new JobsService.Operations(
                changes.create(),
                new QuoteJob(to.database(), stores.photos(), estimates, to.peers(), to.queue(), config.offers()),
                changes.cancel(),
                changes.retry(),
                new WatchJob(to.database(), stores.jobs(), changes.watches(), changes.change(), live, clock));
        Batches batches =
                new Batches(to.database(), stores.batches(), live, stores.outbox(), changes.settleBatches(), clock);
        BatchCalls batchCalls = new BatchCalls(to.database(), changes.createBatch(), batches, clock);
        return new JobsService(to.database(), stores.jobs(), changes.change(), live, operations).definition(batchCalls);
    }

    private ServerServiceDefinition storageService(Connections to) {
        return new StorageCalls(new CheckStorage(
                        to.database(),
                        stores.owners(),
                        to.blobs(),
                        stores.outbox(),
                        config.retention().orphanGrace(),
                        clock))
                .definition();
    }

    private ServerServiceDefinition userDataService(Connections to, Changes changes) {
        WriteArchive.Stores archived =
                new WriteArchive.Stores(stores.photos(), stores.jobs(), stores.batches(), stores.flags());
        return new UserDataService(
                        new WriteArchive(
                                to.database(),
                                archived,
                                changes.change(),
                                changes.exports(),
                                to.blobs(),
                                config.exports().bytesMax()),
                        changes.exports(),
                        new EraseUser(
                                to,
                                stores.erasures(),
                                stores.outbox(),
                                changes.cancel(),
                                changes.exports(),
                                new EraseUser.Times(clock, config.times().sweepAfter())))
                .definition();
    }

    private ServerServiceDefinition queuesService(Connections to, Changes changes) {
        DeadLetters letters = new DeadLetters(
                to.database(),
                stores.jobs(),
                stores.deadLetters(),
                changes.change(),
                changes.retry(),
                new DeadLetters.Sources(ids, clock));
        ReadLanes lanes = new ReadLanes(to.database(), stores.lanes(), to.queue(), changes.load());
        return new QueuesService(lanes, changes.steer(), changes.steerQueue(), changes.rebalance(), letters, clock)
                .definition();
    }
}
