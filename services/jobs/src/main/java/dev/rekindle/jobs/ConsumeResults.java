package dev.rekindle.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.processing.v1.WorkCancelled;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.queue.Results;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes what workers did from the results stream into the database. An entry counts only for the attempt and the lease
 * the job has: whatever comes from a worker that lost its lease changes nothing, and its blobs are swept. Entries are
 * acknowledged after their commit, so one read twice is recognised by the state it finds.
 */
final class ConsumeResults implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConsumeResults.class);
    private static final int BATCH_MAX = 100;
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final Results results;
    private final Queue queue;
    private final Database database;
    private final Outbox outbox;
    private final Attempts attempts;
    private final TellStages stages;
    private Optional<Loop> loop = Optional.empty();

    ConsumeResults(
            Queue queue, Results results, Database database, Outbox outbox, Attempts attempts, TellStages stages) {
        this.queue = queue;
        this.results = results;
        this.database = database;
        this.outbox = outbox;
        this.attempts = attempts;
        this.stages = stages;
    }

    void start() {
        loop = Optional.of(Loop.start("results", Duration.ofSeconds(1), () -> {
            readOnce(WAIT);
            return true;
        }));
    }

    /** Reads one batch and takes it in; answers how many entries it had. */
    int readOnce(Duration wait) throws InterruptedException {
        List<ResultEntry> batch = results.read(BATCH_MAX, wait);
        List<ResultEntry> reports = new ArrayList<>();
        for (ResultEntry result : batch) {
            if (result.type() == ResultEntry.Type.REPORT) {
                reports.add(result);
                continue;
            }
            if (reports.stream().anyMatch(report -> report.id().equals(result.id()))) {
                takeReports(reports);
            }
            MDC.put("job_id", result.id());
            try {
                take(result);
                results.ack(List.of(result));
            } finally {
                MDC.remove("job_id");
            }
        }
        takeReports(reports);
        return batch.size();
    }

    /** Reports wait for each other within a batch, and none for longer than until the next entry of its job. */
    private void takeReports(List<ResultEntry> reports) {
        List<TellStages.Ended> ended = new ArrayList<>();
        for (ResultEntry report : reports) {
            WorkReport said = parse(report);
            if (said.hasStageCompleted()) {
                ended.add(new TellStages.Ended(report, said.getStageCompleted().getStage()));
            }
        }
        stages.run(ended);
        results.ack(reports);
        reports.clear();
    }

    private void take(ResultEntry result) {
        switch (result.type()) {
            case STARTED -> started(result);
            case REPORT -> throw new IllegalArgumentException("reports are taken together");
            case FINISHED -> finished(result);
            case LOST -> attempts.lost(result);
            case RETURNED -> attempts.returned(result);
        }
    }

    private void started(ResultEntry result) {
        if (!attempts.started(result)) {
            log.info("Stopping a worker that began a job nobody wants done: {}", result.leaseId());
            queue.cancel(result.id());
        }
    }

    private void finished(ResultEntry result) {
        if (result.ending() == Ending.CANCELLED && result.payload().isEmpty()) {
            attempts.cancelled(result, WorkCancelled.getDefaultInstance()); // given back while its cancellation ran
            return;
        }
        WorkReport report = parse(result);
        switch (report.getOutcomeCase()) {
            case COMPLETED -> {
                if (!attempts.completed(result, report.getCompleted())) {
                    sweep(report.getCompleted().getOutputsList());
                }
            }
            case FAILED -> attempts.failed(result, report.getFailed());
            case CANCELLED -> attempts.cancelled(result, report.getCancelled());
            case STAGE_COMPLETED, OUTCOME_NOT_SET -> log.error("A worker finished without an outcome: {}", report);
        }
    }

    /** Blobs of an attempt that no longer counts. */
    private void sweep(List<WorkOutput> outputs) {
        List<Outbox.Message> debts =
                Debts.blobs(outputs.stream().map(WorkOutput::getBlobKey).toList());
        database.transact(sql -> {
            outbox.add(sql, debts);
            return true;
        });
    }

    private static WorkReport parse(ResultEntry result) {
        try {
            return WorkReport.parseFrom(result.payload());
        } catch (InvalidProtocolBufferException e) {
            log.error("A worker's report does not parse", e);
            return WorkReport.getDefaultInstance();
        }
    }

    @Override
    public void close() {
        loop.ifPresent(Loop::close);
    }
}
