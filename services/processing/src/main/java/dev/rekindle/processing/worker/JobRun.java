package dev.rekindle.processing.worker;

import com.google.protobuf.Timestamp;
import dev.rekindle.jobs.v1.DurationRange;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.processing.pipeline.Pipeline;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkStageCompleted;
import dev.rekindle.queue.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One claimed job while it runs: what is asked, how far it has come, and the way to stop it. The job's thread writes it,
 * the worker's loops read it.
 */
final class JobRun {
    private static final double TELLING_PERCENT = 3;
    private static final double SPREAD = 0.35;

    private final Claim claim;
    private final WorkOrder order;
    private final Clock clock;
    private final Instant begin;
    private final Stop stop = new Stop();
    private final List<WorkStageCompleted> stages = new ArrayList<>();
    private String stage = "";
    private Instant stageBegin;
    private double percent;
    private double stagePercent;
    private long sequence;
    private long told;
    private Instant moved;
    private Instant beaten;
    private @org.jspecify.annotations.Nullable Instant stopped;

    JobRun(Claim claim, WorkOrder order, Clock clock) {
        this.claim = claim;
        this.order = order;
        this.clock = clock;
        this.begin = clock.instant();
        this.stageBegin = begin;
        this.moved = begin;
        this.beaten = begin;
    }

    Claim claim() {
        return claim;
    }

    WorkOrder order() {
        return order;
    }

    Stop stop() {
        return stop;
    }

    /** The stage it is in, or was in when it ended. */
    synchronized String stage() {
        return stage;
    }

    /** Notes progress. What goes back is not believed. */
    synchronized void progressed(String newStage, double newPercent, double newStagePercent) {
        boolean same = newStage.equals(stage) && newPercent <= percent && newStagePercent <= stagePercent;
        if (same) {
            return;
        }
        if (!newStage.equals(stage)) {
            stageBegin = clock.instant();
        }
        stage = newStage;
        percent = Math.max(percent, newPercent);
        stagePercent = newStagePercent;
        sequence++;
        moved = clock.instant();
    }

    /** True if there is progress that nobody was told. */
    synchronized boolean hasNews() {
        return sequence > told;
    }

    /** Time since it last made progress. */
    synchronized Duration still() {
        return Duration.between(moved, clock.instant());
    }

    /** Time since the lease was last renewed. */
    synchronized Duration unbeaten() {
        return Duration.between(beaten, clock.instant());
    }

    Duration elapsed() {
        return Duration.between(begin, clock.instant());
    }

    /** Time since it was asked to stop; zero before. */
    synchronized Duration stopping() {
        if (stop.cause() == null) {
            return Duration.ZERO;
        }
        if (stopped == null) {
            stopped = clock.instant();
        }
        return Duration.between(stopped, clock.instant());
    }

    /** The lease was renewed and progress told up to that sequence. */
    synchronized void beaten(long sequenceTold) {
        beaten = clock.instant();
        told = Math.max(told, sequenceTold);
    }

    /** How far it has come, for its owner. */
    synchronized JobProgress progress() {
        Instant now = clock.instant();
        JobProgress.Builder progress = JobProgress.newBuilder()
                .setPercent(percent)
                .setStage(stage)
                .setStagePercent(stagePercent)
                .setSequence(sequence)
                .setAttempt(claim.attempt())
                .setStageStartTime(timestamp(stageBegin))
                .setUpdateTime(timestamp(now));
        if (percent >= TELLING_PERCENT) {
            double seconds = elapsed().toMillis() / 1000.0 * (100 - percent) / percent;
            progress.setRemaining(DurationRange.newBuilder()
                    .setLow(seconds((1 - SPREAD) * seconds))
                    .setHigh(seconds((1 + SPREAD) * seconds)));
        }
        return progress.build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** The stages that have ended, in order. */
    synchronized List<WorkStageCompleted> stages() {
        return List.copyOf(stages);
    }

    private synchronized void ended(WorkStageCompleted ended) {
        stages.add(ended);
    }

    private static com.google.protobuf.Duration seconds(double seconds) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds((long) seconds)
                .setNanos((int) ((seconds - (long) seconds) * 1e9))
                .build();
    }

    /** A listener that notes progress here and passes ended stages on. */
    Pipeline.Listener listening(java.util.function.BiConsumer<WorkStageCompleted, Duration> completedStages) {
        return new Pipeline.Listener() {
            @Override
            public void progressed(String newStage, double newPercent, double newStagePercent) {
                JobRun.this.progressed(newStage, newPercent, newStagePercent);
            }

            @Override
            public void completed(String endedStage, Duration took) {
                WorkStageCompleted done = WorkStageCompleted.newBuilder()
                        .setStage(endedStage)
                        .setDuration(com.google.protobuf.Duration.newBuilder()
                                .setSeconds(took.toSeconds())
                                .setNanos(took.toNanosPart()))
                        .build();
                ended(done);
                completedStages.accept(done, took);
            }
        };
    }
}
