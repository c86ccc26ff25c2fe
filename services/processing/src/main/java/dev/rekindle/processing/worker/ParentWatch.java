package dev.rekindle.processing.worker;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a worker whose parent has died. The parent holds the other end of standard input; however it dies, the kernel
 * closes that, and reading ends.
 */
final class ParentWatch {
    private ParentWatch() {}

    /** Runs the action once the stream has ended, on a thread of its own. */
    static void start(InputStream input, Runnable parentDied) {
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> {
            try {
                while (input.read() >= 0) {
                    // the parent says nothing that matters
                }
            } catch (IOException e) {
                // as good as an end
            }
            parentDied.run();
        });
    }
}
