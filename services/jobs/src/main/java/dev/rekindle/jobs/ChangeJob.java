package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a job changes: its row is locked, a decision changes it, and the new row, its snapshot, its event,
 * its dead letter if it failed for good, and whatever is owed to others are committed together. Watchers and relays are told after the commit.
 */
final class ChangeJob {
    /** The event of a job that failed for good: it becomes a dead letter. */
    static final String FAILED = "job.failed";

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
    private final DeadLetterStore deadLetters;
    private final JobEvents events;
    private final Outbox outbox;
    private final Clock clock;
    private final Duration sweepAfter;
    private final Consumer<UUID> changed;

    /** The tables every change may touch. */
    record Stores(JobStore jobs, DeadLetterStore deadLetters) {}

    /**
     * What time it is.
     *
     * @param sweepAfter how long after its end a job's folder is looked through for what nobody owns
     */
    record Times(Clock clock, Duration sweepAfter) {}

    /** @param changed told the id of each job that changed, after the commit; it must not block */
    ChangeJob(Database database, Stores stores, JobEvents events, Outbox outbox, Times times, Consumer<UUID> changed) {
        this.database = database;
        this.jobs = stores.jobs();
        this.deadLetters = stores.deadLetters();
        this.events = events;
        this.outbox = outbox;
        this.clock = times.clock();
        this.sweepAfter = times.sweepAfter();
        this.changed = changed;
    }

    /** Decides in a transaction of its own. Does nothing if there is no job of that id. */
    void run(UUID jobId, Decision decision) {
        database.transact(sql -> {
            jobs.lock(sql, jobId).ifPresent(row -> {
                Change change = decision.decide(sql, row);
                if (change != null) {
                    apply(sql, row, change);
                }
            });
            return true;
        });
    }

    /** Decides as {@link #run} does, and answers the job as it is afterwards; empty if there is none of that id. */
    Optional<Job> runAndView(UUID jobId, Decision decision) {
        return database.transact(sql -> jobs.lock(sql, jobId).map(row -> {
            Change change = decision.decide(sql, row);
            return change == null ? view(sql, row) : apply(sql, row, change);
        }));
    }

    /**
     * Decides about several jobs in one transaction; no change leaves a job as it is. Answers the rows as they are afterwards,
     * without those of unknown ids.
     */
    List<JobsRecord> runAll(Collection<UUID> jobIds, Function<JobsRecord, Optional<Change>> decision) {
        return database.transact(sql -> {
            List<JobsRecord> locked = jobs.lock(sql, jobIds);
            Map<UUID, Change> changes = new HashMap<>();
            locked.forEach(row -> decision.apply(row).ifPresent(change -> changes.put(row.getId(), change)));
            List<JobsRecord> changed = locked.stream()
                    .filter(row -> changes.containsKey(row.getId()))
                    .toList();
            applyAll(sql, changed, row -> Objects.requireNonNull(changes.get(row.getId())));
            return locked;
        });
    }

    /** Writes a change of a locked job in the caller's transaction. */
    Job apply(DSLContext sql, JobsRecord row, Change change) {
        return applyAll(sql, List.of(row), job -> change).getFirst();
    }

    /** Writes changes of several locked jobs as {@link #apply} does, in as few statements as of one. */
    List<Job> applyAll(DSLContext sql, List<JobsRecord> rows, Function<JobsRecord, Change> changes) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var now = Protos.utc(clock.instant());
        rows.forEach(row -> {
            row.setRevision(row.getRevision() + 1);
            row.setUpdatedAt(now);
        });
        List<Change> decided = rows.stream().map(changes).toList();
        jobs.update(sql, rows);
        return tell(sql, rows, decided);
    }

    /** Writes a new job in the caller's transaction. */
    Job insert(DSLContext sql, JobsRecord row, List<UUID> photoIds, Change change) {
        jobs.insert(sql, row, photoIds);
        return tell(sql, List.of(row), List.of(change)).getFirst();
    }

    private List<Job> tell(DSLContext sql, List<JobsRecord> rows, List<Change> changes) {
        List<Job> views = views(sql, rows);
        List<Outbox.Message> debts = new ArrayList<>();
        List<JobStore.Told> told = new ArrayList<>();
        List<Outbox.Message> leftovers = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Job job = views.get(i);
            Change change = changes.get(i);
            debts.addAll(change.debts());
            Event event = events.jobChanged(job, change.event());
            if (!change.event().isEmpty()) {
                debts.add(JobEvents.debt(event));
            }
            UUID eventId = UUID.fromString(event.getId());
            told.add(new JobStore.Told(
                    job, rows.get(i).getLeaseId(), eventId, rows.get(i).getUpdatedAt()));
            if (change.event().equals(FAILED)) {
                FailureClass failureClass = job.getError().getFailureClass();
                deadLetters.open(
                        sql,
                        rows.get(i).getId(),
                        eventId,
                        failureClass,
                        rows.get(i).getUpdatedAt());
            }
            if (rows.get(i).getBatchId() != null && JobViews.isTerminal(job.getState())) {
                debts.add(Debts.settle(rows.get(i).getBatchId(), job.getId() + ":" + job.getRevision()));
            }
            if (job.hasQueueTime() && JobViews.isTerminal(job.getState())) {
                leftovers.add(Debts.leftovers(rows.get(i)));
            }
            photoEvents(job).forEach(photo -> debts.add(JobEvents.debt(photo)));
        }
        jobs.insertChanges(sql, told);
        outbox.add(sql, debts);
        outbox.addLater(sql, leftovers, sweepAfter);
        for (JobsRecord row : rows) {
            UUID jobId = row.getId();
            Database.afterCommit(sql, jobId, () -> changed.accept(jobId));
        }
        return views;
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

    Job view(DSLContext sql, JobsRecord row) {
        return views(sql, List.of(row)).getFirst();
    }

    /** Jobs as the contract shows them, in the order given. */
    List<Job> views(DSLContext sql, List<JobsRecord> rows) {
        List<UUID> ids = rows.stream().map(JobsRecord::getId).toList();
        Map<UUID, List<UUID>> photoIds = jobs.photosOf(sql, ids);
        List<UUID> completed = rows.stream()
                .filter(row -> JobViews.stateOf(row) == JobState.JOB_STATE_COMPLETED)
                .map(JobsRecord::getId)
                .toList();
        Map<UUID, List<JobOutputsRecord>> outputs = completed.isEmpty() ? Map.of() : jobs.outputsOf(sql, completed);
        return rows.stream()
                .map(row -> JobViews.of(
                        row,
                        photoIds.getOrDefault(row.getId(), List.of()),
                        outputs.getOrDefault(row.getId(), List.of())))
                .toList();
    }

    /** Puts a job into a state. */
    static void setState(JobsRecord row, JobState state) {
        row.setState(JobViews.nameOf(state));
    }
}
