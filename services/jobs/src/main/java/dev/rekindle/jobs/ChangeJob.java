package dev.rekindle.jobs;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a job changes: its row is locked, a decision changes it, and the new row, its snapshot, its event
 * and whatever is owed to others are committed together. Watchers and relays are told after the commit.
 */
final class ChangeJob {

    /** Looks at a locked job and changes it, or leaves it. */
    @FunctionalInterface
    interface Decision {
        /** What changed, or null if nothing did. A failure thrown here undoes everything. */
        @Nullable
        Change decide(DSLContext sql, JobsRecord job);
    }

    /** The event that tells of a change, and what is owed to others because of it. */
    record Change(String event, List<Outbox.Message> debts) {
        Change(String event, Outbox.Message... debts) {
            this(event, List.of(debts));
        }
    }

    private final Database database;
    private final JobStore jobs;
    private final JobEvents events;
    private final Outbox outbox;
    private final Clock clock;
    private final Consumer<UUID> changed;

    /** @param changed told the id of each job that changed, after the commit; it must not block */
    ChangeJob(Database database, JobStore jobs, JobEvents events, Outbox outbox, Clock clock, Consumer<UUID> changed) {
        this.database = database;
        this.jobs = jobs;
        this.events = events;
        this.outbox = outbox;
        this.clock = clock;
        this.changed = changed;
    }

    /** Decides in a transaction of its own. Answers the job as it is afterwards; empty if there is none of that id. */
    Optional<Job> run(UUID jobId, Decision decision) {
        List<UUID> touched = new ArrayList<>();
        Optional<Job> job = database.transact(sql -> {
            touched.clear();
            return jobs.lock(sql, jobId).map(row -> {
                Change change = decision.decide(sql, row);
                if (change != null) {
                    touched.add(jobId);
                    return apply(sql, row, change);
                }
                return view(sql, row);
            });
        });
        if (!touched.isEmpty()) {
            committed(touched);
        }
        return job;
    }

    /** Writes a change of a locked job in the caller's transaction. The caller calls {@link #committed} afterwards. */
    Job apply(DSLContext sql, JobsRecord row, Change change) {
        row.setRevision(row.getRevision() + 1);
        row.setUpdatedAt(Protos.utc(clock.instant()));
        jobs.update(sql, row);
        return tell(sql, row, change);
    }

    /** Writes a new job in the caller's transaction. */
    Job insert(DSLContext sql, JobsRecord row, List<UUID> photoIds, Change change) {
        jobs.insert(sql, row, photoIds);
        return tell(sql, row, change);
    }

    private Job tell(DSLContext sql, JobsRecord row, Change change) {
        Job job = view(sql, row);
        List<Outbox.Message> debts = new ArrayList<>(change.debts());
        Event event = events.jobChanged(job, change.event());
        if (!change.event().isEmpty()) {
            debts.add(JobEvents.debt(event));
        }
        jobs.insertChange(sql, job, UUID.fromString(event.getId()), row.getUpdatedAt());
        photoEvents(job).forEach(photo -> debts.add(JobEvents.debt(photo)));
        outbox.add(sql, debts);
        return job;
    }

    /** Preparation is told as what happens to its photo, too. */
    private List<Event> photoEvents(Job job) {
        if (!job.getSpec().hasPreparation()) {
            return List.of();
        }
        return switch (job.getState()) {
            case JOB_STATE_PROCESSING ->
                List.of(events.photoChanged(job, "photo.processing.started", PhotoEvent.getDefaultInstance()));
            case JOB_STATE_COMPLETED -> {
                List<Event> told = new ArrayList<>();
                job.getOutputsList().stream()
                        .filter(output -> output.getName().startsWith("thumb_"))
                        .forEach(output -> told.add(events.photoChanged(
                                job,
                                "photo.thumbnail.generated",
                                PhotoEvent.newBuilder()
                                        .setVariant(output.getName())
                                        .build())));
                told.add(events.photoChanged(job, "photo.processing.completed", PhotoEvent.getDefaultInstance()));
                yield told;
            }
            case JOB_STATE_FAILED ->
                List.of(events.photoChanged(
                        job,
                        "photo.processing.failed",
                        PhotoEvent.newBuilder()
                                .setReason(job.getError().getReason())
                                .setMessage(job.getError().getMessage())
                                .build()));
            case JOB_STATE_PENDING,
                    JOB_STATE_QUEUED,
                    JOB_STATE_RETRY_SCHEDULED,
                    JOB_STATE_CANCELLED,
                    JOB_STATE_UNSPECIFIED,
                    UNRECOGNIZED -> List.of();
        };
    }

    /** Tells relays and watchers of committed changes. */
    void committed(List<UUID> jobIds) {
        outbox.wake(Topics.all());
        jobIds.forEach(changed);
    }

    Job view(DSLContext sql, JobsRecord row) {
        return JobViews.of(row, jobs.photosOf(sql, row.getId()), jobs.outputsOf(sql, row.getId()));
    }

    /** Puts a job into a state. */
    static void setState(JobsRecord row, JobState state) {
        row.setState(JobViews.nameOf(state));
    }
}
