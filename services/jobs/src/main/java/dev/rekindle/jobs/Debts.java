package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.platform.db.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a change of a job owes to others, as messages of the outbox. */
final class Debts {
    /** The longest run time that credits takes. */
    private static final Duration RUN_MAX = Duration.ofDays(7);

    private Debts() {}

    /** The job belongs into the queue, as it is at this revision. */
    static Outbox.Message enqueue(JobsRecord job) {
        return new Outbox.Message(
                Topics.ENQUEUE,
                job.getId() + ":" + (job.getRevision() + 1),
                ByteString.copyFromUtf8(job.getId().toString()));
    }

    /** The job waits elsewhere from this revision on. */
    static Outbox.Message move(JobsRecord job) {
        return new Outbox.Message(
                Topics.MOVE,
                job.getId() + ":" + (job.getRevision() + 1),
                ByteString.copyFromUtf8(job.getId().toString()));
    }

    /** The job has ended with this revision; what attempts left behind that did not count is deleted. */
    static Outbox.Message leftovers(JobsRecord job) {
        return new Outbox.Message(
                Topics.LEFTOVERS,
                job.getId() + ":" + job.getRevision(),
                ByteString.copyFromUtf8(job.getId().toString()));
    }

    /** Something happened in a batch that may have consequences for all of it. */
    static Outbox.Message settle(UUID batchId, String what) {
        return new Outbox.Message(Topics.BATCH, batchId + ":" + what, ByteString.copyFromUtf8(batchId.toString()));
    }

    /** The job's present charge is given back, if it has one that was not given back already. Marks it so. */
    static Optional<Outbox.Message> refund(JobsRecord job, String reason) {
        if (job.getCreditCost() == 0 || job.getRefundedCharge() >= job.getCharge()) {
            return Optional.empty();
        }
        job.setRefundedCharge(job.getCharge());
        return Optional.of(new Outbox.Message(
                Topics.REFUND,
                job.getId() + ":" + job.getCharge(),
                RefundCreditsRequest.newBuilder()
                        .setUserId(job.getUserId())
                        .setJobId(job.getId().toString())
                        .setCharge(job.getCharge())
                        .setReason(reason)
                        .build()
                        .toByteString()));
    }

    /** What an attempt cost us and how long it ran is booked, nothing being a cost too. Empty where neither is known. */
    static Optional<Outbox.Message> cost(JobsRecord job, String engine, Spent spent, Instant time) {
        Duration ran = spent.ran();
        if (spent.microUsd() <= 0 && ran == null) {
            return Optional.empty();
        }
        RecordCostRequest.Builder request = RecordCostRequest.newBuilder()
                .setUserId(job.getUserId())
                .setJobId(job.getId().toString())
                .setAttempt(job.getAttempt())
                .setEngine(engine)
                .setJobType(JobTypes.byName(job.getType()))
                .setTier(Tier.valueOf(job.getTier()))
                .setCostMicroUsd(spent.microUsd())
                .setTime(Protos.timestamp(time));
        if (ran != null) {
            request.setRunTime(Protos.duration(ran.compareTo(RUN_MAX) > 0 ? RUN_MAX : ran));
        }
        return Optional.of(new Outbox.Message(
                Topics.COST,
                job.getId() + ":" + job.getAttempt() + ":" + job.getLeaseId(),
                request.build().toByteString()));
    }

    /** Blobs nobody owns any more, by key. Keys that end in '/' stand for everything below them. */
    static List<Outbox.Message> blobs(List<String> keys) {
        return keys.stream()
                .map(key -> new Outbox.Message(Topics.BLOBS, key, ByteString.copyFromUtf8(key)))
                .toList();
    }

    /** The same once more, for what was still being written when they were deleted. */
    static List<Outbox.Message> blobsAgain(List<String> keys) {
        return keys.stream()
                .map(key -> new Outbox.Message(Topics.BLOBS, "again:" + key, ByteString.copyFromUtf8(key)))
                .toList();
    }
}
