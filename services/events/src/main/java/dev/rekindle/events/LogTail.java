package dev.rekindle.events;

import dev.rekindle.platform.Loop;

/**
 * The one reader of the log in a process: takes what is new to the {@link Switchboard}, at once when told of it, and by
 * looking every now and then in case nobody told.
 */
final class LogTail implements AutoCloseable {
    private final EventStore store;
    private final Switchboard switchboard;
    private final int batchMax;
    private final Loop loop;

    private LogTail(EventStore store, Switchboard switchboard, EventsConfig.Tail config) {
        this.store = store;
        this.switchboard = switchboard;
        this.batchMax = config.batchMax();
        this.loop = Loop.start("events-tail", config.poll(), this::read);
    }

    static LogTail start(EventStore store, Switchboard switchboard, EventsConfig.Tail config) {
        return new LogTail(store, switchboard, config);
    }

    /** Tells that the log stands at that place. */
    void wake(Position head) {
        if (head.isAfter(switchboard.position())) {
            loop.wake();
        }
    }

    private boolean read() {
        Page page = store.readAll(switchboard.position(), batchMax);
        switchboard.deliver(page);
        return page.full();
    }

    @Override
    public void close() {
        loop.close();
    }
}
