package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import java.time.Instant;

/** What the queue knows of an id at one moment. */
public sealed interface Snapshot {

    /** It knows nothing of it. */
    record Absent() implements Snapshot {}

    /** It waits in its lane. */
    record Waiting(int attemptsSoFar) implements Snapshot {}

    /** It begins to wait when it is due. */
    record Delayed(int attemptsSoFar, Instant due) implements Snapshot {}

    /**
     * A worker holds it.
     *
     * @param deadline when the lease runs out, unless renewed
     * @param sequence of the progress; 0 before the first
     * @param progress the worker's last; empty before the first
     */
    record Leased(
            int attempt,
            String leaseId,
            String workerId,
            Instant deadline,
            boolean cancelRequested,
            long sequence,
            ByteString progress)
            implements Snapshot {}
}
