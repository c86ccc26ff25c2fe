package dev.rekindle.gateway.call;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open, so that there is a limit to them and an orderly end. */
public final class OpenStreams implements AutoCloseable {
    private final int streamsMax;
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    public OpenStreams(int streamsMax) {
        this.streamsMax = streamsMax;
    }

    /** One open stream; closing it takes it off the list. */
    public final class Entry implements AutoCloseable {
        private final Runnable end;

        private Entry(Runnable end) {
            this.end = end;
        }

        @Override
        public void close() {
            entries.remove(this);
        }
    }

    /**
     * Puts a stream on the list.
     *
     * @param end ends the stream when the gateway stops; it must not block
     * @throws Failure OVERLOADED where too many are open, UNAVAILABLE where the gateway stops
     */
    public Entry add(Runnable end) {
        if (stopping) {
            throw shutdown();
        }
        if (entries.size() >= streamsMax) {
            throw Failure.of(Reason.REASON_OVERLOADED, "Too many streams are open; try again later.")
                    .withRetryDelay(Duration.ofSeconds(5));
        }
        Entry entry = new Entry(end);
        entries.add(entry);
        if (stopping) {
            end.run();
        }
        return entry;
    }

    /** How many are open now. */
    public int size() {
        return entries.size();
    }

    /** True once the gateway stops. */
    public boolean isStopping() {
        return stopping;
    }

    /** What the reader of a stream is told when the gateway stops. */
    public static Failure shutdown() {
        return Failure.of(Reason.REASON_UNAVAILABLE, "This server shuts down; connect again and go on.")
                .withRetryDelay(Duration.ofSeconds(1));
    }

    /** Ends all streams; no more are taken. */
    @Override
    public void close() {
        stopping = true;
        entries.forEach(entry -> entry.end.run());
    }
}
