package dev.rekindle.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The figures of this service. */
final class EventMetrics {
    private final MeterRegistry registry;
    private final Counter logged;
    private final Counter known;
    private final Counter transients;
    private final Counter leftOut;
    private final Counter cut;
    private final Counter unsent;
    private final DistributionSummary delivery;

    EventMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.logged = published(registry, "logged");
        this.known = published(registry, "known");
        this.transients = published(registry, "transient");
        this.leftOut = Counter.builder("events_left_out_total")
                .description("Transient events not sent to a reader that was too slow for them")
                .register(registry);
        this.cut = Counter.builder("subscriptions_cut_total")
                .description("Readers sent back to the log because they were too slow")
                .register(registry);
        this.unsent = Counter.builder("events_channel_failures_total")
                .description("Messages to the other processes of this service that Redis did not take")
                .register(registry);
        this.delivery = DistributionSummary.builder("event_delivery_duration")
                .description("From publishing to the reader's stream")
                .baseUnit("ms")
                .publishPercentileHistogram()
                .minimumExpectedValue(1.0)
                .maximumExpectedValue(30_000.0)
                .register(registry);
    }

    private static Counter published(MeterRegistry registry, String kind) {
        return Counter.builder("events_published_total")
                .description("Events taken from other services: logged, transient, or known already")
                .tag("kind", kind)
                .register(registry);
    }

    void published(int loggedCount, int knownCount, int transientCount) {
        logged.increment(loggedCount);
        known.increment(knownCount);
        transients.increment(transientCount);
    }

    void watchSubscriptions(Supplier<Number> count) {
        Gauge.builder("subscriptions_active", count).description("Open streams").register(registry);
    }

    void leftOut() {
        leftOut.increment();
    }

    void cut() {
        cut.increment();
    }

    void unsent() {
        unsent.increment();
    }

    /** Clocks of two machines differ a little; a negative duration counts as none. */
    void delivered(Instant publishTime, Instant now) {
        delivery.record((double) Math.max(0, Duration.between(publishTime, now).toMillis()));
    }
}
