package dev.rekindle.jobs;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.EngineChoice;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobOutput;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Priority;
import java.util.List;
import java.util.UUID;

/** A job of the contract from its rows. What moves while it waits and runs is laid over it by {@link LiveJobs}. */
final class JobViews {
    private JobViews() {}

    static Job of(JobsRecord row, List<UUID> photoIds, List<JobOutputsRecord> outputs) {
        Job.Builder job = Job.newBuilder()
                .setId(row.getId().toString())
                .setUserId(row.getUserId())
                .setSpec(Protos.read(JobSpec.parser(), row.getSpec()))
                .setType(JobTypes.byName(row.getType()))
                .setState(stateOf(row))
                .setLane(row.getLane())
                .setPriority(Priority.forNumber(row.getPriority()))
                .setAttempt(row.getAttempt())
                .setAttemptsMax(row.getAttemptsMax())
                .setResolution(Resolution.valueOf(row.getResolution()))
                .setWatermark(row.getWatermark())
                .setCreditCost(row.getCreditCost())
                .setCostMicroUsd(row.getCostMicroUsd())
                .addAllReport(List.of(row.getReport()))
                .setCancelling(row.getCancelRequestedAt() != null && row.getEndedAt() == null)
                .setTraceId(traceId(row.getTraceparent()))
                .setClientId(row.getClientId())
                .setSessionId(row.getSessionId())
                .setRevision(row.getRevision())
                .setCreateTime(Protos.timestamp(row.getCreatedAt()));
        photoIds.forEach(id -> job.addPhotoIds(id.toString()));
        outputs.forEach(output -> job.addOutputs(of(output)));
        addOptional(job, row);
        return job.build();
    }

    private static void addOptional(Job.Builder job, JobsRecord row) {
        if (row.getBatchId() != null) {
            job.setBatchId(row.getBatchId().toString());
        }
        if (row.getEngine() != null) {
            job.setEngine(Protos.read(EngineChoice.parser(), row.getEngine()));
        }
        if (row.getError() != null) {
            job.setError(Protos.read(JobError.parser(), row.getError()));
        }
        if (row.getQueuedAt() != null) {
            job.setQueueTime(Protos.timestamp(row.getQueuedAt()));
        }
        if (row.getStartedAt() != null) {
            job.setStartTime(Protos.timestamp(row.getStartedAt()));
        }
        if (row.getEndedAt() != null) {
            job.setEndTime(Protos.timestamp(row.getEndedAt()));
        }
        if (row.getArchivedAt() != null) {
            job.setArchiveTime(Protos.timestamp(row.getArchivedAt()));
        }
        if (row.getRetryAt() != null && stateOf(row) == JobState.JOB_STATE_RETRY_SCHEDULED) {
            job.setRetryTime(Protos.timestamp(row.getRetryAt()));
        }
        if (stateOf(row) == JobState.JOB_STATE_COMPLETED) {
            job.getProgressBuilder().setPercent(100).setAttempt(row.getAttempt());
        }
    }

    private static JobOutput of(JobOutputsRecord row) {
        return JobOutput.newBuilder()
                .setId(row.getId().toString())
                .setName(row.getName())
                .setContentType(row.getContentType())
                .setMetadata(Protos.read(MediaMetadata.parser(), row.getMetadata()))
                .setCreateTime(Protos.timestamp(row.getCreatedAt()))
                .setLost(row.getLostAt() != null)
                .build();
    }

    static JobState stateOf(JobsRecord row) {
        return stateOf(row.getState());
    }

    /** The state of that name in the database. */
    static JobState stateOf(String name) {
        return JobState.valueOf("JOB_STATE_" + name);
    }

    /** The name of a state in the database and in events: "QUEUED". */
    static String nameOf(JobState state) {
        return state.name().substring("JOB_STATE_".length());
    }

    /** True if no worker has begun it, or none has it now: it can be moved. */
    static boolean waits(JobState state) {
        return switch (state) {
            case JOB_STATE_PENDING, JOB_STATE_QUEUED, JOB_STATE_RETRY_SCHEDULED -> true;
            case JOB_STATE_PROCESSING, JOB_STATE_COMPLETED, JOB_STATE_FAILED, JOB_STATE_CANCELLED -> false;
            case JOB_STATE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("A job without a state");
        };
    }

    static boolean isTerminal(JobState state) {
        return switch (state) {
            case JOB_STATE_COMPLETED, JOB_STATE_FAILED, JOB_STATE_CANCELLED -> true;
            case JOB_STATE_PENDING, JOB_STATE_QUEUED, JOB_STATE_PROCESSING, JOB_STATE_RETRY_SCHEDULED -> false;
            case JOB_STATE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("A job without a state");
        };
    }

    /** {@code 00-<trace id>-<span id>-01} */
    private static String traceId(String traceparent) {
        String[] parts = traceparent.split("-", -1);
        return parts.length == 4 ? parts[1] : "";
    }
}
