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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** So many jobs' entries are taken in at once: each has a connection to the database meanwhile. */
    private static final int TAKERS = 4;

    private static final Duration WAIT = Duration.ofSeconds(2);

    private final Results results;
    private final Queue queue;
    private final Database database;
    private final Outbox outbox;
    private final Attempts attempts;
    private final TellStages stages;
    private final ExecutorService takers = Executors.newFixedThreadPool(
            TAKERS, Thread.ofVirtual().name("take-results-", 0).factory());
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
        Map<String, Deque<ResultEntry>> byJob = new LinkedHashMap<>();
        batch.forEach(result ->
                byJob.computeIfAbsent(result.id(), id -> new ArrayDeque<>()).add(result));
        // The entries of a job in their order; those of different jobs together, as most of their time is a commit.
        while (!byJob.isEmpty()) {
            takeReports(leadingReports(byJob.values()));
            List<ResultEntry> next = byJob.values().stream()
                    .map(Deque::poll)
                    .filter(Objects::nonNull)
                    .toList();
            byJob.values().removeIf(Deque::isEmpty);
            takeTogether(next);
        }
        return batch.size();
    }

    private static List<ResultEntry> leadingReports(Collection<Deque<ResultEntry>> jobs) {
        List<ResultEntry> reports = new ArrayList<>();
        for (Deque<ResultEntry> entries : jobs) {
            for (ResultEntry head = entries.peek();
                    head != null && head.type() == ResultEntry.Type.REPORT;
                    head = entries.peek()) {
                reports.add(entries.remove());
            }
        }
        return reports;
    }

    /** Takes reports in, all in one transaction. */
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
    }

    /** Takes entries of different jobs in, a few at a time. The first that fails is thrown once the others are done. */
    private void takeTogether(List<ResultEntry> entries) throws InterruptedException {
        List<Callable<ResultEntry>> takes = new ArrayList<>();
        for (ResultEntry entry : entries) {
            takes.add(() -> takeAlone(entry));
        }
        List<Future<ResultEntry>> ends = takers.invokeAll(takes);
        results.ack(ends.stream()
                .filter(end -> end.state() == Future.State.SUCCESS)
                .map(Future::resultNow)
                .toList());
        for (Future<ResultEntry> end : ends) {
            if (end.state() == Future.State.FAILED) {
                throw end.exceptionNow() instanceof RuntimeException failure
                        ? failure
                        : new IllegalStateException(end.exceptionNow());
            }
        }
    }

    private ResultEntry takeAlone(ResultEntry result) {
        MDC.put("job_id", result.id());
        try {
            take(result);
            return result;
        } finally {
            MDC.remove("job_id");
        }
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
        takers.close();
    }
}
