package dev.rekindle.jobs;

import dev.rekindle.platform.blobs.Blobs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** How much there is in the blob store, by adding up its listing: what rows say of it may be wrong, and does not bill. */
final class MeasureStorage {
    private final Blobs blobs;
    private volatile double sizeBytes = Double.NaN;
    private volatile double count = Double.NaN;

    MeasureStorage(Blobs blobs, MeterRegistry metrics) {
        this.blobs = blobs;
        Gauge.builder("storage_size_bytes", () -> sizeBytes)
                .description("Bytes of all blobs; no number until they were first added up")
                .register(metrics);
        Gauge.builder("storage_blobs", () -> count)
                .description("How many blobs there are")
                .register(metrics);
    }

    /** Adds everything up. False: there is nothing more to do. */
    boolean run() {
        AtomicLong bytes = new AtomicLong();
        AtomicLong blobCount = new AtomicLong();
        blobs.list(BlobKeys.USERS, blob -> {
            bytes.addAndGet(blob.sizeBytes());
            blobCount.incrementAndGet();
        });
        sizeBytes = bytes.get();
        count = blobCount.get();
        return false;
    }
}
