package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.Batch;
import dev.rekindle.jobs.v1.CancelBatchRequest;
import dev.rekindle.jobs.v1.CancelBatchResponse;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.CreateBatchResponse;
import dev.rekindle.jobs.v1.GetBatchRequest;
import dev.rekindle.jobs.v1.GetBatchResponse;
import dev.rekindle.jobs.v1.WatchBatchRequest;
import dev.rekindle.jobs.v1.WatchBatchResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.telemetry.Traces;
import java.time.Clock;
import java.util.UUID;

/** The RPCs of batches. */
final class BatchCalls {
    private final Database database;
    private final CreateBatch create;
    private final Batches batches;
    private final Clock clock;

    BatchCalls(Database database, CreateBatch create, Batches batches, Clock clock) {
        this.database = database;
        this.create = create;
        this.batches = batches;
        this.clock = clock;
    }

    CreateBatchResponse create(CreateBatchRequest request) {
        var row = create.run(Identity.currentUser(), request, Traces.current());
        return CreateBatchResponse.newBuilder()
                .setBatch(batches.view(database.sql(), row))
                .build();
    }

    GetBatchResponse get(GetBatchRequest request) {
        return GetBatchResponse.newBuilder()
                .setBatch(find(request.getBatchId()))
                .build();
    }

    CancelBatchResponse cancel(CancelBatchRequest request) {
        return CancelBatchResponse.newBuilder()
                .setBatch(batches.cancel(Identity.currentUser(), UUID.fromString(request.getBatchId())))
                .build();
    }

    void watch(WatchBatchRequest request, MessageSink<WatchBatchResponse> sink) throws InterruptedException {
        PollStream.run(
                sink,
                clock,
                () -> WatchBatchResponse.newBuilder()
                        .setBatch(find(request.getBatchId()))
                        .build(),
                seen -> seen.getBatch().hasEndTime());
    }

    private Batch find(String batchId) {
        return batches.get(Identity.currentUser(), UUID.fromString(batchId));
    }
}
