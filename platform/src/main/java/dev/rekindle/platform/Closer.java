package dev.rekindle.platform;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process has opened, closed in the reverse order. One that fails to close does not keep the rest open. */
public final class Closer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Closer.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Remembers a thing to close; answers it. */
    public synchronized <T extends AutoCloseable> T add(T thing) {
        opened.push(thing);
        return thing;
    }

    @Override
    public void close() {
        while (true) {
            AutoCloseable thing;
            synchronized (this) {
                thing = opened.poll();
            }
            if (thing == null) {
                return;
            }
            try {
                thing.close();
            } catch (Exception e) {
                log.warn("{} did not close well", thing.getClass().getSimpleName(), e);
            }
        }
    }
}
