package dev.rekindle.queue;

import java.util.Set;

/**
 * A worker that asks for jobs.
 *
 * @param workerId told in results and addressed by cancellations
 * @param kinds what it can do
 * @param memoryBytesFree a job that needs more is left to others
 */
public record Claimer(String workerId, Set<String> kinds, long memoryBytesFree) {
    public Claimer {
        kinds = Set.copyOf(kinds);
    }
}
