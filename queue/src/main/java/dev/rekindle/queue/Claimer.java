package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A worker that asks for jobs.
 *
 * @param workerId told in results and addressed by cancellations
 * @param kinds what it can do
 * @param memoryBytesFree a job that needs more is left to others
 */
public record Claimer(String workerId, Set<String> kinds, long memoryBytesFree) {
    private static final Pattern WORKER_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    public Claimer {
        kinds = Set.copyOf(kinds);
        if (!WORKER_ID.matcher(workerId).matches()) {
            throw Failure.invalid(
                    "worker_id", "is \"" + workerId + "\"; expected 1 to 128 letters, digits, and any of . _ : -");
        }
    }
}
