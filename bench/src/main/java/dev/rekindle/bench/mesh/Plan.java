package dev.rekindle.bench.mesh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What a run is to be.
 *
 * @param seed of everything that is drawn: faults, pictures, wishes of customers. The interleaving of processes is not
 *     drawn, so two runs of one seed have the same faults at the same times and not the same history
 * @param storm how long faults strike
 * @param quietMax how long after it the mesh may take until nothing is open any more
 * @param folder for data and logs
 * @param shards of the queue
 */
record Plan(long seed, Duration storm, Duration quietMax, Set<FaultKind> faults, int workers, Path folder, int shards) {

    Plan(long seed, Duration storm, Duration quietMax, Set<FaultKind> faults, int workers, Path folder) {
        this(seed, storm, quietMax, faults, workers, folder, 1);
    }

    /** True if nothing strikes: processes reach each other without links, and nobody is slowed. */
    boolean isCalm() {
        return faults.isEmpty();
    }
}
