package dev.rekindle.jobs;

import dev.rekindle.media.VideoNeeds;
import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;

/**
 * How much memory a job will take at the most, from what the headers of its inputs say. Deliberately generous: a worker
 * that runs out of memory loses all jobs it holds.
 */
final class MemoryNeeds {
    /** What a preparation was measured to take at its peak, and half as much again. */
    private static final long BYTES_PER_PIXEL = 8;

    private static final long BYTES_FIXED = 64L << 20;

    private MemoryNeeds() {}

    static long bytes(WorkOrder order) {
        long bytes = BYTES_FIXED;
        for (WorkInput input : order.getInputsList()) {
            if (input.getMetadata().hasVideo()) {
                long frame = (long) input.getMetadata().getWidth()
                        * input.getMetadata().getHeight();
                bytes += order.getSpec().hasVideo()
                        ? VideoNeeds.ofMaking(frame, order.getResolution())
                        : VideoNeeds.ofLooking(frame);
                continue; // read in pieces, never whole
            }
            long pixels =
                    (long) input.getMetadata().getWidth() * input.getMetadata().getHeight();
            bytes += pixels * BYTES_PER_PIXEL + input.getMetadata().getSizeBytes();
            if (order.getSpec().hasAnimation()) {
                bytes += VideoNeeds.ofClip(pixels, order.getResolution());
            }
        }
        return bytes;
    }
}
