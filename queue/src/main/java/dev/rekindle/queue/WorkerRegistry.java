package dev.rekindle.queue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The workers there are: what each says of itself at its heartbeats, and what operators want of it. One that was silent
 * for 15 s is shown as FAILED, and forgotten after 5 minutes.
 */
public final class WorkerRegistry {
    private static final String KIND_PREFIX = "JOB_KIND_";

    private final Scripts scripts;
    private final QueueConfig.WorkerLimits limits;

    WorkerRegistry(Scripts scripts) {
        this.scripts = scripts;
        this.limits = scripts.config().workers();
    }

    /**
     * What operators want of a worker.
     *
     * @param drain begin no more jobs, finish those at hand, end
     * @param concurrency jobs at once; 0: as the worker likes
     */
    public record Orders(boolean drain, int concurrency) {}

    /** Registers a worker, or says how it is now; answers what is wanted of it. */
    public Orders heartbeat(Worker worker) {
        Reply reply = scripts.runOk("worker_heartbeat", List.of(worker.getId(), worker.toByteString()));
        return new Orders(reply.number() == 1, reply.count());
    }

    /** Forgets a worker that ends. */
    public boolean remove(String workerId) {
        return scripts.runOk("remove_worker", List.of(workerId)).number() == 1;
    }

    /** All workers, the longest silent first. */
    public List<Worker> list() {
        Reply reply = scripts.runOk("workers", List.of(limits.forgottenAfter().toMillis()));
        Instant now = reply.time();
        List<Worker> workers = new ArrayList<>();
        while (reply.more()) {
            reply.text();
            Instant seen = reply.time();
            Worker.Builder worker = worker(seen, reply);
            if (Duration.between(seen, now).compareTo(limits.failedAfter()) > 0) {
                worker.setState(WorkerState.WORKER_STATE_FAILED);
            }
            workers.add(worker.build());
        }
        return workers;
    }

    /**
     * Wants a worker to end once its jobs have; it learns so at its next heartbeat.
     *
     * @throws Failure NOT_FOUND
     */
    public Worker drain(String workerId) {
        return order(workerId, "drain", 1);
    }

    /**
     * Wants a worker to run so many jobs at once; it learns so at its next heartbeat.
     *
     * @throws Failure NOT_FOUND
     */
    public Worker setConcurrency(String workerId, int jobs) {
        if (jobs < 1 || jobs > 64) {
            throw Failure.invalid("concurrency", "is " + jobs + "; expected 1 to 64");
        }
        return order(workerId, "concurrency", jobs);
    }

    private Worker order(String workerId, String what, int value) {
        Scripts.Answer answer = scripts.run("order_worker", List.of(workerId, what, value));
        if (answer.status().equals("NOWORKER")) {
            throw Failure.notFound("worker", workerId);
        }
        return worker(answer.reply().time(), answer.reply()).build();
    }

    private static Worker.Builder worker(Instant seen, Reply reply) {
        try {
            return Worker.newBuilder()
                    .mergeFrom(reply.bytes())
                    .setHeartbeatTime(Timestamp.newBuilder()
                            .setSeconds(seen.getEpochSecond())
                            .setNanos(seen.getNano()));
        } catch (InvalidProtocolBufferException e) {
            throw Failure.of(Reason.REASON_INTERNAL, "A worker's record cannot be read.")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
    }

    /** The places of all living workers. */
    WorkerSlots slots() {
        WorkerSlots slots = new WorkerSlots();
        for (Worker worker : list()) {
            if (takesJobs(worker.getState())) {
                slots.add(
                        worker.getCapabilitiesList().stream()
                                .map(WorkerRegistry::nameOf)
                                .collect(Collectors.toSet()),
                        worker.getConcurrency());
            }
        }
        return slots;
    }

    static boolean takesJobs(WorkerState state) {
        return switch (state) {
            case WORKER_STATE_STARTING, WORKER_STATE_IDLE, WORKER_STATE_PROCESSING -> true;
            case WORKER_STATE_DRAINING, WORKER_STATE_FAILED, WORKER_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /** The queue's name of a kind: {@code ai} for JOB_KIND_AI. */
    public static String nameOf(JobKind kind) {
        return kind.name().replace(KIND_PREFIX, "").toLowerCase(Locale.ROOT);
    }
}
