package dev.rekindle.platform.blobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.rpc.Failure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What a process tells of its calls to a bucket: how many, how they ended, and how long the store took, in milliseconds. */
final class BucketFigures {
    private static final double SHORTEST = 1;
    private static final double LONGEST = 60_000;

    private final MeterRegistry registry;
    private final String store;

    BucketFigures(MeterRegistry registry, String store) {
        this.registry = registry;
        this.store = store;
    }

    /** Makes the call and tells how it went. */
    <T> T telling(String operation, Supplier<T> call) {
        long begin = System.nanoTime();
        try {
            T answer = call.get();
            count(operation, "ok");
            time(operation, begin);
            return answer;
        } catch (Failure failure) {
            if (failure.getCause() instanceof CircuitOpen) {
                count(operation, "refused"); // the store was not asked, so there is no time it took
            } else {
                count(operation, failure.reason() == Reason.REASON_NOT_FOUND ? "not_found" : "failed");
                time(operation, begin);
            }
            throw failure;
        }
    }

    private void count(String operation, String outcome) {
        Counter.builder("storage_operations_total")
                .description("Calls to the blob store, by what was asked and how it ended")
                .tag("store", store)
                .tag("operation", operation)
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    private void time(String operation, long begin) {
        DistributionSummary.builder("storage_operation_duration")
                .description("How long the blob store took, to the first byte where bytes are read")
                .baseUnit("ms")
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .publishPercentileHistogram()
                .tag("store", store)
                .tag("operation", operation)
                .register(registry)
                .record((System.nanoTime() - begin) / 1e6);
    }
}
