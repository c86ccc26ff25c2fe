package dev.rekindle.jobs;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.events.v1.LaneEvent;
import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobOutput;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;

/** Events of this service, as debts of its outbox. */
final class JobEvents {
    private static final String SOURCE = "rekindle.jobs";
    private static final String VERSION = "1";

    private final Ids ids;
    private final Clock clock;

    JobEvents(Ids ids, Clock clock) {
        this.ids = ids;
        this.clock = clock;
    }

    /** That a job changed: its type says to what. */
    Event jobChanged(Job job, String type) {
        return about(job, type).setJob(facts(job)).build();
    }

    /** That a running job ended one of its stages. */
    Event stageCompleted(Job job, String stage) {
        return about(job, "job.stage.completed")
                .setJob(facts(job).setStage(stage))
                .build();
    }

    /** How far a running job has come: live only, never kept. */
    Event progressed(Job job, JobProgress progress) {
        return about(job, "job.progress")
                .setTransient(true)
                .setJob(facts(job)
                        .setAttempt(progress.getAttempt())
                        .setPercent(progress.getPercent())
                        .setStage(progress.getStage())
                        .setStagePercent(progress.getStagePercent())
                        .setSequence(progress.getSequence()))
                .build();
    }

    /** That something happened to the photo a preparation job is about. */
    Event photoChanged(Job job, String type, PhotoEvent facts) {
        return about(job, type).setPhoto(facts).build();
    }

    /** Something operators should know about a lane or the queue; it belongs to no user. */
    Event toOperators(String type, String lane, String by, String reason) {
        return begun(type)
                .setLane(LaneEvent.newBuilder().setLane(lane).setBy(by).setReason(reason))
                .build();
    }

    /** An event as a debt to the events service. */
    static Outbox.Message debt(Event event) {
        return new Outbox.Message(Topics.EVENT, event.getId(), event.toByteString());
    }

    private JobEvent.Builder facts(Job job) {
        JobError error = job.getError();
        return JobEvent.newBuilder()
                .setState(JobViews.nameOf(job.getState()))
                .setJobType(JobTypes.nameOf(job.getType()))
                .setLane(job.getLane())
                .setAttempt(job.getAttempt())
                .setPercent(job.getProgress().getPercent())
                .setReason(error.getReason())
                .setMessage(error.getMessage())
                .setRevision(job.getRevision())
                .setBatchId(job.getBatchId())
                .addAllOutputIds(
                        job.getOutputsList().stream().map(JobOutput::getId).toList());
    }

    private Event.Builder about(Job job, String type) {
        return begun(type)
                .setTraceId(job.getTraceId())
                .setUserId(job.getUserId())
                .setClientId(job.getClientId())
                .setSessionId(job.getSessionId())
                .setJobId(job.getId())
                .setPhotoId(job.getPhotoIdsCount() == 0 ? "" : job.getPhotoIds(0));
    }

    private Event.Builder begun(String type) {
        return Event.newBuilder()
                .setId(ids.next().toString())
                .setType(type)
                .setSource(SOURCE)
                .setTime(Protos.timestamp(clock.instant()))
                .setVersion(VERSION);
    }
}
