package dev.rekindle.events.webhooks;

import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims deliveries that are due as there is room for them, sends each on a thread of its own, and reports the end. */
final class DeliveryEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeliveryEngine.class);
    private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

    private final ClaimStore store;
    private final Carriers carriers;
    private final HostCircuits hosts;
    private final WebhookMetrics metrics;
    private final Semaphore room;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Loop loop;

    DeliveryEngine(
            ClaimStore store,
            Carriers carriers,
            HostCircuits hosts,
            WebhookMetrics metrics,
            WebhooksConfig.Sending config) {
        this.hosts = hosts;
        this.store = store;
        this.carriers = carriers;
        this.metrics = metrics;
        this.room = new Semaphore(config.concurrencyMax());
        this.loop = Loop.start("webhooks-deliveries", config.poll(), this::claim);
    }

    /** Tells that deliveries are due. */
    void wake() {
        loop.wake();
    }

    private boolean claim() {
        // Only this loop takes room, so what is free now is free below.
        int free = room.availablePermits();
        if (free == 0) {
            return false;
        }
        List<Claimed> claimed = store.claim(free);
        for (Claimed delivery : claimed) {
            room.acquireUninterruptibly();
            threads.execute(() -> deliver(delivery));
        }
        return !claimed.isEmpty();
    }

    private void deliver(Claimed delivery) {
        try {
            Carrier carrier = carriers.of(delivery.kind());
            Optional<Attempt> made = send(carrier, delivery);
            if (made.isEmpty()) {
                return;
            }
            Attempt attempt = made.get();
            if (threads.isShutdown() && attempt instanceof Attempt.Unreachable) {
                return; // it was we who broke it off; the lease ends and it is tried again
            }
            Verdict verdict = carrier.judge(attempt);
            boolean counted = store.report(delivery, attempt, verdict);
            metrics.attempted(delivery.kind(), counted ? verdict : null);
        } catch (RuntimeException e) {
            // Its lease ends, and it is tried again: at least once, under the same id.
            log.warn("The end of delivery {} could not be kept", delivery.id(), e);
        } finally {
            room.release();
            loop.wake();
        }
    }

    /** Sends, or puts off what would go to a host where nobody was of late. */
    private Optional<Attempt> send(Carrier carrier, Claimed delivery) {
        CircuitBreaker.Pass pass;
        try {
            pass = hosts.of(delivery.url()).enter();
        } catch (CircuitOpen open) {
            store.putOff(delivery, open.retryAfter());
            metrics.putOff();
            return Optional.empty();
        }
        try {
            Attempt attempt = carrier.send(delivery);
            pass.tell(HostCircuits.verdict(attempt));
            return Optional.of(attempt);
        } finally {
            pass.tell(CircuitBreaker.Verdict.SAYS_NOTHING);
        }
    }

    /** Claims no more, lets what is under way end for five seconds, and breaks off what is left. */
    @Override
    public void close() {
        loop.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
