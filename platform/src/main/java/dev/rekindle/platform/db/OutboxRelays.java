package dev.rekindle.platform.db;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;

/**
 * Delivers an outbox, each topic by a relay of its own. One look a moment at all topics together finds what other processes
 * left behind and what has become due; what this process writes wakes its relay by itself.
 */
public final class OutboxRelays implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    /** Takes a batch to its receiver, or throws if not all of it arrived. */
    @FunctionalInterface
    public interface Delivery {
        void deliver(List<Outbox.Message> batch) throws Exception;
    }

    /** Whether the messages of a topic must arrive in the order of their commits. */
    public enum Order {
        KEPT,
        FREE
    }

    /**
     * What is relayed, and how.
     *
     * @param batchMax messages delivered in one call
     * @param gather how long after a delivery the next one waits for more, if it is asked for so soon
     */
    public record Route(String topic, Order order, int batchMax, Duration gather) {}

    private final Database database;
    private final Outbox outbox;
    private final MeterRegistry metrics;
    private final Closer opened = new Closer();

    private OutboxRelays(Database database, Outbox outbox, MeterRegistry metrics) {
        this.database = database;
        this.outbox = outbox;
        this.metrics = metrics;
        opened.add(Loop.start("outbox-due", POLL, this::wakeDue));
    }

    /** Starts to look for what is due; nothing is delivered before {@link #add}. */
    public static OutboxRelays start(Database database, Outbox outbox, MeterRegistry metrics) {
        return new OutboxRelays(database, outbox, metrics);
    }

    /** Begins to deliver a topic, at once what is owed already. */
    public void add(Route route, Delivery delivery) {
        opened.add(new OutboxRelay(database, outbox, route, delivery, metrics));
    }

    private boolean wakeDue() {
        outbox.due(database.sql()).forEach(outbox::wake);
        return false;
    }

    @Override
    public void close() {
        opened.close();
    }
}
