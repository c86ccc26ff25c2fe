package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.queue.LaneLimits;
import java.time.Clock;
import java.util.UUID;

/** New rows of jobs, with every column that has no choice filled in. */
final class NewJobs {
    private NewJobs() {}

    /** Who wants a job, and from where. */
    record Origin(String userId, String clientId, String sessionId, String traceparent) {}

    static JobsRecord row(UUID id, String userId, JobType type, JobSpec spec, Clock clock) {
        JobsRecord row = new JobsRecord();
        row.setId(id);
        row.setUserId(userId);
        row.setType(JobTypes.nameOf(type));
        row.setSpec(spec.toByteArray());
        row.setState("PENDING");
        row.setKind(JobTypes.nameOf(JobTypes.kindOf(type)));
        row.setPriority(Priority.PRIORITY_NORMAL_VALUE);
        row.setAttempt(0);
        row.setLostCount(0);
        row.setAttemptsBefore(0);
        row.setLeaseId("");
        row.setWorkerId("");
        row.setTier(Tier.TIER_FREE.name());
        row.setResolution(Resolution.RESOLUTION_ORIGINAL.name());
        row.setWatermark(false);
        row.setCreditCost(0);
        row.setCharge(1);
        row.setRefundedCharge(0);
        row.setCostMicroUsd(0L);
        row.setReport(new String[0]);
        row.setClientId("");
        row.setSessionId("");
        row.setTraceparent("");
        row.setRevision(1L);
        row.setPixels(0L);
        row.setCreatedAt(Protos.utc(clock.instant()));
        row.setUpdatedAt(row.getCreatedAt());
        return row;
    }

    /** A job its user asked for, not charged yet. */
    static JobsRecord wanted(UUID id, JobSpec spec, JobTerms job, LaneLimits lane, Origin origin, Clock clock) {
        JobsRecord row = row(id, origin.userId(), job.type(), spec, clock);
        row.setLane(job.lane());
        row.setPriority(job.priority().getNumber());
        row.setAttemptsMax(lane.attemptsMax());
        row.setAttemptTimeoutMillis(JobTypes.attemptTimeout(job.type(), lane).toMillis());
        row.setTier(job.tier().name());
        row.setResolution(job.resolution().name());
        row.setWatermark(job.watermark());
        row.setCreditCost(job.cost());
        row.setClientId(origin.clientId());
        row.setSessionId(origin.sessionId());
        row.setTraceparent(origin.traceparent());
        return row;
    }
}
