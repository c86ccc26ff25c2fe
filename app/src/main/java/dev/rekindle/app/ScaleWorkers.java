package dev.rekindle.app;

import dev.rekindle.jobs.v1.ListLanesRequest;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.processing.v1.DrainWorkerRequest;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.worker.WorkerSupervisor;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has as many workers run as the jobs service wants. A worker too many is not ended but drained: it begins no more jobs,
 * finishes those it has, and ends by itself.
 */
final class ScaleWorkers {
    private static final Logger log = LoggerFactory.getLogger(ScaleWorkers.class);

    private final Mesh mesh;
    private final WorkerSupervisor supervisor;
    private final Set<Integer> draining = new HashSet<>();

    /** What is asked of the services. */
    interface Mesh {
        /** Workers wanted for the present load. */
        int wanted();

        /** Wants the worker of that number to end once its jobs have. False if it cannot be told yet. */
        boolean drain(int number);
    }

    ScaleWorkers(Mesh mesh, WorkerSupervisor supervisor) {
        this.mesh = mesh;
        this.supervisor = supervisor;
    }

    /**
     * The services behind a channel.
     *
     * @param operator gives a channel on which operators may call now
     * @param idOf the id of the worker of a number
     */
    static Mesh on(Supplier<Channel> operator, IntFunction<String> idOf) {
        return new Mesh() {
            @Override
            public int wanted() {
                return QueuesServiceGrpc.newBlockingStub(operator.get())
                        .listLanes(ListLanesRequest.getDefaultInstance())
                        .getWorkersWanted();
            }

            @Override
            public boolean drain(int number) {
                String id = idOf.apply(number);
                try {
                    ProcessingServiceGrpc.newBlockingStub(operator.get())
                            .drainWorker(DrainWorkerRequest.newBuilder()
                                    .setWorkerId(id)
                                    .build());
                    return true;
                } catch (StatusRuntimeException e) {
                    log.warn("{} cannot be drained yet: {}", id, e.getStatus());
                    return false;
                }
            }
        };
    }

    /** Asks and acts once. Never asks to be run again at once. */
    boolean run() {
        int wanted = mesh.wanted();
        List<Integer> numbers = supervisor.numbers();
        draining.retainAll(numbers);
        int staying = numbers.size() - draining.size();
        if (staying < wanted) {
            log.info("{} workers are wanted and {} stay: more are started", wanted, staying);
            supervisor.scale(numbers.size() + wanted - staying);
        } else if (staying > wanted) {
            numbers.stream()
                    .filter(number -> !draining.contains(number))
                    .max(Comparator.naturalOrder())
                    .filter(mesh::drain)
                    .ifPresent(number -> {
                        draining.add(number);
                        log.info("{} workers are wanted and {} stay: number {} drains", wanted, staying, number);
                    });
        }
        return false;
    }
}
