package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Move;
import dev.rekindle.queue.Queue;
import java.util.List;
import java.util.UUID;

/**
 * Moves jobs in the queue to where the database has them. One that the queue does not have though the database has it
 * waiting is on its way there, perhaps to its old lane: it is moved when it has arrived.
 */
final class MoveJobs implements OutboxRelays.Delivery {
    private final Database database;
    private final JobStore jobs;
    private final Queue queue;

    MoveJobs(Database database, JobStore jobs, Queue queue) {
        this.database = database;
        this.jobs = jobs;
        this.queue = queue;
    }

    @Override
    public void deliver(List<Outbox.Message> batch) {
        List<UUID> ids = batch.stream()
                .map(message -> UUID.fromString(message.payload().toStringUtf8()))
                .distinct()
                .toList();
        List<JobsRecord> waiting = jobs.findAll(database.sql(), ids).stream()
                .filter(job -> JobViews.waits(JobViews.stateOf(job))
                        && JobViews.stateOf(job) != JobState.JOB_STATE_PENDING
                        && job.getCancelRequestedAt() == null)
                .toList();
        List<Boolean> moved = queue.move(waiting.stream()
                .map(job -> new Move(job.getId().toString(), job.getLane(), job.getPriority()))
                .toList());
        if (moved.contains(false)) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, "Some jobs to be moved are not in the queue yet.");
        }
    }
}
