package dev.rekindle.jobs;

import dev.rekindle.platform.db.Outbox;

/** The SQL of this service, by table. None of it keeps anything but the outbox, which knows the relays it wakes. */
record Stores(
        JobStore jobs,
        PhotoStore photos,
        UploadStore uploads,
        RequestIdStore requestIds,
        BatchStore batches,
        DeadLetterStore deadLetters,
        LaneStore lanes,
        QueueRulesStore queueRules,
        RunTimeStore runTimes,
        RetentionStore retention,
        BlobOwnerStore owners,
        ExportStore exports,
        ErasureStore erasures,
        FlagStore flags,
        HandoffStore handoffs,
        Outbox outbox) {

    static Stores all() {
        return new Stores(
                new JobStore(),
                new PhotoStore(),
                new UploadStore(),
                new RequestIdStore(),
                new BatchStore(),
                new DeadLetterStore(),
                new LaneStore(),
                new QueueRulesStore(),
                new RunTimeStore(),
                new RetentionStore(),
                new BlobOwnerStore(),
                new ExportStore(),
                new ErasureStore(),
                new FlagStore(),
                new HandoffStore(),
                new Outbox());
    }
}
