package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.v1.Batch;
import dev.rekindle.jobs.v1.BatchPolicy;
import dev.rekindle.jobs.v1.BatchState;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;

/** A user's batches: what has become of them, and their cancellation. */
final class Batches {
    private final Database database;
    private final BatchStore batches;
    private final LiveJobs live;
    private final Outbox outbox;
    private final SettleBatches settle;
    private final Clock clock;

    Batches(Database database, BatchStore batches, LiveJobs live, Outbox outbox, SettleBatches settle, Clock clock) {
        this.database = database;
        this.batches = batches;
        this.live = live;
        this.outbox = outbox;
        this.settle = settle;
        this.clock = clock;
    }

    Batch get(String userId, UUID batchId) {
        return view(database.sql(), find(database.sql(), userId, batchId));
    }

    private BatchesRecord find(DSLContext sql, String userId, UUID batchId) {
        return batches.find(sql, userId, batchId).orElseThrow(() -> Failure.notFound("batch", batchId));
    }

    /**
     * Cancels every job of a batch that has not ended. The wish is committed first; what a crash leaves undone is done when
     * the debt of it is paid.
     *
     * @throws Failure NOT_FOUND, or STATE_CONFLICT if the batch has ended already
     */
    Batch cancel(String userId, UUID batchId) {
        database.transact(sql -> {
            BatchesRecord batch = batches.lock(sql, find(sql, userId, batchId).getId())
                    .orElseThrow(() -> Failure.notFound("batch", batchId));
            if (batch.getEndedAt() != null) {
                String state = view(sql, batch).getState().name().substring("BATCH_STATE_".length());
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT, "The batch is already " + state.toLowerCase(Locale.ROOT) + ".");
            }
            if (batch.getCancelRequestedAt() == null) {
                batch.setCancelRequestedAt(Protos.utc(clock.instant()));
                batches.update(sql, batch);
                outbox.add(sql, Debts.settle(batchId, "cancel:" + batch.getCancelRequestedAt()));
            }
            return true;
        });
        settle.run(batchId);
        return get(userId, batchId);
    }

    /** The batch with the progress of its jobs summed. */
    Batch view(DSLContext sql, BatchesRecord row) {
        Map<UUID, JobState> jobs = batches.states(sql, row.getId());
        Tally tally = new Tally();
        jobs.values().forEach(tally::count);
        double running = live
                .over(batches.running(sql, row.getId()).stream()
                        .map(job -> JobViews.of(job, List.of(), List.of()))
                        .toList())
                .stream()
                .map(Job::getProgress)
                .mapToDouble(progress -> progress.getPercent())
                .sum();
        Batch.Builder batch = Batch.newBuilder()
                .setId(row.getId().toString())
                .setState(tally.state(row))
                .setPolicy(BatchPolicy.valueOf("BATCH_POLICY_" + row.getPolicy()))
                .addAllJobIds(jobs.keySet().stream().map(UUID::toString).toList())
                .setPercent((100.0 * tally.ended() + running) / row.getJobCount())
                .setJobCount(row.getJobCount())
                .setCompletedCount(tally.completed)
                .setFailedCount(tally.failed)
                .setCancelledCount(tally.cancelled)
                .setCreditCost(row.getCreditCost())
                .setCreateTime(Protos.timestamp(row.getCreatedAt()));
        if (row.getEndedAt() != null) {
            batch.setEndTime(Protos.timestamp(row.getEndedAt()));
        }
        if (row.getManifestId() != null) {
            batch.setManifestOutputId(row.getManifestId().toString());
        }
        return batch.build();
    }

    /** How many jobs of a batch have ended, and how. */
    private static final class Tally {
        private int completed;
        private int failed;
        private int cancelled;

        void count(JobState state) {
            switch (state) {
                case JOB_STATE_COMPLETED -> completed++;
                case JOB_STATE_FAILED -> failed++;
                case JOB_STATE_CANCELLED -> cancelled++;
                case JOB_STATE_PENDING,
                        JOB_STATE_QUEUED,
                        JOB_STATE_PROCESSING,
                        JOB_STATE_RETRY_SCHEDULED,
                        JOB_STATE_UNSPECIFIED,
                        UNRECOGNIZED -> {}
            }
        }

        int ended() {
            return completed + failed + cancelled;
        }

        BatchState state(BatchesRecord row) {
            if (row.getEndedAt() == null) {
                return BatchState.BATCH_STATE_RUNNING;
            }
            if (row.getCancelRequestedAt() != null && cancelled > 0) {
                return BatchState.BATCH_STATE_CANCELLED;
            }
            if (completed == row.getJobCount()) {
                return BatchState.BATCH_STATE_COMPLETED;
            }
            if (completed > 0) {
                return BatchState.BATCH_STATE_PARTIAL;
            }
            return failed > 0 ? BatchState.BATCH_STATE_FAILED : BatchState.BATCH_STATE_CANCELLED;
        }
    }
}
