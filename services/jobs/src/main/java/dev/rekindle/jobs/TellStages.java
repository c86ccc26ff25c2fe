package dev.rekindle.jobs;

import dev.rekindle.events.v1.PhotoEvent;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.queue.ResultEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tells that stages of running jobs have ended: events, and no change of any job. Many at once cost little more than one. */
final class TellStages {
    private final Database database;
    private final JobStore jobs;
    private final ChangeJob change;
    private final Outbox outbox;
    private final JobEvents events;

    /** A stage's end, as a worker reported it. */
    record Ended(ResultEntry entry, String stage) {}

    TellStages(Database database, JobStore jobs, ChangeJob change, Outbox outbox, JobEvents events) {
        this.database = database;
        this.jobs = jobs;
        this.change = change;
        this.outbox = outbox;
        this.events = events;
    }

    /** Tells of those that belong to the attempts their jobs are in, in the order given. */
    void run(List<Ended> stages) {
        if (stages.isEmpty()) {
            return;
        }
        List<UUID> ids = stages.stream()
                .map(ended -> UUID.fromString(ended.entry().id()))
                .distinct()
                .toList();
        database.transact(sql -> {
            // Locked, so that no later change of a job is told before.
            List<JobsRecord> rows = jobs.lock(sql, ids);
            Map<String, JobsRecord> byId =
                    rows.stream().collect(Collectors.toMap(row -> row.getId().toString(), Function.identity()));
            Map<String, Job> views =
                    change.views(sql, rows).stream().collect(Collectors.toMap(Job::getId, Function.identity()));
            List<Outbox.Message> debts = new ArrayList<>();
            for (Ended ended : stages) {
                JobsRecord row = byId.get(ended.entry().id());
                Job job = views.get(ended.entry().id());
                if (row != null && job != null && Attempts.isCurrent(row, ended.entry())) {
                    debts.addAll(debts(job, ended.stage()));
                }
            }
            outbox.add(sql, debts);
            return true;
        });
    }

    private List<Outbox.Message> debts(Job job, String stage) {
        Outbox.Message ofJob = JobEvents.debt(events.stageCompleted(job, stage));
        if (!job.getSpec().hasPreparation()) {
            return List.of(ofJob);
        }
        PhotoEvent photo = PhotoEvent.newBuilder().setStage(stage).build();
        return List.of(ofJob, JobEvents.debt(events.photoChanged(job, "photo.processing.stage.completed", photo)));
    }
}
