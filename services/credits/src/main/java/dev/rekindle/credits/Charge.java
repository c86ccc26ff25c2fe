package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import java.util.Comparator;
import java.util.UUID;

/**
 * What a job paid once.
 *
 * @param charge 1 for the first time the job paid, one more for each time it paid again
 * @param jobType UNSPECIFIED for a void charge
 * @param credits what was paid; 0 for a void charge
 */
record Charge(UUID jobId, int charge, UUID accountId, JobType jobType, int credits, State state) {

    /** Which charge: the job's, and which of them. In the order of the jobs. */
    record Key(UUID jobId, int charge) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::jobId).thenComparingInt(Key::charge);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    enum State {
        /** Paid. */
        HELD,
        /** Paid and given back. */
        RETURNED,
        /** Given back before it was paid, so that it cannot be paid any more. */
        VOID
    }

    Key key() {
        return new Key(jobId, charge);
    }
}
