package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.Priority;
import java.time.Clock;
import java.util.UUID;

/** New rows of jobs, with every column that has no choice filled in. */
final class NewJobs {
    private NewJobs() {}

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
        row.setCreatedAt(Protos.utc(clock.instant()));
        row.setUpdatedAt(row.getCreatedAt());
        return row;
    }
}
