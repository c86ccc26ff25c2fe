package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Readers of events through the gateway, each a user of its own who listens to its own room and to the global one. */
abstract class Audience implements AutoCloseable {
    private static final Duration TOKEN_LIFE = Duration.ofHours(2);

    private final EmbeddedIssuer issuer;
    private final Receipts receipts;
    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    Audience(EmbeddedIssuer issuer, Receipts receipts) {
        this.issuer = issuer;
        this.receipts = receipts;
    }

    /** Opens the stream of a reader; it stands when {@link #ready} has counted it. */
    abstract void open(int number);

    static String user(int number) {
        return "reader-" + number;
    }

    /** The value of a reader's Authorization header. */
    final String bearer(int number) {
        return "Bearer " + issuer.token(user(number), Set.of(Role.ROLE_USER), TOKEN_LIFE);
    }

    final void hasBegun() {
        ready.incrementAndGet();
    }

    final void hasEnded() {
        ended.incrementAndGet();
    }

    final void hasGot(String eventId) {
        receipts.arrived(eventId);
    }

    /** Streams that stand, or stood. */
    final int ready() {
        return ready.get();
    }

    /** Streams that have ended, which none should before the end. */
    final int ended() {
        return ended.get();
    }

    @Override
    public abstract void close();
}
