package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import java.time.Clock;

/** What can be done to jobs, by callers and by what runs by itself. */
record Changes(
        JobEvents events,
        Watches watches,
        ChangeJob change,
        PreparedPhotos prepared,
        EnqueueJobs enqueue,
        CancelJob cancel,
        CreateJob create,
        CreateBatch createBatch,
        SettleBatches settleBatches,
        RetryJob retry,
        Uploads uploads,
        Exports exports,
        SteerLanes steer,
        SteerQueue steerQueue,
        RebalanceLanes rebalance,
        StateWaits waits,
        SenseLoad load) {

    /** Where ids and times come from, what holds stated waits against the truth and looks at the load, and what is closed at the end. */
    record Sources(Ids ids, Clock clock, StateWaits waits, SenseLoad load, Closer closer) {}

    static Changes of(Connections to, Stores stores, JobsConfig config, Sources from) {
        Ids ids = from.ids();
        Clock clock = from.clock();
        Database database = to.database();
        JobsConfig.Times times = config.times();
        JobStore jobs = stores.jobs();
        JobEvents events = new JobEvents(ids, clock);
        Watches watches = from.closer().add(new Watches(to.redis(), to.queue(), database, jobs));
        ChangeJob change = new ChangeJob(
                database,
                new ChangeJob.Stores(jobs, stores.deadLetters()),
                events,
                stores.outbox(),
                new ChangeJob.Times(clock, times.sweepAfter()),
                watches::changed);
        OpenFlag flags = new OpenFlag(stores.flags(), stores.photos(), new DecideFlag(stores.flags(), ids, clock));
        PreparedPhotos prepared = new PreparedPhotos(stores.photos(), jobs, change, flags, clock);
        CancelJob cancel = new CancelJob(change, to.queue(), clock);
        CreateJob.Sources sources =
                new CreateJob.Sources(ids, clock, to.lanes(), from.load(), config.offers(), times.sameWithin());
        return new Changes(
                events,
                watches,
                change,
                prepared,
                new EnqueueJobs(database, jobs, stores.photos(), to.queue(), from.waits()),
                cancel,
                new CreateJob(
                        database,
                        new CreateJob.Stores(jobs, stores.photos(), stores.requestIds(), stores.outbox()),
                        change,
                        prepared,
                        to.peers(),
                        sources),
                new CreateBatch(
                        database,
                        new CreateBatch.Stores(
                                jobs, stores.photos(), stores.batches(), stores.requestIds(), stores.outbox()),
                        change,
                        prepared,
                        to.peers(),
                        new CreateBatch.Sources(sources, config.limits().openBatchesMax())),
                new SettleBatches(
                        database, stores.batches(), change, cancel, to.blobs(), new SettleBatches.Sources(ids, clock)),
                new RetryJob(
                        database,
                        new RetryJob.Stores(jobs, stores.deadLetters(), stores.batches()),
                        change,
                        prepared,
                        to.peers(),
                        new RetryJob.Sources(clock, to.lanes())),
                new Uploads(
                        database,
                        new Uploads.Stores(stores.uploads(), stores.requestIds(), stores.handoffs(), stores.outbox()),
                        to.blobs(),
                        new Uploads.Sources(ids, clock, config)),
                new Exports(
                        database,
                        stores.exports(),
                        to.blobs(),
                        stores.outbox(),
                        config.exports().kept(),
                        new Exports.Sources(ids, clock)),
                new SteerLanes(database, stores.lanes(), to.queue(), stores.outbox(), events, clock),
                steerQueue(to, stores, config, events, clock),
                new RebalanceLanes(database, jobs, change, to.peers()),
                from.waits(),
                from.load());
    }

    private static SteerQueue steerQueue(
            Connections to, Stores stores, JobsConfig config, JobEvents events, Clock clock) {
        return new SteerQueue(
                to.database(),
                stores.queueRules(),
                to.queue(),
                new SteerQueue.Consequences(stores.outbox(), events),
                SteerQueue.Configured.of(config),
                clock);
    }
}
