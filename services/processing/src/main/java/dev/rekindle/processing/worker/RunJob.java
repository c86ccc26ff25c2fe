package dev.rekindle.processing.worker;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.platform.telemetry.Traces;
import dev.rekindle.processing.photo.PhotoPipelines;
import dev.rekindle.processing.photo.PhotoWork;
import dev.rekindle.processing.pipeline.Pipeline;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.pipeline.Workspaces;
import dev.rekindle.processing.v1.WorkCancelled;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Queue;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Runs one claimed job from its order to its end in the queue, on the calling thread. */
final class RunJob {
    private static final Logger log = LoggerFactory.getLogger(RunJob.class);
    private static final int FINISH_TRIES = 40;
    private static final int HANDED_BACK_MAX = 1_000;
    private static final Duration FINISH_PAUSE = Duration.ofMillis(500);

    private final Queue queue;
    private final Blobs blobs;
    private final PhotoPipelines pipelines;
    private final Workspaces workspaces;
    private final Telemetry telemetry;
    private final RunFigures figures;
    private final Set<String> handedBack =
            Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<String, Boolean>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > HANDED_BACK_MAX;
                }
            }));

    /** How a run ended, for the worker's counts. */
    enum Outcome {
        COMPLETED,
        FAILED,
        CANCELLED,
        /** Handed back or lost: another attempt decides. */
        LEFT
    }

    RunJob(Queue queue, Blobs blobs, PhotoPipelines pipelines, Workspaces workspaces, Telemetry telemetry) {
        this.queue = queue;
        this.blobs = blobs;
        this.pipelines = pipelines;
        this.workspaces = workspaces;
        this.telemetry = telemetry;
        this.figures = new RunFigures(telemetry.metrics());
    }

    /** Runs it to its end, whatever happens. */
    Outcome run(JobRun run) {
        Span span = telemetry
                .tracer("worker")
                .spanBuilder("job attempt")
                .setParent(Traces.parent(run.order().getTraceparent()))
                .setAttribute("job.id", run.claim().id())
                .setAttribute("job.attempt", run.claim().attempt())
                .startSpan();
        MDC.put("job_id", run.claim().id());
        MDC.put("trace_id", span.getSpanContext().getTraceId());
        try (Scope _ = span.makeCurrent()) {
            Outcome outcome = attempt(run, span);
            span.setAttribute("job.outcome", outcome.name());
            figures.ended(run, outcome);
            return outcome;
        } finally {
            span.end();
            MDC.clear();
        }
    }

    private Outcome attempt(JobRun run, Span span) {
        WorkCompleted soFar = WorkCompleted.getDefaultInstance();
        try (Workspaces.Workspace workspace = workspaces.create();
                PhotoWork work = new PhotoWork(run.order(), outputFolder(run), workspace)) {
            try {
                pipelines.of(run.order()).run(work, listener(run), run.stop(), System::nanoTime);
                return completed(run, work.completed());
            } catch (RuntimeException | Error e) {
                soFar = work.completed();
                throw e;
            }
        } catch (Stop.Stopped stopped) {
            return stopped(run, stopped, soFar);
        } catch (RuntimeException | Error e) {
            span.recordException(e);
            return failed(run, e, soFar);
        }
    }

    /** Below this key nobody else ever writes: neither another attempt nor the same one under another lease. */
    private static String outputFolder(JobRun run) {
        String prefix = run.order().getOutputPrefix();
        String separator = prefix.isEmpty() || prefix.endsWith("/") ? "" : "/";
        return prefix + separator + run.claim().attempt() + "-" + run.claim().leaseId();
    }

    private Pipeline.Listener listener(JobRun run) {
        return run.listening((ended, took) -> {
            String stage = ended.getStage();
            Span.current().addEvent(stage);
            figures.stage(stage, took);
            WorkReport report = WorkReport.newBuilder().setStageCompleted(ended).build();
            try {
                if (!queue.report(run.claim(), report.toByteString())) {
                    run.stop().request(Stop.Cause.LEASE_LOST);
                }
            } catch (Failure failure) {
                // The end of the job will tell; a stage untold is no reason to lose the work.
                log.warn("Stage {} could not be told: {}", stage, failure.detail());
            }
        });
    }

    private Outcome completed(JobRun run, WorkCompleted completed) {
        WorkReport report = WorkReport.newBuilder()
                .setCompleted(completed.toBuilder().addAllStages(run.stages()))
                .build();
        if (finish(run, Ending.COMPLETED, report)) {
            log.info("Completed {} in {} ms", run.claim().id(), run.elapsed().toMillis());
            return Outcome.COMPLETED;
        }
        discard(completed);
        return Outcome.LEFT;
    }

    private Outcome failed(JobRun run, Throwable thrown, WorkCompleted soFar) {
        if (isForWantOfStore(run, thrown, soFar)) {
            log.warn("The store is away; {} is handed back", run.claim().id());
            discard(soFar);
            giveBack(run);
            return Outcome.LEFT;
        }
        WorkFailed.Builder failed =
                JobErrors.of(thrown, run.stage()).toBuilder().setCostMicroUsd(soFar.getCostMicroUsd());
        if (soFar.hasEngine()) {
            failed.setEngine(soFar.getEngine());
        }
        Span.current().setStatus(StatusCode.ERROR, failed.getError().getMessage());
        log.warn(
                "Failed in {}: {} {} {}",
                run.stage(),
                failed.getError().getReason(),
                failed.getError().getMessage(),
                failed.getDetail());
        figures.failed(failed.getError());
        discard(soFar);
        return finish(
                        run,
                        Ending.FAILED,
                        WorkReport.newBuilder().setFailed(failed).build())
                ? Outcome.FAILED
                : Outcome.LEFT;
    }

    /**
     * A job that failed because the store is away is not at fault, and its attempt shall not count. Where it has cost
     * something it counts, so that the cost is told; and once work was done on a job it comes back from here only once, so
     * that one whose result cannot be stored does not go round for ever.
     */
    private boolean isForWantOfStore(JobRun run, Throwable thrown, WorkCompleted soFar) {
        return thrown instanceof Failure failure
                && failure.reason() == Reason.REASON_STORAGE_FAILED
                && blobs.circuit().state() != CircuitBreaker.State.CLOSED
                && soFar.getCostMicroUsd() == 0
                && (run.stages().isEmpty() || handedBack.add(run.claim().id()));
    }

    private Outcome stopped(JobRun run, Stop.Stopped stopped, WorkCompleted soFar) {
        return switch (stopped.why()) {
            case TIMEOUT, STALLED -> failed(run, stopped, soFar);
            case CANCELLED -> {
                discard(soFar);
                WorkReport report = WorkReport.newBuilder()
                        .setCancelled(WorkCancelled.newBuilder().setCostMicroUsd(soFar.getCostMicroUsd()))
                        .build();
                yield finish(run, Ending.CANCELLED, report) ? Outcome.CANCELLED : Outcome.LEFT;
            }
            case SHUTDOWN -> {
                discard(soFar);
                giveBack(run);
                yield Outcome.LEFT;
            }
            case LEASE_LOST -> {
                log.warn(
                        "Lost the lease of {} in {}; it is another worker's now",
                        run.claim().id(),
                        run.stage());
                discard(soFar);
                yield Outcome.LEFT;
            }
        };
    }

    /** Ends the job in the queue; while Redis is away, tries for as long as anybody may still wait for it. */
    private boolean finish(JobRun run, Ending ending, WorkReport report) {
        ByteString bytes = report.toByteString();
        Stop patience = new Stop();
        for (int attempt = 1; ; attempt++) {
            try {
                boolean counted = queue.finish(run.claim(), ending, bytes);
                if (!counted) {
                    log.warn(
                            "The end of {} came too late; its lease was lost",
                            run.claim().id());
                }
                return counted;
            } catch (Failure failure) {
                if (attempt == FINISH_TRIES || !failure.retryable()) {
                    log.error("The end of {} could not be told: {}", run.claim().id(), failure.detail());
                    return false;
                }
            }
            patience.pause(FINISH_PAUSE);
        }
    }

    private void giveBack(JobRun run) {
        try {
            boolean given = queue.giveBack(run.claim());
            log.info("Gave {} back: {}", run.claim().id(), given);
        } catch (Failure failure) {
            log.warn(
                    "{} could not be given back; its lease will run out: {}",
                    run.claim().id(),
                    failure.detail());
        }
    }

    /** Deletes what an attempt stored that does not count. What is missed here, the sweep of the jobs service finds. */
    private void discard(WorkCompleted work) {
        List<String> keys =
                work.getOutputsList().stream().map(WorkOutput::getBlobKey).toList();
        if (keys.isEmpty()) {
            return;
        }
        try {
            blobs.delete(keys);
        } catch (Failure failure) {
            log.warn("Could not delete {}: {}", keys, failure.detail());
        }
    }
}
