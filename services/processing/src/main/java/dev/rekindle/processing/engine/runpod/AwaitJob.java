package dev.rekindle.processing.engine.runpod;

import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for a submitted job until it has ended, again and again, and at once when a hint comes. Whatever else ends the
 * waiting cancels the job, and what it cost is told either way.
 */
final class AwaitJob {
    private static final Logger log = LoggerFactory.getLogger(AwaitJob.class);

    /** So many looks in a row may find no job, or a completed one without a result, before that is believed. */
    private static final int LOOKS_MAX = 3;

    private static final double TOLD_MAX = 0.95;

    private final RunPodApi api;
    private final RunPodConfig config;
    private final Adapter adapter;
    private final RandomGenerator random;
    private final LongSupplier nanoClock;

    AwaitJob(RunPodApi api, RunPodConfig config, Adapter adapter, RandomGenerator random, LongSupplier nanoClock) {
        this.api = api;
        this.config = config;
        this.adapter = adapter;
        this.random = random;
        this.nanoClock = nanoClock;
    }

    /** What is known of the job while it is waited for. */
    private final class Watch {
        private final long begin = nanoClock.getAsLong();
        private final String id;
        private long running;
        private boolean ran;
        private boolean ended;
        private boolean hinted;
        private boolean everHinted;
        private int looks;

        Watch(String id) {
            this.id = id;
        }

        Duration since(long then) {
            return Duration.ofNanos(nanoClock.getAsLong() - then);
        }

        /** Counts a look that told nothing; the last one ends the job. */
        void idle(String what, Runnable end) {
            looks++;
            if (looks == LOOKS_MAX) {
                end.run();
                throw RunFailed.counting("job " + id + " " + what);
            }
        }

        /** Throws once it has waited or run too long. */
        void checkTime() {
            RunPodConfig.Times times = config.times();
            if (!ran && since(begin).compareTo(times.queueMax()) > 0) {
                throw RunFailed.late("job " + id + " waited for a GPU longer than " + times.queueMax());
            }
            if (ran && since(running).compareTo(times.executionMax().plus(times.callMax())) > 0) {
                throw RunFailed.late("job " + id + " ran longer than " + times.executionMax());
            }
        }

        /** What the worker tells, and of the rest a guess from time: it always grows and never gets there. */
        double fraction(RunPodJob job) {
            double expected = config.times().executionMax().toNanos() / 4.0;
            double guess = 1 - Math.exp(-since(begin).toNanos() / expected);
            double told = Math.clamp(job.fraction(), 0, TOLD_MAX);
            return 1 - (1 - told) * (1 - guess);
        }
    }

    /**
     * Waits. Whatever ends the waiting early cancels the job, unless another attempt goes on with it.
     *
     * @param hint may tell that the job has ended; what counts is what a look then shows
     * @param noting keeps it in mind until it has ended; where that fails the job is cancelled
     * @return the job, COMPLETED and with a result
     * @throws RunFailed if it ended otherwise, or did not end in time
     * @throws Stop.Stopped once the work is to end
     */
    RunPodJob await(
            RunPodJob submitted, Hints.Hint hint, Attempt attempt, Runnable noting, Progress progress, Stop stop) {
        Watch watch = new Watch(submitted.id());
        boolean left = false;
        try {
            noting.run();
            BackOff backOff =
                    new BackOff(config.times().pollMin(), config.times().pollMax(), random);
            while (true) {
                pause(backOff.next(), watch, hint, stop);
                switch (api.status(submitted.id(), stop)) {
                    case RunPodApi.Answer.Told told -> {
                        if (isDone(told.job(), watch, attempt, progress)) {
                            return told.job();
                        }
                    }
                    case RunPodApi.Answer.Gone _ -> watch.idle("is not known any more", () -> watch.ended = true);
                    case RunPodApi.Answer.Limited limited ->
                        stop.pause(limited.retryAfter() == null ? backOff.next() : limited.retryAfter());
                    case RunPodApi.Answer.Refused refused -> throw SubmitJob.refused(refused);
                    case RunPodApi.Answer.Broken broken -> log.debug("No state of {}: {}", watch.id, broken.detail());
                    case RunPodApi.Answer.Unsent unsent -> log.debug("No state of {}: {}", watch.id, unsent.detail());
                    case RunPodApi.Answer.Lost lost -> log.debug("No state of {}: {}", watch.id, lost.detail());
                }
                watch.checkTime();
            }
        } catch (Stop.Stopped stopped) {
            left = OpenRuns.areGoneOnWith(stopped.why());
            throw stopped;
        } finally {
            if (!watch.ended && !left) {
                cancel(watch, attempt);
            }
        }
    }

    /** Waits for the next look, less long if a hint comes; of many hints one counts in the shortest wait between two looks. */
    private void pause(Duration wait, Watch watch, Hints.Hint hint, Stop stop) {
        Duration rest = wait;
        if (watch.hinted) {
            Duration quiet = wait.compareTo(config.times().pollMin()) < 0
                    ? wait
                    : config.times().pollMin();
            stop.pause(quiet);
            rest = wait.minus(quiet);
        }
        watch.hinted = hint.await(rest, stop);
        if (watch.hinted && !watch.everHinted) {
            watch.everHinted = true;
            log.info("Told that {} may have ended", watch.id);
        }
    }

    private boolean isDone(RunPodJob job, Watch watch, Attempt attempt, Progress progress) {
        switch (job.state()) {
            case IN_QUEUE, UNKNOWN -> progress.at(watch.fraction(job));
            case IN_PROGRESS -> {
                if (!watch.ran) {
                    watch.ran = true;
                    watch.running = nanoClock.getAsLong();
                }
                progress.at(watch.fraction(job));
            }
            case COMPLETED -> {
                if (adapter.result(job.output()).isEmpty()) {
                    // A progress update that came late hides the result until the next look.
                    watch.idle("has no result: " + job.error(), () -> end(job, watch, attempt));
                    return false;
                }
                end(job, watch, attempt);
                return true;
            }
            case FAILED, CANCELLED -> {
                end(job, watch, attempt);
                throw RunFailed.counting("job " + job.id() + " is " + job.state() + ": " + job.error());
            }
            case TIMED_OUT -> {
                end(job, watch, attempt);
                throw RunFailed.late("job " + job.id() + " is " + job.state());
            }
        }
        return false;
    }

    private void end(RunPodJob job, Watch watch, Attempt attempt) {
        watch.ended = true;
        attempt.spent().accept(job.costMicroUsd(config.prices()));
        if (job.retries() > 0) {
            log.info("RunPod ran {} again {} times", job.id(), job.retries());
        }
    }

    private void cancel(Watch watch, Attempt attempt) {
        RunPodApi.Answer answer = api.cancel(watch.id);
        long told = answer instanceof RunPodApi.Answer.Told known ? known.job().costMicroUsd(config.prices()) : 0;
        long seen = watch.ran
                ? watch.since(watch.running).toMillis() * config.prices().secondMicroUsd() / 1000
                : 0;
        attempt.spent().accept(Math.max(told, seen));
        log.info("Cancelled {} at RunPod: {}", watch.id, answer.getClass().getSimpleName());
    }
}
