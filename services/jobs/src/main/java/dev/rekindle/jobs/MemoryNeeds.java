package dev.rekindle.jobs;

import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;

/**
 * How much memory a job will take at the most, from what the headers of its inputs say. Deliberately generous: a worker
 * that runs out of memory loses all jobs it holds.
 */
final class MemoryNeeds {
    /** Decoded picture, working copies and planes in floating point, for each pixel. */
    private static final long BYTES_PER_PIXEL = 24;

    private static final long BYTES_FIXED = 64L << 20;

    private MemoryNeeds() {}

    static long bytes(WorkOrder order) {
        long bytes = BYTES_FIXED;
        for (WorkInput input : order.getInputsList()) {
            long pixels =
                    (long) input.getMetadata().getWidth() * input.getMetadata().getHeight();
            bytes += pixels * BYTES_PER_PIXEL + input.getMetadata().getSizeBytes();
        }
        return bytes;
    }
}
