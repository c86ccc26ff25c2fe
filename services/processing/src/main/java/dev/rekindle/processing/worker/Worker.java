package dev.rekindle.processing.worker;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.WorkerRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims jobs and runs them side by side, each on a thread of its own. Three loops: one claims, one renews leases, tells
 * progress and watches over time limits, one says how the worker is and hears what operators want.
 */
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration CLAIM_WAIT = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final Queue queue;
    private final RunJob runJob;
    private final WorkerConfig config;
    private final WorkerVitals vitals;
    private final MemoryBudget memory;
    private final Ends ends;
    private final Map<String, JobRun> runs = new ConcurrentHashMap<>();
    private final Closer loops = new Closer();
    private final ReentrantLock claiming = new ReentrantLock();
    private final Clock clock;
    private volatile int concurrency;
    private volatile @Nullable Loop claims;
    private volatile boolean draining;
    private volatile boolean endsWhenIdle;

    /**
     * How a worker ends by itself.
     *
     * @param drained an operator wanted it to, and its last job is done
     * @param givenUp a job does not end although it was stopped: only the end of the process frees what it holds
     */
    record Ends(Runnable drained, Runnable givenUp) {}

    Worker(Queue queue, RunJob runJob, WorkerConfig config, WorkerVitals vitals, MemoryBudget memory, Ends ends) {
        this.queue = queue;
        this.runJob = runJob;
        this.config = config;
        this.vitals = vitals;
        this.memory = memory;
        this.ends = ends;
        this.clock = vitals.clock();
        this.concurrency = config.worker().concurrency();
    }

    /** Begins to claim. */
    void start() {
        loops.add(queue.onCancel(config.worker().id(), jobId -> {
            JobRun run = runs.get(jobId);
            if (run != null) {
                run.stop().request(Stop.Cause.CANCELLED);
            }
        }));
        loops.add(Loop.start("worker-register", config.times().beat(), () -> {
            register();
            return false;
        }));
        loops.add(Loop.start("worker-beat", config.times().tell(), () -> {
            beat();
            return false;
        }));
        claims = loops.add(Loop.start("worker-claim", LOOK_AGAIN, this::claim));
    }

    /** True while it takes jobs. */
    boolean takesJobs() {
        return !draining;
    }

    private boolean claim() throws InterruptedException {
        claiming.lock();
        try {
            return claimFree();
        } finally {
            claiming.unlock();
        }
    }

    private boolean claimFree() throws InterruptedException {
        int free = draining ? 0 : freeSlots();
        if (free == 0) {
            return false;
        }
        Set<String> kinds =
                config.worker().kinds().stream().map(WorkerRegistry::nameOf).collect(Collectors.toSet());
        Claimer claimer = new Claimer(config.worker().id(), kinds, memory.free());
        List<Claim> claims = queue.claim(claimer, free, CLAIM_WAIT);
        if (draining && !claims.isEmpty()) {
            // Asked for before the worker was told to end.
            List<Boolean> ignored = queue.giveBack(claims);
            return false;
        }
        claims.forEach(this::begin);
        return !claims.isEmpty() || !draining;
    }

    private int freeSlots() {
        return Math.max(0, vitals.jobsMax(concurrency) - runs.size());
    }

    private void begin(Claim claim) {
        WorkOrder order;
        try {
            order = WorkOrder.parseFrom(claim.payload());
        } catch (InvalidProtocolBufferException e) {
            log.error("The order of {} cannot be read", claim.id(), e);
            Failure failure = Failure.internal("The order cannot be read: " + e.getMessage(), e);
            WorkReport report = WorkReport.newBuilder()
                    .setFailed(JobErrors.of(failure, "claim"))
                    .build();
            boolean ignored = queue.finish(claim, Ending.FAILED, report.toByteString());
            return;
        }
        JobRun run = new JobRun(claim, order, clock);
        runs.put(claim.id(), run);
        Thread.ofPlatform().name("job-" + claim.id()).start(() -> {
            try {
                vitals.count(runJob.run(run));
            } catch (RuntimeException | Error e) {
                log.error("The run of {} broke", claim.id(), e);
            } finally {
                runs.remove(claim.id());
                claimAgain();
                endIfIdle();
            }
        });
    }

    /** A slot is free: the next job need not wait until the loop looks by itself. */
    private void claimAgain() {
        Loop loop = claims;
        if (loop != null) {
            loop.wake();
        }
    }

    private void endIfIdle() {
        if (endsWhenIdle && runs.isEmpty()) {
            ends.drained().run();
        }
    }

    /** Renews leases, tells progress, and stops what has run too long, stands still or is not ours any more. */
    private void beat() {
        List<JobRun> due = new ArrayList<>();
        List<Beat> beats = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        for (JobRun run : runs.values()) {
            watch(run);
            if (run.hasNews() || run.unbeaten().compareTo(config.times().beat()) >= 0) {
                var progress = run.progress();
                due.add(run);
                sequences.add(progress.getSequence());
                beats.add(new Beat(run.claim(), progress.getSequence(), progress.toByteString()));
            }
        }
        if (beats.isEmpty()) {
            return;
        }
        List<Beat.Answer> answers = queue.heartbeat(beats);
        for (int i = 0; i < due.size(); i++) {
            JobRun run = due.get(i);
            switch (answers.get(i)) {
                case KEPT -> run.beaten(sequences.get(i));
                case CANCEL_REQUESTED -> {
                    run.beaten(sequences.get(i));
                    run.stop().request(Stop.Cause.CANCELLED);
                }
                case LOST -> run.stop().request(Stop.Cause.LEASE_LOST);
            }
        }
    }

    private void watch(JobRun run) {
        if (run.elapsed().compareTo(run.claim().attemptTimeout()) > 0) {
            run.stop().request(Stop.Cause.TIMEOUT);
        } else if (run.still().compareTo(config.times().stalledAfter()) > 0) {
            run.stop().request(Stop.Cause.STALLED);
        }
        if (run.stopping().compareTo(config.times().stuckAfter()) > 0) {
            log.error(
                    "{} was stopped ({}) and does not end; the worker gives up",
                    run.claim().id(),
                    run.stop().cause());
            ends.givenUp().run();
        }
    }

    private void register() {
        WorkerRegistry.Orders orders = queue.workers().heartbeat(vitals.describe(state(), concurrency, runs.keySet()));
        if (orders.concurrency() > 0) {
            concurrency = orders.concurrency();
        }
        if (orders.drain() && !draining) {
            log.info("Told to drain: begins no more jobs");
            draining = true;
            endsWhenIdle = true;
            endIfIdle();
        }
    }

    private WorkerState state() {
        if (draining) {
            return WorkerState.WORKER_STATE_DRAINING;
        }
        return runs.isEmpty() ? WorkerState.WORKER_STATE_IDLE : WorkerState.WORKER_STATE_PROCESSING;
    }

    /** Begins no more jobs, lets those at hand go on for a while, hands back what is left, and leaves the registry. */
    @Override
    public void close() {
        draining = true;
        // A claim under way ends first: what it brings would otherwise be begun and lost.
        claiming.lock();
        try {
            log.info("Ends with {} jobs at hand", runs.size());
        } finally {
            claiming.unlock();
        }
        awaitRuns(config.times().drainMax());
        runs.values().forEach(run -> run.stop().request(Stop.Cause.SHUTDOWN));
        awaitRuns(config.times().stuckAfter());
        loops.close();
        try {
            boolean ignored = queue.workers().remove(config.worker().id());
        } catch (Failure failure) {
            log.warn("Could not leave the registry: {}", failure.detail());
        }
    }

    private void awaitRuns(Duration max) {
        Stop patience = new Stop();
        Instant deadline = clock.instant().plus(max);
        while (!runs.isEmpty() && clock.instant().isBefore(deadline)) {
            patience.pause(Duration.ofMillis(50));
        }
    }
}
