package dev.rekindle.bench.mesh;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** What customers do at the same time, each on a thread of its own. One that fails unexpectedly is told in the diary. */
final class Errands implements AutoCloseable {
    private final Diary diary;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Something that takes its time. */
    @FunctionalInterface
    interface Errand {
        void run() throws InterruptedException;
    }

    Errands(Diary diary) {
        this.diary = diary;
    }

    /** Begins it; what is answered is done when it is over, however it ended. */
    Future<?> begin(String what, Errand errand) {
        try {
            return threads.submit(() -> {
                try {
                    errand.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    diary.violated("harness", what, "failed unexpectedly: " + e);
                }
            });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // all is over
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                diary.count("threads that did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
