package dev.rekindle.bench.mesh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Callers that each make one call after the other for a while. */
final class CallLoad {
    private static final int CALLS_MAX = 2_000_000;

    private CallLoad() {}

    /**
     * What came of it.
     *
     * @param took nanoseconds of each call
     * @param nanos from the first call to the last answer
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Ran(long[] took, long nanos) {}

    /** Runs so many callers at once. A call that throws ends the run. */
    static Ran run(int callers, Duration howLong, Runnable call) throws Exception {
        long begun = System.nanoTime();
        long end = begun + howLong.toNanos();
        int most = CALLS_MAX / callers;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<long[]>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(threads.submit(() -> callUntil(end, most, call)));
            }
            List<long[]> parts = new ArrayList<>();
            for (Future<long[]> one : all) {
                parts.add(one.get());
            }
            long nanos = System.nanoTime() - begun;
            return new Ran(joined(parts), nanos);
        }
    }

    private static long[] callUntil(long end, int most, Runnable call) {
        long[] took = new long[1024];
        int count = 0;
        for (long from = System.nanoTime(); from < end && count < most; ) {
            call.run();
            long done = System.nanoTime();
            if (count == took.length) {
                took = java.util.Arrays.copyOf(took, 2 * count);
            }
            took[count++] = done - from;
            from = done;
        }
        return java.util.Arrays.copyOf(took, count);
    }

    /** All of several as one. */
    static long[] joined(List<long[]> parts) {
        return parts.stream().flatMapToLong(java.util.Arrays::stream).toArray();
    }
}
